import { listAt } from '../../../charts/lib/manifest.ts';
import { controllersReadTheirGroups } from '../controllers.ts';
import { type Mutation, mutations } from './mutation.ts';

/** Rights of controllers. */
export const controllersMutations: readonly Mutation[] = [
  ...mutations(controllersReadTheirGroups, {
    'External Secrets without the right to list SecretStores': [
      (d) => {
        const role = d.find('ClusterRole', 'external-secrets');
        const rules = listAt(role, 'rules').filter((rule) => !listAt(rule, 'resources').includes('secretstores'));
        d.set(role, ['rules'], rules);
      },
      /^Deployment external-secrets\/external-secrets controls the group external-secrets.io but may not list secretstores/,
    ],
    'Velero without cluster-admin and the right to list backups': [
      (d) => {
        d.remove(d.find('ClusterRoleBinding', 'velero'));
        const role = d.find('Role', 'velero');
        const rules = listAt(role, 'rules').filter((rule) => !listAt(rule, 'resources').includes('backups'));
        d.set(role, ['rules'], rules);
      },
      /^Deployment velero\/velero controls the group velero.io but may not list backups/,
    ],
  }),
];
