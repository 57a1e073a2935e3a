import { z } from 'zod';

/** What the files of `clusters/` say of versions on their way through the rings. */
export const flowSchema = z
  .strictObject({
    behind: z
      .array(
        z.strictObject({
          ring: z.string(),
          component: z.string(),
          before: z.string().meta({ description: 'the ring that has them' }),
          versions: z.string().meta({ description: 'v1.21.1 → v1.22.0' }),
        }),
      )
      .meta({ description: 'components with other versions in the ring before: what slipway promote would move' }),
    exceptions: z
      .array(
        z.strictObject({
          cluster: z.string(),
          pin: z.string(),
          version: z.string(),
          ring: z.string().meta({ description: 'the version of its ring' }),
          because: z.string(),
          until: z.string(),
        }),
      )
      .meta({ description: 'versions of single clusters' }),
    holds: z
      .array(
        z.strictObject({
          cluster: z.string(),
          component: z.string(),
          commit: z.string(),
          by: z.string(),
          because: z.string(),
          until: z.string(),
        }),
      )
      .meta({ description: 'components that keep an earlier rendering' }),
    code: z
      .array(z.strictObject({ ring: z.string(), commit: z.string() }))
      .meta({ description: 'rings that are rendered by earlier code than the working tree has' }),
  })
  .meta({ description: 'versions on their way through the rings' });

/** Versions on their way through the rings. */
export type Flow = z.infer<typeof flowSchema>;

/** What is said of it, a line each. */
export function flowLines({ behind, code, exceptions, holds }: Flow): string[] {
  return [
    ...behind.map(({ ring, component, before, versions }) => `${ring} is behind ${before}: ${component} ${versions}`),
    ...code.map(({ ring, commit }) => `${ring} is rendered by the code of ${commit.slice(0, 10)}`),
    ...exceptions.map(
      ({ cluster, pin, version, ring, because, until }) =>
        `${cluster} has ${pin} ${version}, its ring ${ring}, until ${until}: ${because}`,
    ),
    ...holds.map(
      ({ cluster, component, commit, by, because, until }) =>
        `${cluster} holds ${component} as of ${commit.slice(0, 10)}, until ${until}, by ${by}: ${because}`,
    ),
  ];
}
