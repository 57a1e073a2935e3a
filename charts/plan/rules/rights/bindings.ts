import { listAt, type Manifest, textAt } from '../../../lib/manifest.ts';
import { listed, rule, without } from '../rule.ts';

const BINDINGS = ['ClusterRoleBinding', 'RoleBinding'];

function subjectsOf(binding: Manifest): string[] {
  return listAt(binding, 'subjects').map((subject) => {
    const namespace = textAt(subject, 'namespace');
    return `${textAt(subject, 'kind')} ${namespace ? `${namespace}/` : ''}${textAt(subject, 'name')}`;
  });
}

const roleOf = (binding: Manifest): string =>
  `${textAt(binding, 'roleRef', 'kind')} ${textAt(binding, 'roleRef', 'name')}`;

/** Groups, which have more members than one, first. */
const byGroup = (names: readonly string[]): string[] =>
  names.toSorted((one, other) => Number(other.startsWith('Group ')) - Number(one.startsWith('Group ')));

const subject = rule('SLP-subject-added', {
  severity: 'danger',
  about: 'A binding gets further subjects',
  kinds: BINDINGS,
  changed: (before, after) => {
    const added = byGroup(without(subjectsOf(after), subjectsOf(before)));
    return added.length > 0
      ? [
          {
            path: 'subjects',
            says: `${listed(added)} ${added.length === 1 ? 'gets' : 'get'} the rights of ${roleOf(after)} ${after.kind === 'RoleBinding' ? `in namespace ${after.metadata.namespace}` : 'in the whole cluster'}`,
            instead: 'check who they are, and what the role may do',
          },
        ]
      : [];
  },
});

/** Groups of everybody, and of those whom nothing is denied. */
const EVERYBODY = /^Group system:(authenticated|unauthenticated|serviceaccounts|masters)$/;

const everybody = rule('SLP-binding-powerful', {
  severity: 'danger',
  about: 'A new binding gives cluster-admin, or gives rights to everybody',
  kinds: BINDINGS,
  created: (after) => {
    const all = subjectsOf(after).filter((name) => EVERYBODY.test(name));
    const admin = textAt(after, 'roleRef', 'name') === 'cluster-admin';
    return admin || all.length > 0
      ? [
          {
            path: 'roleRef',
            says: `${listed(byGroup(all.length > 0 ? all : subjectsOf(after)))} may do whatever ${roleOf(after)} allows ${after.kind === 'RoleBinding' ? `in namespace ${after.metadata.namespace}` : 'in the whole cluster'}`,
            instead: admin ? 'bind a role with the rights that are needed' : 'bind those who need it',
          },
        ]
      : [];
  },
});

/** Bindings of roles. */
export const BINDING_RULES = [subject, everybody];
