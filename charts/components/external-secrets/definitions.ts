import { Definitions } from '../../lib/definitions.ts';

/** The custom resources of External Secrets and its generators. */
export function externalSecretsDefinitions(revision: string): Definitions {
  return new Definitions('external-secrets-crds', {
    tier: 'platform',
    upstream: {
      repository: 'https://github.com/external-secrets/external-secrets',
      revision,
      paths: ['config/crds/bases'],
      resources: {
        'external-secrets.io': [
          'clusterexternalsecrets',
          'clusterpushsecrets',
          'clustersecretstores',
          'externalsecrets',
          'pushsecrets',
          'secretstores',
        ],
        'generators.external-secrets.io': ['clustergenerators', 'generatorstates', 'passwords'],
      },
    },
  });
}
