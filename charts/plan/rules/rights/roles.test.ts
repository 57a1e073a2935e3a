import { add, drop, prove, push, set } from '../../../../test/lib/plan-rules.ts';
import { ROLE_RULES } from './roles.ts';

const ROLE = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  metadata: { name: 'reader' },
  rules: [
    { apiGroups: [''], resources: ['secrets'], verbs: ['get'] },
    { apiGroups: ['apps'], resources: ['*'], verbs: ['get', 'list'] },
  ],
};
const secrets = (verbs: readonly string[]) => set('ClusterRole', 'reader', ['rules', 0, 'verbs'], verbs);

prove(ROLE_RULES, {
  'SLP-role-powerful': {
    given: add(ROLE),
    fires: {
      'list beside get of Secrets': [
        secrets(['get', 'list']),
        /^Whoever is bound to ClusterRole reader may from now on list secrets$/,
      ],
      'every verb': [secrets(['*']), /may from now on \* secrets$/],
      exec: [
        push('ClusterRole', 'external-dns', ['rules'], {
          apiGroups: [''],
          resources: ['pods/exec'],
          verbs: ['create'],
        }),
        /create pods\/exec$/,
      ],
      'writing roles': [
        push('Role', 'velero', ['rules'], {
          apiGroups: ['rbac.authorization.k8s.io'],
          resources: ['roles'],
          verbs: ['update'],
        }),
        /update roles\.rbac\.authorization\.k8s\.io$/,
      ],
      'a new ClusterRole': [
        add({ ...ROLE, metadata: { name: 'another' } }),
        /^Whoever is bound to ClusterRole another may get secrets$/,
      ],
    },
    quiet: {
      'rules and verbs in another order': set(
        'ClusterRole',
        'reader',
        ['rules'],
        [
          { apiGroups: ['apps'], resources: ['*'], verbs: ['list', 'get'] },
          { apiGroups: [''], resources: ['secrets'], verbs: ['get'] },
        ],
      ),
      'one named Secret': push('ClusterRole', 'reader', ['rules'], {
        apiGroups: [''],
        resources: ['secrets'],
        resourceNames: ['a'],
        verbs: ['update'],
      }),
      'one right less': set('ClusterRole', 'reader', ['rules', 1, 'verbs'], ['get']),
      'a part of a wildcard': push('ClusterRole', 'reader', ['rules'], {
        apiGroups: ['apps'],
        resources: ['deployments'],
        verbs: ['get'],
      }),
    },
  },
  'SLP-role-wider': {
    given: add(ROLE),
    fires: {
      'another verb': [
        push('ClusterRole', 'external-dns', ['rules', 0, 'verbs'], 'patch'),
        /may from now on patch namespaces$/,
      ],
    },
    quiet: {
      'one verb less': drop('ClusterRole', 'external-dns', 'rules', 0, 'verbs', 0),
      'a part of a wildcard': push('ClusterRole', 'reader', ['rules'], {
        apiGroups: ['apps'],
        resources: ['deployments'],
        verbs: ['get'],
      }),
    },
  },
  'SLP-role-narrower': {
    fires: {
      'one verb less': [drop('ClusterRole', 'external-dns', 'rules', 0, 'verbs', 0), /may no longer get namespaces$/],
    },
    quiet: { 'one verb more': push('ClusterRole', 'external-dns', ['rules', 0, 'verbs'], 'patch') },
  },
  'SLP-role-aggregated': {
    fires: {
      'to admin': [
        set(
          'ClusterRole',
          'external-dns',
          ['metadata', 'labels', 'rbac.authorization.k8s.io/aggregate-to-admin'],
          'true',
        ),
        /^Whoever has the ClusterRole admin gets the rights of ClusterRole external-dns too/,
      ],
    },
    quiet: { 'another label': set('ClusterRole', 'external-dns', ['metadata', 'labels', 'team'], 'a') },
  },
});
