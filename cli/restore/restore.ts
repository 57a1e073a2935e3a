import { Fault } from '../../charts/fault.ts';
import { findKind } from '../../charts/kinds/index.ts';
import { readingsOf } from '../../charts/kinds/readings.ts';
import { at, listAt, type Manifest, objectIdentity, textAt } from '../../charts/lib/manifest.ts';
import { clustersOnDisk } from '../fleet/trees.ts';
import type { Workspace } from '../synth.ts';
import { entryOf } from '../unknown.ts';
import { intoMongo } from './mongo.ts';
import { intoPostgres } from './postgres.ts';

/** Where a backup is restored to, and which. */
export interface RestoreOptions {
  /** A namespace that is made for it. @default the component's, with `-restored` */
  readonly to?: string;
  /** Name of the backup. @default `BACKUP`, which people replace */
  readonly backup?: string;
}

/** Dumps of a component's database: the pod that has them, and what it runs. */
export interface Dumps {
  /** The component's namespace, and the one that its backup is restored to. */
  readonly namespace: string;
  readonly to: string;
  /** Without its ordinal. */
  readonly set: string;
  /** Folder of `dump.sh` and `verify.sh`. */
  readonly programs: string;
  readonly manifests: readonly Manifest[];
}

/** Kinds that must not come back in a namespace of another name: what they make would be of the store, or of another host. */
const LEFT_OUT = 'externalsecrets,passwords,pushsecrets,certificates,certificaterequests,httproutes';

const HOOK = 'pre.hook.backup.velero.io/command';

/** How the newest dump is read back into the running database, by the folder of the programs. */
const INTO: Readonly<Record<string, (dumps: Dumps) => readonly string[]>> = {
  '/etc/dump': intoMongo,
  '/etc/postgres': intoPostgres,
};

/**
 * `slipway restore CLUSTER COMPONENT`: the commands that restore a backup of a database beside it, verify its newest dump, and
 * read that back. Names are those of the rendered manifests; nothing is run.
 *
 * @throws Fault if there is no such cluster or component, or it has no database with dumps
 */
export function restore(
  { dist }: Workspace,
  [cluster, component]: readonly [cluster: string, component: string],
  { to, backup }: RestoreOptions,
): string {
  const clusters = Object.fromEntries(clustersOnDisk(dist));
  const components = componentsOf(entryOf('there is no rendered cluster', clusters, cluster));
  const manifests = entryOf(`${cluster} has no component`, components, component);
  return commandsOf(manifests, { cluster, component, to, backup });
}

/** What is restored, and how. */
interface Restored extends RestoreOptions {
  readonly cluster: string;
  readonly component: string;
}

/** The commands for a component. @param manifests all of its objects @throws Fault if it has no database with dumps */
export function commandsOf(manifests: readonly Manifest[], { backup = 'BACKUP', ...names }: Restored): string {
  const dumps = dumpsIn(manifests, names);
  return [
    '# 1. Beside the database: restore the backup, and verify its newest dump.',
    ...beside(dumps, backup),
    '',
    '# 2. Into the database: what is there is replaced by what the dump holds.',
    ...(INTO[dumps.programs]?.(dumps) ?? []),
  ].join('\n');
}

type Files = NonNullable<ReturnType<ReturnType<typeof clustersOnDisk>['get']>>;

function componentsOf(files: Files): Record<string, Manifest[]> {
  const components: Record<string, Manifest[]> = {};
  for (const { path, manifest } of files) (components[path.slice(0, path.indexOf('/'))] ??= []).push(manifest());
  return components;
}

function dumpsIn(manifests: readonly Manifest[], { cluster, component, to }: Restored): Dumps {
  for (const set of manifests) {
    const hook = textAt(set, 'spec', 'template', 'metadata', 'annotations', HOOK) ?? '';
    const programs = /"(\/[^"]+)\/dump\.sh"/.exec(hook)?.[1];
    const { name, namespace = component } = set.metadata;
    if (programs !== undefined && programs in INTO)
      return { namespace, to: to ?? `${namespace}-restored`, set: name, programs, manifests };
  }
  throw new Fault({
    what: `${component} of ${cluster} has no database with dumps`,
    where: `dist/${cluster}/${component}`,
    fix: 'name a replica set of MongoDB or a Postfacto; volumes without dumps come back by `velero restore create`',
  });
}

function beside(dumps: Dumps, backup: string): string[] {
  const { namespace, to, set, programs } = dumps;
  const inScratch = `kubectl -n ${to}`;
  return [
    `kubectl create namespace ${to}`,
    ...secretsOf(dumps),
    `velero restore create --from-backup ${backup} --include-namespaces ${namespace} --namespace-mappings ${namespace}:${to} \\`,
    `  --exclude-resources ${LEFT_OUT} --wait`,
    `${inScratch} wait --for=condition=Ready pod/${set}-0 --timeout=30m`,
    `${inScratch} exec ${set}-0 -- bash ${programs}/verify.sh`,
    `${inScratch} cp ${set}-0:/dump ./dump`,
  ];
}

/** Backups hold no Secrets: those that the pod with the dumps needs to start, with nothing in them that is true. */
function secretsOf({ namespace, to, set, manifests }: Dumps): string[] {
  const workload = manifests.find(({ kind, metadata }) => kind === 'StatefulSet' && metadata.name === set);
  const pod = at(workload, 'spec', 'template', 'spec');
  const offers = manifests.flatMap((one) => findKind(one)?.makes?.(one) ?? []);
  const names = new Set(
    readingsOf(workload!)
      .filter(({ kind }) => kind === 'Secret')
      .map(({ name }) => name),
  );
  return [...names].flatMap((name) => {
    const create = `kubectl -n ${to} create secret generic ${name}`;
    const { keys = [] } = offers.find(({ key }) => key === objectIdentity('', 'Secret', namespace, name)) ?? {};
    if (servesTls(pod, name, keys)) return certificate(create);
    return [
      `${create} ${usedKeys(pod, name, keys)
        .map((key) => `--from-literal=${key}=none`)
        .join(' ')}`,
    ];
  });
}

/** A certificate that nobody trusts: a server starts with it. */
function certificate(create: string): string[] {
  return [
    'tls=$(mktemp -d)',
    'openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=restored -keyout "$tls/tls.key" -out "$tls/tls.crt"',
    `${create} --from-file="$tls/tls.key" --from-file="$tls/tls.crt"`,
    'rm -r "$tls"',
  ];
}

/** True if a pod mounts a certificate with its key, not the authority alone. */
function servesTls(pod: unknown, name: string, keys: readonly string[]): boolean {
  return keys.includes('tls.key') && itemsOf(pod, name).length === 0;
}

function usedKeys(pod: unknown, name: string, keys: readonly string[]): readonly string[] {
  const items = itemsOf(pod, name);
  return items.length > 0 ? items : keys;
}

/** The keys of a Secret that a volume shows, if it does not show all of them. */
function itemsOf(pod: unknown, name: string): string[] {
  return listAt(pod, 'volumes')
    .filter((volume) => textAt(volume, 'secret', 'secretName') === name)
    .flatMap((volume) => listAt(volume, 'secret', 'items').map((item) => textAt(item, 'key') ?? ''));
}
