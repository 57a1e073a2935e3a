import type { Repository } from './applications.ts';
import type { Cluster } from './cluster-file.ts';
import { checkTenantNamespaces } from './cluster-names.ts';
import type { Component } from './component.ts';
import { ArgoCd } from './components/argo-cd/argo-cd.ts';
import { CertManager } from './components/cert-manager/cert-manager.ts';
import { ExternalDns } from './components/external-dns/external-dns.ts';
import { ExternalSecrets } from './components/external-secrets/external-secrets.ts';
import { CHALLENGE_LISTENER, Gateway } from './components/gateway/gateway.ts';
import { Manifests } from './components/manifests/manifests.ts';
import { MetricsServer } from './components/metrics-server/metrics-server.ts';
import { Mongo, type MongoConnection } from './components/mongo/mongo.ts';
import { NestService } from './components/nest-service/nest-service.ts';
import { ObjectStore } from './components/object-store/object-store.ts';
import { outsideDatabase } from './components/postfacto/managed-database.ts';
import { Postfacto } from './components/postfacto/postfacto.ts';
import { PriorityClasses } from './components/priority-classes/priority-classes.ts';
import { Reloader } from './components/reloader/reloader.ts';
import { RestoreDrill } from './components/restore-drill/restore-drill.ts';
import { Storage } from './components/storage/storage.ts';
import { namespacesOf, tenantComponent } from './components/tenant/settings.ts';
import { Tenant } from './components/tenant/tenant.ts';
import { Velero } from './components/velero/velero.ts';
import { forSetting, type SettingPath } from './fault.ts';
import { CERT_MANAGER_UPSTREAM } from './kinds/cert-manager.ts';
import { EXTERNAL_SECRETS_UPSTREAM } from './kinds/external-secrets.ts';
import { GATEWAY_API_UPSTREAM } from './kinds/gateway-api.ts';
import { VELERO_UPSTREAM } from './kinds/velero.ts';
import { dataNamespaces } from './lib/backup.ts';
import { Definitions } from './lib/definitions.ts';
import { hostBeside } from './lib/host.ts';
import { eachInstance } from './lib/instances.ts';
import { namespacesOfReaders } from './lib/rolls.ts';
import { syncStoredValues } from './lib/stored-values.ts';
import { pullFrom } from './registries.ts';
import { addMonitoring, monitor } from './monitoring.ts';
import {
  checkDomain,
  checkMetricsApi,
  checkReloader,
  chosen,
  namedTwice,
  required,
  storeWithoutEffect,
} from './prerequisites.ts';
import { upstreamOf } from './upstream/upstream.ts';

/**
 * The composition root: creates the components from a cluster's settings, cloud and pins, one statement each. The
 * statements are ordered by the references that components expose; the sync order is derived from the manifests.
 *
 * @param repository where people read the runbooks
 * @throws Fault if a section that another one requires is missing, or a version is not pinned
 */
export function compose(
  { name: cluster, settings, cloud, pins, sources }: Cluster,
  repository: Repository,
): Component[] {
  const { domain } = settings;
  const { zone } = cloud;
  checkDomain(domain, cloud);
  const components: Component[] = [];
  const add = <T extends Component>(component: T): T => {
    component.dns = cloud.dns;
    component.userNamespaces = cloud.userNamespaces;
    component.apiServer = cloud.apiServer;
    if (components.some(({ name }) => name === component.name)) throw namedTwice(component.name, settings);
    components.push(component);
    return component;
  };

  // Platform
  // Bootstrap installs Argo CD at this version; looking it up here makes the pin mandatory.
  pins.of('argo-cd').tag('argo-cd');
  // Looked up here too, so that no pin has to go with the last reader of a Secret.
  const reloader = pins.of('reloader').image('reloader');
  add(new ArgoCd(repository.signatures));
  add(new Definitions(GATEWAY_API_UPSTREAM, pins.of('gateway-api').release('gateway-api')));
  add(new Definitions(CERT_MANAGER_UPSTREAM, pins.of('cert-manager').release('cert-manager')));
  add(new Definitions(EXTERNAL_SECRETS_UPSTREAM, pins.of('external-secrets').release('external-secrets')));
  add(new PriorityClasses());
  if ('provisioner' in cloud.storageClass)
    add(new Storage({ name: cloud.storage.storageClassName, ...cloud.storageClass }));

  const certManager = add(
    new CertManager({
      settings: settings.certManager,
      images: pins.of('cert-manager').images('cert-manager', 'controller', 'webhook', 'cainjector', 'acmesolver'),
      upstream: upstreamOf('cert-manager', pins.of('cert-manager')),
      domain,
      solver: zone?.solver,
      identity: cloud.workloadIdentity('cert-manager'),
      challengeListener: CHALLENGE_LISTENER,
    }),
  );
  const { issuers } = certManager;
  const { store: secrets } = add(
    new ExternalSecrets({
      ...settings.externalSecrets,
      image: pins.of('external-secrets').image('external-secrets-controller'),
      upstream: upstreamOf('external-secrets', pins.of('external-secrets')),
      provider: cloud.secretStore,
      keyPrefix: cloud.secretPrefix,
      replicaRegions: cloud.secretReplicaRegions,
      given: settings.secrets,
      identity: cloud.workloadIdentity('external-secrets'),
    }),
  );
  const gateway = add(
    new Gateway({
      ...settings.gateway,
      image: pins.of('gateway').image('traefik'),
      domain,
      issuers,
      loadBalancer: cloud.loadBalancer,
    }),
  );

  if (settings.externalDns) {
    const dnsZone = required(zone, ['externalDns'], 'a cloud with a DNS zone');
    add(
      new ExternalDns({
        ...settings.externalDns,
        image: pins.of('external-dns').image('external-dns'),
        upstream: upstreamOf('external-dns', pins.of('external-dns')),
        cluster,
        gateway: gateway.name,
        zone: dnsZone,
        identity: cloud.workloadIdentity('external-dns'),
      }),
    );
  }
  if (settings.metricsServer) {
    checkMetricsApi(cloud);
    add(
      new MetricsServer({
        ...settings.metricsServer,
        image: pins.of('metrics-server').image('metrics-server'),
        upstream: upstreamOf('metrics-server', pins.of('metrics-server')),
        kubeletSelfSigned: cloud.kubeletSelfSigned,
        nodes: cloud.nodes,
      }),
    );
  }

  // Data
  const mongos = eachInstance('mongo', settings.mongo, (name, own) =>
    add(
      new Mongo(name, {
        ...own,
        image: pins.of('mongo').image('mongo'),
        exporterImage: pins.of('mongo').image('mongodb-exporter'),
        storage: cloud.storage,
        secrets,
        authority: () => certManager.internal(),
      }),
    ),
  );

  // Apps
  const bind = (setting: SettingPath, app: string, host = `${app}.${domain}`, namespaces?: readonly string[]) =>
    forSetting(setting, () => gateway.bind(host, app, namespaces));
  const connection = (instance: string, client: string): MongoConnection =>
    required(mongos.get(instance), ['services', client], 'the section "mongo"').connection(client);
  for (const [name, { host, database, ...service }] of Object.entries(settings.services)) {
    add(
      new NestService(name, {
        ...service,
        image: pins.of(name).image(name),
        trustedProxies: cloud.podCidrs,
        binding: bind(host === undefined ? ['services', name] : ['services', name, 'host'], name, host),
        database: database === undefined ? undefined : { connection: connection(database, name), secrets },
      }),
    );
  }
  const postfactos = eachInstance(
    'postfacto',
    settings.postfacto,
    (name, { host = `${name === 'postfacto' ? 'retro' : name}.${domain}`, database, ...own }) =>
      add(
        new Postfacto(name, {
          ...own,
          images: {
            stable: pins.of('postfacto').image('postfacto-stable'),
            next: own.next && pins.of('postfacto').image('postfacto-next'),
            ...pins.of('postfacto').images('postfacto', 'postgres', 'valkey'),
            postgresExporter: pins.of('postfacto').image('postgres-exporter'),
            valkeyExporter: pins.of('postfacto').image('valkey-exporter'),
          },
          storage: cloud.storage,
          secrets,
          managed:
            database === 'managed' ? outsideDatabase(name, cloud.databases, ['postfacto', 'database']) : undefined,
          binding: bind(['postfacto'], name, host),
          nextBinding: own.next && bind(['postfacto'], name, own.next.host ?? hostBeside(host, 'next')),
          authority: () => certManager.internal(),
        }),
      ),
  );

  for (const [name, { host, ...entry }] of Object.entries(settings.manifests)) {
    add(
      new Manifests(name, {
        ...entry,
        objects: sources[name] ?? [],
        host: host && { ...host, binding: bind(['manifests', name, 'host'], name, host.name) },
      }),
    );
  }

  // Tenants
  for (const [name, { hosts, ...tenant }] of Object.entries(settings.tenants)) {
    const namespaces = namespacesOf(name, tenant);
    if (tenant.quota.storage) required(settings.velero, ['tenants', name, 'quota', 'storage'], 'the section "velero"');
    const bindings = hosts.map((host, i) =>
      bind(['tenants', name, 'hosts', i], tenantComponent(name), host, namespaces),
    );
    add(new Tenant(name, { ...tenant, namespaces, bindings }));
  }

  // Backups
  const objectStores = eachInstance('object-store', settings.objectStore, (name, own) =>
    add(
      new ObjectStore(name, {
        ...own,
        image: pins.of('object-store').image('object-store'),
        storage: cloud.storage,
        secrets,
      }),
    ),
  );
  if (settings.restoreDrill) required(settings.velero, ['restoreDrill'], 'the section "velero"');
  if (settings.velero) {
    const { objectStore, ...velero } = settings.velero;
    const target = cloud.backups ?? chosen(objectStores, objectStore).backupTarget();
    if (cloud.backups && objectStore !== undefined) throw storeWithoutEffect(objectStore);
    add(new Definitions(VELERO_UPSTREAM, pins.of('velero').release('velero')));
    const { backups } = add(
      new Velero({
        ...velero,
        images: {
          server: pins.of('velero').image('velero-server'),
          plugin: pins.of('velero').image(`velero-plugin-${target.plugin}`),
        },
        upstream: upstreamOf('velero', pins.of('velero')),
        target,
        identity: cloud.workloadIdentity('velero'),
        secrets,
        namespaces: () => components.flatMap(dataNamespaces),
      }),
    );
    if (settings.restoreDrill) {
      // Looked up without databases too, so that no pin has to go with the last of them.
      const image = pins.of('restore-drill').image('kubectl');
      const drills = [...mongos.values(), ...postfactos.values()].flatMap(({ drill }) => drill ?? []);
      if (drills.length > 0) add(new RestoreDrill({ ...settings.restoreDrill, image, drills, backups }));
    }
  }

  const monitoring = addMonitoring(
    { name: cluster, settings, cloud, pins },
    { add, components, gateway, secrets, bind },
  );

  checkTenantNamespaces(settings.tenants, components);
  const readers = namespacesOfReaders(components);
  checkReloader(settings, readers);
  if (readers.length > 0) add(new Reloader({ ...settings.reloader, image: reloader, namespaces: readers }));
  pullFrom(settings.registries, components);
  for (const component of components) syncStoredValues(component, secrets);
  if (monitoring) monitor(components, monitoring, settings.alerts, repository);
  return components;
}
