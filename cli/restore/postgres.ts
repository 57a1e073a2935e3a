import type { Dumps } from './restore.ts';

/** The commands that read the newest dump back into PostgreSQL, while nothing else writes there. */
export function intoPostgres({ namespace, to, set }: Dumps): string[] {
  const pod = `${set}-0`;
  return [
    `kubectl delete namespace ${to}`,
    `argocd app set ${namespace} --sync-policy none`,
    `kubectl -n ${namespace} scale deployment --all --replicas=0`,
    `kubectl -n ${namespace} cp ./dump/<newest>.dump ${pod}:/dump/restore.dump`,
    `kubectl -n ${namespace} exec ${pod} -- pg_restore --username=postgres --clean --if-exists --exit-on-error \\`,
    '  --dbname=postfacto /dump/restore.dump',
    `kubectl -n ${namespace} exec ${pod} -- rm /dump/restore.dump`,
    `argocd app set ${namespace} --sync-policy automated --auto-prune --self-heal`,
  ];
}
