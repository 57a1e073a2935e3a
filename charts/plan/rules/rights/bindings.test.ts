import { add, all, prove, push, set } from '../../../../test/lib/plan-rules.ts';
import { BINDING_RULES } from './bindings.ts';

const ADMIN = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRoleBinding',
  metadata: { name: 'admins' },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
  subjects: [{ kind: 'User', name: 'ann' }],
};

prove(BINDING_RULES, {
  'SLP-subject-added': {
    fires: {
      'a group and a user': [
        all(
          push('RoleBinding', 'velero', ['subjects'], { kind: 'User', name: 'ann' }),
          push('RoleBinding', 'velero', ['subjects'], { kind: 'Group', name: 'ops' }),
        ),
        /^Group ops, User ann get the rights of Role velero in namespace velero$/,
      ],
    },
    quiet: { 'one subject less': set('RoleBinding', 'velero', ['subjects'], []) },
  },
  'SLP-binding-powerful': {
    fires: {
      'cluster-admin': [add(ADMIN), /^User ann may do whatever ClusterRole cluster-admin allows in the whole cluster$/],
      everybody: [
        add({
          ...ADMIN,
          roleRef: { ...ADMIN.roleRef, name: 'view' },
          subjects: [{ kind: 'Group', name: 'system:authenticated' }],
        }),
        /^Group system:authenticated may do/,
      ],
    },
    quiet: { 'another role': add({ ...ADMIN, roleRef: { ...ADMIN.roleRef, name: 'view' } }) },
  },
});
