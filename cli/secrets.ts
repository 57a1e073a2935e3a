import type { SecretByHand } from '../charts/cloud/cloud.ts';
import type { EntryToWrite, SecretCommands } from '../charts/cloud/secret-commands.ts';
import type { Cluster } from '../charts/cluster-file.ts';
import { inCluster } from '../charts/fault.ts';
import { label, type Manifest } from '../charts/lib/manifest.ts';
import { renderCluster } from '../charts/render/render.ts';
import { keysOf, storeEntries, type StoreEntryUse } from '../charts/render/store-entries.ts';
import { chooseClusters, loadCluster } from './load.ts';
import type { Workspace } from './synth.ts';

/**
 * `slipway secrets CLUSTER`: what people must put into the cluster's secret store, with the commands, and what the
 * cluster generates there.
 *
 * @throws Fault if the cluster has no facts, which say where the store is, or does not render
 */
export async function secrets({ root, importer, repository }: Workspace, name: string): Promise<string> {
  chooseClusters(root, [name]);
  const cluster = await loadCluster(root, name, importer);
  const { objects } = inCluster(name, () => renderCluster(cluster, repository));
  return listing(
    cluster,
    objects.map(({ manifest }) => manifest),
  );
}

/** The entries of a cluster's secret store, as text. */
export function listing(
  { name, cloud, settings }: Pick<Cluster, 'name' | 'cloud' | 'settings'>,
  manifests: readonly Manifest[],
): string {
  const entries = storeEntries(manifests);
  const { secretCommands: commands, secretPrefix } = cloud;
  const given = settings.secrets.map((declared) => kept(declared, `${secretPrefix}${declared}`, entries, commands));
  const generated = [...entries].filter(([, { writer }]) => writer);
  return [
    `${name}: its secret store is ${commands.store}`,
    '',
    ...(given.length > 0
      ? ['People put these there, from files outside this repository:', ...given.flat(), ...AFTERWARDS]
      : ['People put nothing there: the cluster file declares no "secrets".']),
    ...(cloud.secretsByHand ?? []).flatMap(byHand),
    '',
    ...(generated.length > 0
      ? [
          'The cluster generates these, once, and ExternalSecrets read them; there is nothing to do:',
          ...generated.map(([remoteKey, use]) => `  ${remoteKey}: read by ${readersOf(use)}`),
          '',
          `To see one in an emergency: ${commands.read('NAME')}`,
        ]
      : ['The cluster generates nothing.']),
  ].join('\n');
}

/** A Secret that cannot come from the store, because what reads the store needs it first. */
function byHand({ namespace, name, key }: SecretByHand): string[] {
  return [
    '',
    `People create the Secret ${namespace}/${name} in the cluster itself, from a file "${key}" with the value alone:`,
    `      kubectl create secret generic ${name} -n ${namespace} --from-file=${key}`,
  ];
}

const AFTERWARDS = [
  '',
  'Then remove the files. A new value is read within the hour; docs/secrets.md says how to have it read at once.',
];

/** An entry that people keep: what reads it, the files to make and the commands to run. */
function kept(
  name: string,
  remoteKey: string,
  entries: ReadonlyMap<string, StoreEntryUse>,
  commands: SecretCommands,
): string[] {
  const use = entries.get(remoteKey);
  if (!use) return ['', `  ${name}: nothing reads it, so it need not be there (its name would be ${remoteKey})`];
  return [
    '',
    `  ${name}: its name there is ${remoteKey}`,
    ...[...use.readers].map(([reader, keys]) => `    ${label(reader)} reads ${keys.toSorted().join(', ')}`),
    ...instructions({ name, remoteKey, keys: keysOf(use) }, commands),
  ];
}

function instructions(entry: EntryToWrite, commands: SecretCommands): string[] {
  const { files, create, update } = commands.write(entry);
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

function readersOf({ readers }: StoreEntryUse): string {
  const names = [...readers.keys()].map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
  return names.length > 0 ? names.join(', ') : 'nothing';
}
