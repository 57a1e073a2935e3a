import { Definitions } from '../../lib/definitions.ts';

/** The custom resources of cert-manager. */
export function certManagerDefinitions(revision: string): Definitions {
  return new Definitions('cert-manager-crds', {
    tier: 'platform',
    upstream: {
      repository: 'https://github.com/cert-manager/cert-manager',
      revision,
      paths: ['deploy/crds'],
      resources: {
        'cert-manager.io': ['certificaterequests', 'certificates', 'clusterissuers', 'issuers'],
        'acme.cert-manager.io': ['challenges', 'orders'],
      },
    },
  });
}
