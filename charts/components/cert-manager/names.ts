import type { z } from 'zod';

/** What the webhooks of Azure and AWS add to the pods of a workload identity, unless it is there. */
const INJECTED = [
  'AZURE_AUTHORITY_HOST',
  'AZURE_CLIENT_ID',
  'AZURE_FEDERATED_TOKEN_FILE',
  'AZURE_TENANT_ID',
  'AWS_ROLE_ARN',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
];

/** Variables of the controller that something else relies on: its flags, its cloud identity, the settings for a proxy. */
const OWN: Readonly<Record<string, string>> = {
  POD_NAMESPACE: 'flags refer to it',
  ...Object.fromEntries(INJECTED.map((name) => [name, 'the cloud adds it, for the identity that solves challenges'])),
  ...Object.fromEntries(
    ['http_proxy', 'https_proxy', 'no_proxy'].flatMap((setting) =>
      [setting, setting.toUpperCase()].map((name) => [name, `set certManager.${setting}, which opens its port too`]),
    ),
  ),
};

/** What names variables, volumes and mounts of the controller: Pulumi's lists, and the shared settings. */
interface Named {
  readonly env?: Readonly<Record<string, unknown>>;
  readonly extraEnv?: readonly { readonly name: string }[];
  readonly volumes?: readonly { readonly name: string; readonly mountPath: string }[];
  readonly extraVolumes?: readonly { readonly name: string }[];
  readonly extraVolumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
}

type Path = readonly (string | number)[];

/** Checks that no name of the controller's settings is used twice, and none that it relies on. */
export function checkNames(settings: Named, context: z.core.$RefinementCtx<Named>): void {
  const report = (path: Path, message: string): void => context.addIssue({ code: 'custom', path: [...path], message });
  checkVariables(settings, report);
  checkVolumes(settings, report);
}

type Report = (path: Path, message: string) => void;

function checkVariables({ env = {}, extraEnv = [] }: Named, report: Report): void {
  const variables = [
    ...extraEnv.map(({ name }, i) => [name, ['extraEnv', i, 'name']] as const),
    ...Object.keys(env).map((name) => [name, ['env', name]] as const),
  ];
  for (const [name, path] of variables)
    if (Object.hasOwn(OWN, name)) report(path, `must be another variable: ${OWN[name]}`);
  for (const path of repeated(variables)) report(path, 'must be another variable, or removed: this one is set above');
}

function checkVolumes({ volumes = [], extraVolumes = [], extraVolumeMounts = [] }: Named, report: Report): void {
  const names = [
    ...extraVolumes.map(({ name }, i) => [name, ['extraVolumes', i, 'name']] as const),
    // Several mounts of one volume repeat its source there, which the shared setting compares.
    ...[...new Map(volumes.map(({ name }, i) => [name, i]))].map(
      ([name, i]) => [name, ['volumes', i, 'name']] as const,
    ),
  ];
  for (const path of repeated(names)) report(path, 'must be another name: there is a volume of it above');
  const mounts = [
    ...extraVolumeMounts.map((mount, i) => [mount.mountPath, ['extraVolumeMounts', i, 'mountPath']] as const),
    ...volumes.map((mount, i) => [mount.mountPath, ['volumes', i, 'mountPath']] as const),
  ];
  // The shared setting reports those of `volumes` alone.
  for (const path of repeated(mounts))
    if (path[0] !== 'volumes' || extraVolumeMounts.length > 0)
      report(path, 'must be used once: something else is mounted there');
  const known = new Set(extraVolumes.map(({ name }) => name));
  for (const [i, { name }] of extraVolumeMounts.entries())
    if (!known.delete(name) && !extraVolumes.some((one) => one.name === name))
      report(['extraVolumeMounts', i, 'name'], 'must be the name of a volume of extraVolumes');
  for (const name of known)
    report(
      ['extraVolumes', extraVolumes.findIndex((one) => one.name === name), 'name'],
      'must have a mount of the same name in extraVolumeMounts',
    );
}

/** The settings that repeat a name. */
function repeated(named: readonly (readonly [name: string, path: Path])[]): Path[] {
  return named.filter(([name], i) => named.findIndex(([other]) => other === name) < i).map(([, path]) => path);
}
