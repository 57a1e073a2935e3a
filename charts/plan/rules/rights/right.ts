import { listAt, type Manifest } from '../../../lib/manifest.ts';
import { listed } from '../rule.ts';

/** One verb on one resource, object or URL, each possibly a wildcard. */
export interface Right {
  readonly verb: string;
  /** `secrets`, `deployments.apps`, `*.*`, `/metrics` */
  readonly on: string;
  /** The one object; undefined for all. */
  readonly object: string | undefined;
}

/** Every right of a role, each by itself. */
export function rightsOf(role: Manifest): Right[] {
  return listAt(role, 'rules').flatMap((one) => {
    const objects = listAt(one, 'resourceNames').map(String);
    const on = [
      ...listAt(one, 'nonResourceURLs').map(String),
      ...listAt(one, 'apiGroups').flatMap((group) =>
        listAt(one, 'resources').map((resource) =>
          group === '' ? String(resource) : `${String(resource)}.${String(group)}`,
        ),
      ),
    ];
    return listAt(one, 'verbs').flatMap((verb) =>
      on.flatMap((what) =>
        (objects.length > 0 ? objects : [undefined]).map((object) => ({ verb: String(verb), on: what, object })),
      ),
    );
  });
}

/** True if one right is part of another. */
function isPart(right: Right, of: Right): boolean {
  const verbs = of.verb === '*' || of.verb === right.verb;
  return verbs && (of.object === undefined || of.object === right.object) && isOn(right.on, of.on);
}

function isOn(what: string, of: string): boolean {
  if (what === of) return true;
  if (of.startsWith('/')) return of.endsWith('*') && what.startsWith(of.slice(0, -1));
  const [[resource = '', ...group], [wanted = '', ...wantedGroup]] = [what.split('.'), of.split('.')];
  const sameGroup = wantedGroup.join('.') === '*' || wantedGroup.join('.') === group.join('.');
  const sub = wanted.startsWith('*/') && resource.endsWith(wanted.slice(1));
  return sameGroup && (wanted === '*' || wanted === resource || sub);
}

/** The rights of one role that are not part of another's. */
export function beyond(role: Manifest, other: Manifest | undefined): Right[] {
  const known = other ? rightsOf(other) : [];
  return rightsOf(role).filter((right) => !known.some((one) => isPart(right, one)));
}

/** Verbs with which one gets rights that one does not have. */
const ESCALATING = new Set(['escalate', 'bind', 'impersonate', '*']);
/** Resources that hold others' rights, or run programs as others; `*` of the core group or of all has Secrets. */
const POWERFUL =
  /^(secrets|pods\/(exec|attach|portforward|ephemeralcontainers)|nodes\/proxy|serviceaccounts\/token|\*(\/\*)?(\.\*)?)$/;
/** Resources that writing to gives rights by. */
const RULING =
  /^(\*\..*|(cluster)?role(binding)?s\.rbac\.authorization\.k8s\.io|(mutating|validating)webhookconfigurations\..*|certificatesigningrequests\/approval\..*)$/;
const READING = new Set(['get', 'list', 'watch']);

/** True for a right with which one gets others' rights or secrets. A single named object is not all of them. */
export function isPowerful({ verb, on, object }: Right): boolean {
  if (ESCALATING.has(verb)) return true;
  if (object !== undefined) return false;
  return POWERFUL.test(on) || (RULING.test(on) && !READING.has(verb));
}

/** Rights in a sentence. */
export function rightsText(rights: readonly Right[]): string {
  const verbs = new Map<string, string[]>();
  for (const { verb, on, object } of rights) {
    const what = object === undefined ? on : `${on} ${object}`;
    verbs.set(what, [...(verbs.get(what) ?? []), verb]);
  }
  return listed([...verbs].map(([what, all]) => `${[...new Set(all)].join('/')} ${what}`));
}
