import { type Manifest, textAt } from '../../charts/lib/manifest.ts';
import type { Dumps } from './restore.ts';

/**
 * The commands that read the newest dump back into a replica set. As the internal user of its members: the users of the dump replace
 * those of the set, and whoever is one of them would be refused the rest, the replay of the oplog.
 */
export function intoMongo({ namespace, to, set, manifests }: Dumps): string[] {
  const pod = `${set}-0`;
  const { hosts, options } = stateOf(manifests);
  const [member = ''] = hosts[0]?.split('.') ?? [];
  const uri = `mongodb://__system@${hosts.slice(0, 2).join(',')}/?replicaSet=rs0&authSource=local${options && `&${options}`}`;
  return [
    `kubectl -n ${namespace} cp ./dump/<newest>.archive.gz ${pod}:/dump/restore.archive.gz`,
    `kubectl -n ${namespace} exec ${member} --container=mongod -- cat /run/key/keyfile |`,
    `  kubectl -n ${namespace} exec -i ${pod} -- mongorestore --uri='${uri}' \\`,
    '  --gzip --archive=/dump/restore.archive.gz --oplogReplay --drop',
    `kubectl -n ${namespace} exec ${pod} -- rm /dump/restore.archive.gz`,
    `kubectl delete namespace ${to}`,
  ];
}

/** What the setup Job wants of the set. */
function stateOf(manifests: readonly Manifest[]): { readonly hosts: readonly string[]; readonly options: string } {
  const texts = manifests.map((one) => (one.kind === 'ConfigMap' ? textAt(one, 'data', 'state.json') : undefined));
  return JSON.parse(texts.find((text) => text !== undefined) ?? '{"hosts":[],"options":""}') as ReturnType<
    typeof stateOf
  >;
}
