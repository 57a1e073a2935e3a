import { z } from 'zod';
import type { Finding } from '../../finding.ts';
import { type Answer, type Ask, judged, unanswered } from '../answer.ts';
import type { Pools, Wanted } from './wanted.ts';

const sizesSchema = z.array(
  z.object({
    name: z.string(),
    family: z.string(),
    capabilities: z.array(z.object({ name: z.string(), value: z.string() })).nullish(),
    locationInfo: z.array(z.object({ zones: z.array(z.string()).nullish() })).nullish(),
    restrictions: z
      .array(
        z.object({
          type: z.string(),
          reasonCode: z.string().nullish(),
          restrictionInfo: z.object({ zones: z.array(z.string()).nullish() }).nullish(),
        }),
      )
      .nullish(),
  }),
);
type Size = z.infer<typeof sizesSchema>[number];

const usageSchema = z.array(
  z.object({
    currentValue: z.coerce.number(),
    limit: z.coerce.number(),
    localName: z.string(),
    name: z.object({ value: z.string() }),
  }),
);

/** All virtual machines of a region count against this one, too. */
const REGION = 'cores';

/**
 * Whether nodes of the sizes can be made in the region and its zones, and so many.
 *
 * @param there the cluster, if it is there: its nodes are used already
 */
export async function nodesIn(
  ask: Ask,
  subscription: string,
  { location, zones, pools, hostEncryption }: Wanted,
  there: Answer<readonly unknown[]>,
): Promise<Finding[]> {
  const where = ['--location', location, '--subscription', subscription];
  const [sizes, usage] = await Promise.all([
    ask({
      args: ['vm', 'list-skus', ...where, '--resource-type', 'virtualMachines', '--all'],
      schema: sizesSchema,
      permission: 'Microsoft.Compute/skus/read',
    }),
    ask({
      args: ['vm', 'list-usage', ...where],
      schema: usageSchema,
      permission: 'Microsoft.Compute/locations/usages/read',
    }),
  ]);
  const names = [...new Set(pools.map(({ size }) => size))];
  const offered = names.map((name) =>
    judged(`${location} has ${name} in the zones ${zones.join(', ')}`, sizes, (all = []) => {
      const problems = problemsOf(
        all.find((one) => one.name === name),
        { zones, hostEncryption },
      );
      return problems.length === 0
        ? { seen: 'without restrictions' }
        : {
            seen: problems.join('; '),
            fix: [
              'ask for it in a support request, or take another size, region or zones in the root; these are offered there:',
              alternatives(all, zones, hostEncryption),
            ],
          };
    }),
  );
  const known = 'value' in sizes ? pools.flatMap((pool) => ofKnown(pool, sizes.value ?? [])) : [];
  // A size that is not offered is said above; how many CPUs it has is not known.
  if ('value' in sizes && known.length < pools.length) return offered;
  return [...offered, ...quota(usage, sizes, known, { location, there })];
}

function problemsOf(
  size: Size | undefined,
  { zones, hostEncryption }: Pick<Wanted, 'zones' | 'hostEncryption'>,
): string[] {
  if (size === undefined) return ['it is not offered there'];
  const restricted = (size.restrictions ?? []).map(({ type, reasonCode, restrictionInfo }) => ({
    isWhole: type === 'Location',
    reasonCode,
    zones: restrictionInfo?.zones ?? [],
  }));
  const whole = restricted.find(({ isWhole }) => isWhole);
  if (whole) return [`the subscription may not have it there (${whole.reasonCode})`];
  const has = new Set((size.locationInfo ?? []).flatMap((one) => one.zones ?? []));
  return [
    ...zones.filter((zone) => !has.has(zone)).map((zone) => `zone ${zone} has none`),
    ...restricted.flatMap((one) =>
      one.zones
        .filter((zone) => zones.includes(zone))
        .map((zone) => `the subscription may not have it in zone ${zone} (${one.reasonCode})`),
    ),
    ...(hostEncryption && capability(size, 'EncryptionAtHostSupported') !== 'True'
      ? ['it knows no encryption at host, which the root asks for']
      : []),
  ];
}

function capability(size: Size, name: string): string | undefined {
  return size.capabilities?.find((one) => one.name === name)?.value;
}

const MOST_ALTERNATIVES = 6;

/** General-purpose sizes that have no problem, for the first look. */
function alternatives(all: readonly Size[], zones: readonly string[], hostEncryption: boolean): string {
  const names = all
    .filter(
      (one) => /^Standard_D\d+a?d?s_v\d$/.test(one.name) && problemsOf(one, { zones, hostEncryption }).length === 0,
    )
    .filter((one) => ['2', '4', '8'].includes(capability(one, 'vCPUs') ?? ''))
    .map(({ name }) => name);
  return names.slice(0, MOST_ALTERNATIVES).join(', ') || 'none of the general-purpose sizes D2 to D8';
}

interface Known {
  readonly pool: Pools;
  readonly family: string;
  readonly cpus: number;
}

function ofKnown(pool: Pools, all: readonly Size[]): Known[] {
  const size = all.find((one) => one.name === pool.size);
  const cpus = size && Number(capability(size, 'vCPUs'));
  return size && cpus ? [{ pool, family: size.family.toLowerCase(), cpus }] : [];
}

function quota(
  usage: Answer<z.infer<typeof usageSchema>>,
  sizes: Answer<z.infer<typeof sizesSchema>>,
  known: readonly Known[],
  { location, there }: { readonly location: string; readonly there: Answer<readonly unknown[]> },
): Finding[] {
  const whats = [
    [`${location} has CPUs for the nodes to begin with, and for their upgrade`, 'min'],
    [`${location} has CPUs for all nodes that the pools may grow to, and for their upgrade`, 'max'],
  ] as const;
  return whats.map(([what, bound]) => {
    if ('why' in sizes) return unanswered(what, sizes);
    if ('why' in there) return unanswered(what, there);
    const isThere = (there.value ?? []).length > 0;
    return judged(what, usage, (all = []) => {
      const rows = [REGION, ...new Set(known.map(({ family }) => family))].map((name) => {
        const counted = known.filter(({ family }) => name === REGION || family === name);
        const found = all.find((one) => one.name.value.toLowerCase() === name);
        const { currentValue: used = 0, limit = 0, localName = name } = found ?? {};
        const needed = sum(counted, (pool) => pool[bound] + pool.surge(pool[bound]));
        // Those that run are used already.
        const more = isThere ? needed - sum(counted, ({ min }) => min) : needed;
        return { localName, used, limit, more, lacks: used + more > limit };
      });
      const lacking = rows.filter(({ lacks }) => lacks);
      return {
        seen: rows
          .map(({ localName, used, limit, more }) => `${localName}: ${more} needed, ${used} of ${limit} used`)
          .join('\n'),
        ...(lacking.length > 0 && {
          fix: [
            'ask for more under Quotas in the portal, which may take days, or take another size or region in the root:',
            ...lacking.map(({ localName, used, more }) => `${localName} in ${location}: at least ${used + more}`),
          ],
        }),
      };
    });
  });
}

function sum(known: readonly Known[], nodes: (pool: Pools) => number): number {
  return known.reduce((total, { pool, cpus }) => total + pool.zones * nodes(pool) * cpus, 0);
}
