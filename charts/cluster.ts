import type { Cluster } from './cluster-file.ts';
import type { Component } from './component.ts';
import { ArgoCd } from './components/argo-cd/argo-cd.ts';
import { CertManager } from './components/cert-manager/cert-manager.ts';
import { ExternalDns } from './components/external-dns/external-dns.ts';
import { ExternalSecrets } from './components/external-secrets/external-secrets.ts';
import { CHALLENGE_LISTENER, Gateway } from './components/gateway/gateway.ts';
import { MetricsServer } from './components/metrics-server/metrics-server.ts';
import { Mongo } from './components/mongo/mongo.ts';
import { NestService } from './components/nest-service/nest-service.ts';
import { ObjectStore } from './components/object-store/object-store.ts';
import { Postfacto } from './components/postfacto/postfacto.ts';
import { Storage } from './components/storage/storage.ts';
import { namespacesOf } from './components/tenant/settings.ts';
import { Tenant, tenantComponent } from './components/tenant/tenant.ts';
import { Velero } from './components/velero/velero.ts';
import { Fault } from './fault.ts';
import { CERT_MANAGER_UPSTREAM } from './kinds/cert-manager.ts';
import { EXTERNAL_SECRETS_UPSTREAM } from './kinds/external-secrets.ts';
import { GATEWAY_API_UPSTREAM } from './kinds/gateway-api.ts';
import { VELERO_UPSTREAM } from './kinds/velero.ts';
import { dataNamespaces } from './lib/backup.ts';
import { Definitions } from './lib/definitions.ts';

/**
 * The composition root: creates the components from a cluster's settings, cloud and pins, one statement each. The
 * statements are ordered by the references that components expose; the sync order is derived from the manifests.
 *
 * @throws Fault if a section that another one requires is missing, or a version is not pinned
 */
export function compose({ name: cluster, settings, cloud, pins }: Cluster): Component[] {
  const { domain } = settings;
  const { zone } = cloud;
  // Without volume snapshots, backups copy files.
  const fileBackups = cloud.backups?.snapshotDriver === undefined;
  const components: Component[] = [];
  const add = <T extends Component>(component: T): T => {
    if (components.some(({ name }) => name === component.name)) throw sameName(component.name, cluster);
    component.dns = cloud.dns;
    components.push(component);
    return component;
  };

  // Platform
  // Bootstrap installs Argo CD at this version; looking it up here makes the pin mandatory.
  pins.tag('argo-cd');
  add(new ArgoCd());
  add(new Definitions(GATEWAY_API_UPSTREAM, pins.tag('gateway-api')));
  add(new Definitions(CERT_MANAGER_UPSTREAM, pins.tag('cert-manager')));
  add(new Definitions(EXTERNAL_SECRETS_UPSTREAM, pins.tag('external-secrets')));
  if (cloud.storageClass) add(new Storage({ name: cloud.storage.storageClassName, ...cloud.storageClass }));

  const { issuers } = add(
    new CertManager({
      settings: settings.certManager,
      images: pins.images('cert-manager', 'controller', 'webhook', 'cainjector', 'acmesolver'),
      domain,
      solver: zone?.solver,
      identity: cloud.workloadIdentity('cert-manager'),
      challengeListener: CHALLENGE_LISTENER,
    }),
  );
  const { store: secrets } = add(
    new ExternalSecrets({
      ...settings.externalSecrets,
      image: pins.image('external-secrets-controller'),
      provider: cloud.secretStore,
      keyPrefix: cloud.secretPrefix,
      identity: cloud.workloadIdentity('external-secrets'),
    }),
  );
  const gateway = add(
    new Gateway({
      ...settings.gateway,
      image: pins.image('traefik'),
      domain,
      issuers,
      loadBalancer: cloud.loadBalancer,
    }),
  );

  if (settings.externalDns) {
    const dnsZone = required(zone, 'externalDns', 'a cloud with a DNS zone', cluster);
    add(
      new ExternalDns({
        ...settings.externalDns,
        image: pins.image('external-dns'),
        cluster,
        domain,
        zone: dnsZone,
        identity: cloud.workloadIdentity('external-dns'),
      }),
    );
  }
  if (settings.metricsServer) {
    add(
      new MetricsServer({
        ...settings.metricsServer,
        image: pins.image('metrics-server'),
        kubeletSelfSigned: cloud.kubeletSelfSigned,
      }),
    );
  }

  // Data
  const mongo =
    settings.mongo &&
    add(
      new Mongo({
        ...settings.mongo,
        image: pins.image('mongo'),
        exporterImage: pins.image('mongodb-exporter'),
        storage: cloud.storage,
        secrets,
        fileBackups,
      }),
    );

  // Apps
  const bind = (app: string, host = `${app}.${domain}`): ReturnType<Gateway['bind']> => gateway.bind(host, app);
  for (const [name, { host, database, ...service }] of Object.entries(settings.services)) {
    add(
      new NestService(name, {
        ...service,
        image: pins.image(name),
        trustedProxies: cloud.podCidrs,
        binding: bind(name, host),
        database: database && {
          connection: required(mongo, `services.${name}`, 'the section "mongo"', cluster).connection(name),
          secrets,
        },
      }),
    );
  }
  if (settings.postfacto) {
    const { host, ...postfacto } = settings.postfacto;
    add(
      new Postfacto({
        ...postfacto,
        images: {
          stable: pins.image('postfacto-stable'),
          next: postfacto.next && pins.image('postfacto-next'),
          ...pins.images('postfacto', 'postgres', 'valkey'),
        },
        storage: cloud.storage,
        secrets,
        binding: bind('postfacto', host ?? `retro.${domain}`),
        fileBackups,
      }),
    );
  }

  // Tenants
  for (const [name, { hosts, ...tenant }] of Object.entries(settings.tenants)) {
    const namespaces = namespacesOf(name, tenant);
    if (tenant.quota.storage)
      required(settings.velero, `tenants.${name}.quota.storage`, 'the section "velero"', cluster);
    const bindings = hosts.map((host) => gateway.bind(host, tenantComponent(name), namespaces));
    add(new Tenant(name, { ...tenant, namespaces, bindings }));
  }

  // Backups
  const objectStore =
    settings.objectStore &&
    add(
      new ObjectStore({ ...settings.objectStore, image: pins.image('object-store'), storage: cloud.storage, secrets }),
    );
  if (settings.velero) {
    const target =
      cloud.backups ?? required(objectStore, 'velero', 'the section "objectStore"', cluster).backupTarget();
    add(new Definitions(VELERO_UPSTREAM, pins.tag('velero')));
    add(
      new Velero({
        ...settings.velero,
        images: { server: pins.image('velero-server'), plugin: pins.image(`velero-plugin-${target.plugin}`) },
        target,
        identity: cloud.workloadIdentity('velero'),
        secrets,
        namespaces: () => components.flatMap(dataNamespaces),
      }),
    );
  }
  return components;
}

function sameName(name: string, cluster: string): Fault {
  return new Fault({
    what: `two components of this cluster are named "${name}"`,
    file: `clusters/${cluster}/cluster.ts`,
    seen: name,
    fix: 'rename the service or the tenant',
  });
}

/** The given prerequisite of a section. @throws Fault if it is undefined */
function required<T>(found: T | undefined, section: string, what: string, cluster: string): T {
  if (found !== undefined) return found;
  throw new Fault({
    what: `section "${section}" needs ${what}`,
    file: `clusters/${cluster}/cluster.ts`,
    fix: `add ${what}, or remove "${section}"`,
  });
}
