import type { SecretByHand } from '../charts/cloud/cloud.ts';
import type { Writing } from '../charts/cloud/secret-commands.ts';
import type { Cluster } from '../charts/cluster-file.ts';
import { inCluster } from '../charts/fault.ts';
import { label, type Manifest } from '../charts/lib/manifest.ts';
import { renderCluster } from '../charts/render/render.ts';
import { keysOf, storeEntries, type StoreEntryUse } from '../charts/render/store-entries.ts';
import { chooseClusters, loadCluster } from './load.ts';
import { type Shown, shownAs } from './output.ts';
import type { Workspace } from './synth.ts';

/** What a cluster's secret store has to have: names alone, and commands with an ellipsis for each value. */
export interface Secrets {
  readonly cluster: string;
  /** What the store is and where. */
  readonly store: string;
  /** What people put there. */
  readonly given: readonly Given[];
  /** Secrets that cannot come from the store, because what reads the store needs them first. */
  readonly byHand: readonly (SecretByHand & { readonly create: string })[];
  /** What the cluster generates there. */
  readonly generated: readonly Entry[];
  /** The command that prints the entry NAME. */
  readonly read: string;
}

interface Entry {
  /** Its full name in the store. */
  readonly remoteKey: string;
  /** The ExternalSecrets that read it. */
  readonly readers: readonly Reader[];
}

interface Reader {
  readonly object: string;
  /** As `namespace/name`. */
  readonly name: string;
  readonly keys: readonly string[];
}

interface Given extends Entry {
  /** As the cluster file declares it. */
  readonly name: string;
  /** How to write it; not there if nothing reads it. */
  readonly write?: Writing;
}

/**
 * `slipway secrets CLUSTER`: what people must put into the cluster's secret store, with the commands, and what the
 * cluster generates there.
 *
 * @throws Fault if the cluster has no facts, which say where the store is, or does not render
 */
export async function secrets(
  { root, importer, repository }: Workspace,
  name: string,
  shown: Shown = {},
): Promise<string> {
  chooseClusters(root, [name]);
  const cluster = await loadCluster(root, name, importer);
  const { objects } = inCluster(name, () => renderCluster(cluster, repository));
  return shownAs(
    secretsOf(
      cluster,
      objects.map(({ manifest }) => manifest),
    ),
    listing,
    shown,
  );
}

/** The entries of a cluster's secret store. */
export function secretsOf(
  { name, cloud, settings }: Pick<Cluster, 'name' | 'cloud' | 'settings'>,
  manifests: readonly Manifest[],
): Secrets {
  const entries = storeEntries(manifests);
  const { secretCommands: commands, secretPrefix, secretsByHand = [] } = cloud;
  return {
    cluster: name,
    store: commands.store,
    given: settings.secrets.map((declared) => {
      const remoteKey = `${secretPrefix}${declared}`;
      const use = entries.get(remoteKey);
      const entry = { name: declared, remoteKey, readers: readersOf(use) };
      return use ? { ...entry, write: commands.write({ name: declared, remoteKey, keys: keysOf(use) }) } : entry;
    }),
    byHand: secretsByHand.map((secret) => ({
      ...secret,
      create: `kubectl create secret generic ${secret.name} -n ${secret.namespace} --from-file=${secret.key}`,
    })),
    generated: [...entries]
      .filter(([, { writer }]) => writer)
      .map(([remoteKey, use]) => ({ remoteKey, readers: readersOf(use) })),
    read: commands.read('NAME'),
  };
}

function readersOf(use: StoreEntryUse | undefined): Reader[] {
  return [...(use?.readers ?? [])].map(([reader, keys]) => ({
    object: label(reader),
    name: `${reader.metadata.namespace}/${reader.metadata.name}`,
    keys: keys.toSorted(),
  }));
}

/** The entries of a cluster's secret store, as text. */
export function listing({ cluster, store, given, byHand, generated, read }: Secrets): string {
  return [
    `${cluster}: its secret store is ${store}`,
    '',
    ...(given.length > 0
      ? ['People put these there, from files outside this repository:', ...given.flatMap(kept), ...AFTERWARDS]
      : ['People put nothing there: the cluster file declares no "secrets".']),
    ...byHand.flatMap(({ namespace, name, key, create }) => [
      '',
      `People create the Secret ${namespace}/${name} in the cluster itself, from a file "${key}" with the value alone:`,
      `      ${create}`,
    ]),
    '',
    ...(generated.length > 0
      ? [
          'The cluster generates these, once, and ExternalSecrets read them; there is nothing to do:',
          ...generated.map(
            ({ remoteKey, readers }) =>
              `  ${remoteKey}: read by ${readers.map(({ name }) => name).join(', ') || 'nothing'}`,
          ),
          '',
          `To see one in an emergency: ${read}`,
        ]
      : ['The cluster generates nothing.']),
  ].join('\n');
}

const AFTERWARDS = [
  '',
  'Then remove the files. A new value is read within the hour; docs/secrets.md says how to have it read at once.',
];

/** An entry that people keep: what reads it, the files to make and the commands to run. */
function kept({ name, remoteKey, readers, write }: Given): string[] {
  if (!write) return ['', `  ${name}: nothing reads it, so it need not be there (its name would be ${remoteKey})`];
  return [
    '',
    `  ${name}: its name there is ${remoteKey}`,
    ...readers.map(({ object, keys }) => `    ${object} reads ${keys.join(', ')}`),
    ...instructions(write),
  ];
}

function instructions({ files, create, update }: Writing): string[] {
  return [
    ...Object.entries(files).flatMap(([path, text]) => [
      `    write ${path}:`,
      ...text.split('\n').map((line) => `      ${line}`),
    ]),
    update === undefined ? '    then, also to change it later:' : '    then:',
    `      ${create}`,
    ...(update === undefined ? [] : ['    to change it later:', `      ${update}`]),
  ];
}
