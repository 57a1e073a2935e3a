import { label, type Manifest } from '../../../lib/manifest.ts';
import { rule, type Said, without } from '../rule.ts';
import { beyond, isPowerful, type Right, rightsOf, rightsText } from './right.ts';

const ROLES = ['ClusterRole', 'Role'];

const powerful = rule('SLP-role-powerful', {
  severity: 'danger',
  about: 'A role gets wildcards, Secrets, exec, tokens, proxies, or verbs that give further rights',
  kinds: ROLES,
  changed: (before, after) => granted(after, before),
  // A Role of one namespace is what its program needs; one for the whole cluster deserves a look.
  created: (after) => (after.kind === 'ClusterRole' ? granted(after, undefined) : []),
});

function granted(after: Manifest, before: Manifest | undefined): Said[] {
  const rights = beyond(after, before).filter(isPowerful);
  const instead = 'name the verbs, resources and objects that are needed, in a Role of the one namespace';
  return said(after, before ? 'may from now on' : 'may', rights, instead);
}

/** What those may whom a role is given. */
function said(role: Manifest, may: string, rights: readonly Right[], instead: string): Said[] {
  if (rights.length === 0) return [];
  return [{ path: 'rules', says: `Whoever is bound to ${label(role)} ${may} ${rightsText(rights)}`, instead }];
}

const wider = rule('SLP-role-wider', {
  severity: 'warn',
  about: 'A role gets further rights',
  kinds: ROLES,
  changed: (before, after) => {
    const rights = beyond(after, before).filter((right) => !isPowerful(right));
    return said(after, 'may from now on', rights, 'check that the program calls for it');
  },
});

const narrower = rule('SLP-role-narrower', {
  severity: 'info',
  about: 'A role loses rights',
  kinds: ROLES,
  changed: (before, after) =>
    said(after, 'may no longer', beyond(before, after), 'check that nothing that runs still needs it'),
});

const AGGREGATE = 'rbac.authorization.k8s.io/aggregate-to-';

const aggregated = rule('SLP-role-aggregated', {
  severity: 'danger',
  about: 'A ClusterRole becomes part of another one, so that whoever has that gets its rights',
  kinds: ['ClusterRole'],
  changed: (before, after) => {
    const roles = (one: Manifest): string[] =>
      Object.entries(one.metadata.labels ?? {}).flatMap(([key, value]) =>
        key.startsWith(AGGREGATE) && value === 'true' ? [key.slice(AGGREGATE.length)] : [],
      );
    return without(roles(after), roles(before)).map((role) => ({
      path: `metadata.labels[${AGGREGATE}${role}]`,
      says: `Whoever has the ClusterRole ${role} gets the rights of ${label(after)} too: ${rightsText(rightsOf(after))}`,
      instead: 'bind the role to those who need it',
    }));
  },
});

/** Roles. */
export const ROLE_RULES = [powerful, wider, narrower, aggregated];
