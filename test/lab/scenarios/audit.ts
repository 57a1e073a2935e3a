import { readFileSync } from 'node:fs';

/** A request in the audit log. */
interface AuditEvent {
  readonly verb: string;
  readonly stageTimestamp: string;
  readonly requestURI: string;
  readonly user: { readonly username: string };
  readonly objectRef?: {
    readonly apiGroup?: string;
    readonly resource: string;
    readonly namespace?: string;
    readonly name: string;
    readonly subresource?: string;
  };
  readonly responseStatus?: { readonly code: number; readonly message?: string };
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Annotation with what RBAC decided: admission refuses with the same status. */
const DECISION = 'authorization.k8s.io/decision';

/** A write request of Argo CD's application controller. */
export interface Write {
  /** `group/resource/namespace/name` */
  readonly object: string;
  /** When the response was complete, in milliseconds since 1970. */
  readonly time: number;
  readonly code: number;
  readonly says: string;
}

/** Argo CD's writes in chronological order, without dry runs and statuses. @param audit path of the log */
export function writesOf(audit: string): Write[] {
  return eventsOf(audit, (line) => line.includes('fieldManager=argocd-controller') && !line.includes('dryRun=All'))
    .filter(
      ({ verb, objectRef }) => objectRef !== undefined && objectRef.subresource === undefined && verb !== 'delete',
    )
    .map(
      ({
        objectRef: { apiGroup = '', resource, namespace = '', name } = { resource: '', name: '' },
        responseStatus,
        stageTimestamp,
        verb,
      }) => ({
        // The audit log says that a namespace is in itself.
        object: [apiGroup, resource, resource === 'namespaces' ? '' : namespace, name].join('/'),
        time: Date.parse(stageTimestamp),
        code: responseStatus?.code ?? 0,
        says: `${verb} ${resource} ${namespace}/${name}: ${responseStatus?.code} ${responseStatus?.message ?? ''}`,
      }),
    )
    .sort((a, b) => a.time - b.time);
}

/** It asks for the namespaces of its servers, whose components bring its rights there, from the start on until they have come. */
const EARLY = 'prometheus-operator:prometheus-operator';

/**
 * What ServiceAccounts asked for and were not permitted, each once, with how often; of the Prometheus Operator, and in a namespace that
 * was deleted, with the rights in it, only what is not permitted later either. Who may watch need not list. cert-manager
 * sends one HEAD, for the headers of any answer; no role permits that verb.
 *
 * @param audit path of the log
 */
export function forbiddenOf(audit: string): string[] {
  const counts = new Map<string, number>();
  const deleted = new Set<string>();
  for (const { user, verb, requestURI, annotations } of eventsOf(audit, isOfAccountOrDeletion)) {
    const path = requestURI.replace(/\?.*/, '');
    const [, namespace = '', rest] = /^\/apis?\/.*?namespaces\/([^/]+)(\/.*)?$/.exec(path) ?? [];
    if (verb === 'delete' && rest === undefined) deleted.add(namespace);
    const [, account] = /^system:serviceaccount:(.*)/.exec(user.username) ?? [];
    if (account === undefined || verb === 'head') continue;
    const asked = (done: string): string => `${account}: ${done} ${path}`;
    if (annotations?.[DECISION] === 'forbid') counts.set(asked(verb), (counts.get(asked(verb)) ?? 0) + 1);
    else if (account === EARLY || deleted.has(namespace))
      for (const done of verb === 'watch' ? [verb, 'list'] : [verb]) counts.delete(asked(done));
  }
  return [...counts].map(([asked, count]) => `${asked} (${count})`).sort();
}

function isOfAccountOrDeletion(line: string): boolean {
  return line.includes('serviceaccount:') || line.includes('"verb":"delete"');
}

/** @param relevant chooses lines, most of which need not be parsed */
function eventsOf(audit: string, relevant: (line: string) => boolean): AuditEvent[] {
  return readFileSync(audit, 'utf8')
    .split('\n')
    .filter(relevant)
    .map((line) => JSON.parse(line) as AuditEvent);
}
