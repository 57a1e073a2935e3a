import { add, prove, push, set } from '../../../../test/lib/plan-rules.ts';
import { GITOPS } from './gitops.ts';

const SECRET = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'login', namespace: 'hello' } };
const VALUE = 'aHVudGVyMg==';

prove(GITOPS, {
  'SLP-project-open': {
    fires: {
      'every repository': [
        push('AppProject', 'hello', ['spec', 'sourceRepos'], '*'),
        /^Applications of AppProject argocd\/hello may deploy from every repository$/,
      ],
      'every namespace': [
        push('AppProject', 'hello', ['spec', 'destinations'], { namespace: '*', server: '*' }),
        /may deploy into every namespace$/,
      ],
      'every kind': [
        push('AppProject', 'hello', ['spec', 'clusterResourceWhitelist'], { group: '*', kind: '*' }),
        /objects of every kind without a namespace$/,
      ],
    },
    quiet: { 'one repository': push('AppProject', 'hello', ['spec', 'sourceRepos'], 'https://example.com/a.git') },
  },
  'SLP-argo-access': {
    fires: {
      exec: [
        set('ConfigMap', 'argocd-cm', ['data', 'exec.enabled'], 'true'),
        /^Argo CD lets its users run programs in pods: exec\.enabled was nothing, and is true$/,
      ],
      'a default role': [
        add({
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name: 'argocd-rbac-cm', namespace: 'argocd' },
          data: { 'policy.default': 'role:admin' },
        }),
        /gives rights to everybody who logs in/,
      ],
    },
    quiet: { 'no exec': set('ConfigMap', 'argocd-cm', ['data', 'exec.enabled'], 'false') },
  },
  'SLP-secret-in-git': {
    given: add({ ...SECRET, metadata: { ...SECRET.metadata, name: 'empty' } }),
    fires: {
      'a new Secret': [
        add({ ...SECRET, data: { password: VALUE } }),
        /^The values of password of Secret hello\/login are in Git for good$/,
      ],
      'a new key': [
        set('Secret', 'empty', ['stringData'], { token: VALUE }),
        /^The values of token of Secret hello\/empty/,
      ],
    },
    quiet: { 'a Secret that others fill': add(SECRET) },
  },
});
