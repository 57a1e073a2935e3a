import { Definitions } from '../lib/definitions.ts';

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

/** The custom resources of the Gateway API's standard channel. */
export function gatewayApiDefinitions(revision: string): Definitions {
  return new Definitions('gateway-api-crds', {
    tier: 'platform',
    upstream: {
      repository: 'https://github.com/kubernetes-sigs/gateway-api',
      revision,
      paths: ['config/crd/standard'],
      resources: {
        'gateway.networking.k8s.io': [
          'backendtlspolicies',
          'gatewayclasses',
          'gateways',
          'grpcroutes',
          'httproutes',
          'listenersets',
          'referencegrants',
          'tcproutes',
          'tlsroutes',
          'udproutes',
        ],
      },
    },
  });
}

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

/** The custom resources of Velero. */
export function veleroDefinitions(revision: string): Definitions {
  return new Definitions('velero-crds', {
    tier: 'platform',
    upstream: {
      repository: 'https://github.com/vmware-tanzu/velero',
      revision,
      paths: ['config/crd/v1/bases', 'config/crd/v2alpha1/bases'],
      resources: {
        'velero.io': [
          'backuprepositories',
          'backups',
          'backupstoragelocations',
          'datadownloads',
          'datauploads',
          'deletebackuprequests',
          'downloadrequests',
          'podvolumebackups',
          'podvolumerestores',
          'restores',
          'schedules',
          'serverstatusrequests',
          'volumesnapshotlocations',
        ],
      },
    },
  });
}
