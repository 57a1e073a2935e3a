import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { clusterSchema } from '../../cluster-file.ts';
import { at, listAt, type Manifest, textAt } from '../../lib/manifest.ts';
import { type Pin, type PinFile, Pins } from '../../pins.ts';
import { renderCluster } from '../../render/render.ts';
import { validPins } from '../../../test/lib/fixtures.ts';
import { preinstalledOn } from '../cloud.ts';
import { createCloud } from '../clouds.ts';
import { genericFacts } from './facts.ts';
import type { SecretCommands } from '../secret-commands.ts';

const FLEETS = join(import.meta.dirname, '..', '..', '..', 'test', 'fleets', 'clusters');

/** The least that a cluster needs: no zone, no bucket. */
const SMALL = {
  pod_cidrs: ['10.42.0.0/16'],
  api_server_cidrs: ['10.43.0.1/32', '192.0.2.10/32'],
  storage: { class: 'local-path', claim_annotations: { volumeType: 'local' } },
  traffic: { type: 'NodePort', web_port: 30080, websecure_port: 30443, address: '192.0.2.7' },
  secret_store: { provider: 'kubernetes' },
};

const K3S_CLOUDFLARE = { ...SMALL, dns_zone: { provider: 'cloudflare' }, preinstalled: ['metrics-api'] };

/** Dataplane V2, node-local DNS, workload identity. */
const GKE = {
  pod_cidrs: ['10.4.0.0/14'],
  dns_pods: [{ labels: { 'k8s-app': 'kube-dns' } }, { labels: { 'k8s-app': 'node-local-dns' } }],
  dns_server_cidrs: ['169.254.20.10/32'],
  storage: { class: 'premium-rwo' },
  traffic: { type: 'LoadBalancer', annotations: { 'networking.gke.io/load-balancer-type': 'External' } },
  dns_zone: { provider: 'google', project: 'example-dns' },
  secret_store: { provider: 'google', project: 'example-secrets' },
  backups: {
    provider: 'google',
    bucket: 'example-backups',
    service_account: 'velero@example-backups.iam.gserviceaccount.com',
    snapshot_driver: 'pd.csi.storage.gke.io',
  },
  workload_identity: {
    service_account_annotations: {
      velero: { 'iam.gke.io/gcp-service-account': 'velero@example-backups.iam.gserviceaccount.com' },
    },
    endpoints: [{ cidr: '169.254.169.254/32', ports: [80] }],
  },
  preinstalled: ['metrics-api', 'snapshot-definitions'],
};

const CLUSTER = {
  cloud: 'generic',
  domain: 'example.net',
  certManager: { acmeEmail: 'ops@example.net' },
  externalSecrets: {},
  gateway: { replicas: 2 },
  velero: {},
  mongo: { size: '1Gi', dumpSize: '1Gi', memory: '1Gi' },
  services: { ledger: { database: 'mongo', replicas: { min: 2, max: 3 } } },
};

const imagePin = (packageName: string): Pin => ({ datasource: 'docker', packageName, version: 'v1.0.0' });

/** The valid pins, with plugins for every store, and that of the service. */
const FILES: readonly PinFile[] = [
  ...validPins().map((file) =>
    file.component === 'velero'
      ? { ...file, pins: { ...file.pins, 'velero-plugin-gcp': imagePin('docker.io/velero/velero-plugin-for-gcp') } }
      : file,
  ),
  { component: 'ledger', file: 'pins/ledger.json', pins: { ledger: imagePin('registry.example.net/ledger') } },
  {
    component: 'metrics-server',
    file: 'pins/metrics-server.json',
    pins: { 'metrics-server': { ...imagePin('registry.k8s.io/metrics-server/metrics-server'), version: 'v0.9.0' } },
  },
];

/** The rendered objects, by `Kind namespace/name`. */
function render(facts: unknown, sections: object = {}): ReadonlyMap<string, Manifest> {
  const settings = clusterSchema.parse({ ...CLUSTER, ...sections });
  const known = genericFacts.parse(facts);
  const cloud = createCloud('generic', { name: 'example', domain: settings.domain }, known);
  const pins = new Pins({ folder: 'pins', files: FILES });
  const { files } = renderCluster(
    { name: 'example', settings, facts: known, cloud, pins, at: () => 'clusters/example/cluster.ts:1', sources: {} },
    { url: 'https://git.example.net/fleet.git', revision: 'main' },
  );
  const objects = [...files].filter(([path]) => path.endsWith('.yaml')).map(([, text]) => load(text) as Manifest);
  return new Map(objects.map((one) => [`${one.kind} ${one.metadata.namespace ?? ''}/${one.metadata.name}`, one]));
}

const container = (deployment: Manifest | undefined): unknown =>
  at(deployment, 'spec', 'template', 'spec', 'containers', 0);
const args = (deployment: Manifest | undefined): readonly unknown[] => listAt(container(deployment), 'args');
const egress = (policy: Manifest | undefined): string => JSON.stringify(at(policy, 'spec', 'egress'));

describe('a StorageClass whose provisioner is known', () => {
  const storage = { class: 'fast', provisioner: 'csi.example.com', parameters: { type: 'ssd' }, expandable: true };
  const objects = render({ ...SMALL, storage, preinstalled: ['metrics-api'] }, { objectStore: {} });

  it('is created, and keeps the disks of claims that are deleted', () => {
    expect(objects.get('StorageClass /fast')).toMatchObject({
      provisioner: 'csi.example.com',
      parameters: { type: 'ssd' },
      reclaimPolicy: 'Retain',
      allowVolumeExpansion: true,
    });
  });

  it('is left alone if its provisioner is not known', () => {
    const existing = render({ ...SMALL, preinstalled: ['metrics-api'] }, { objectStore: {} });
    expect([...existing.values()].filter(({ kind }) => kind === 'StorageClass')).toEqual([]);
  });
});

describe('a store with the API of S3', () => {
  const backups = { provider: 's3', endpoint: 'https://s3.example.com:9000', bucket: 'example-backups' };
  const facts = { ...SMALL, backups, preinstalled: ['metrics-api'] };
  const objects = render(facts, { secrets: ['backups'] });

  it('takes the backups, with access keys that people keep in the secret store', () => {
    expect(objects.get('BackupStorageLocation velero/default')?.['spec']).toMatchObject({
      provider: 'aws',
      objectStorage: { bucket: 'example-backups' },
      config: { region: 'us-east-1', s3Url: 'https://s3.example.com:9000', s3ForcePathStyle: 'true' },
      credential: { name: 'access-keys', key: 'cloud' },
    });
    const reads = listAt(objects.get('ExternalSecret velero/access-keys'), 'spec', 'data');
    expect(reads.map((item) => at(item, 'remoteRef'))).toEqual([
      { key: 'backups', property: 'accessKey' },
      { key: 'backups', property: 'secretKey' },
    ]);
  });

  it('is reached at the port of its endpoint', () => {
    expect(egress(objects.get('NetworkPolicy velero/velero'))).toContain('9000');
  });

  it('needs the entry to be declared', () => {
    expect(() => render(facts)).toThrow(/component velero reads the secret "backups"/);
  });
});

describe('commands for people', () => {
  const entry = { remoteKey: 'example-smtp', name: 'smtp', keys: ['password'] };
  const commands = (store: object): SecretCommands =>
    createCloud('generic', { name: 'example', domain: 'example.net' }, genericFacts.parse({ ...SMALL, ...store }))
      .secretCommands;

  it.each<[string, object, string, string | undefined, string]>([
    [
      'Secret Manager',
      { secret_store: GKE.secret_store, workload_identity: GKE.workload_identity },
      'gcloud secrets create example-smtp --project=example-secrets --data-file=smtp.json --replication-policy=automatic',
      'gcloud secrets versions add example-smtp --project=example-secrets --data-file=smtp.json',
      'gcloud secrets versions access latest --secret=NAME --project=example-secrets',
    ],
    [
      'Vault',
      { secret_store: { provider: 'vault', server: 'https://vault.example.com', path: 'fleet', role: 'slipway' } },
      'VAULT_ADDR=https://vault.example.com vault kv put -mount=fleet example-smtp @smtp.json',
      undefined,
      'VAULT_ADDR=https://vault.example.com vault kv get -mount=fleet NAME',
    ],
  ])('write and read an entry of %s', (_, store, create, update, read) => {
    const written = commands(store).write(entry);
    expect(written).toEqual({ files: { 'smtp.json': '{\n  "password": "…"\n}' }, create, ...(update && { update }) });
    expect(commands(store).read('NAME')).toBe(read);
  });

  it('write a Secret of the namespace in a cluster that is its own store', () => {
    expect(commands({}).write(entry).create).toContain('kubectl create secret generic example-smtp -n secret-store');
  });
});

describe('a cluster on GKE', () => {
  const objects = render(GKE, { externalDns: {} });

  it('has its records and challenges in Cloud DNS', () => {
    expect(args(objects.get('Deployment external-dns/external-dns'))).toEqual(
      expect.arrayContaining(['--provider=google', '--google-project=example-dns', '--google-zone-visibility=public']),
    );
    const issuer = objects.get('ClusterIssuer /letsencrypt-dns');
    expect(at(issuer, 'spec', 'acme', 'solvers', 0, 'dns01')).toEqual({ cloudDNS: { project: 'example-dns' } });
  });

  it('keeps secrets in Secret Manager, under its own prefix', () => {
    expect(at(objects.get('ClusterSecretStore /cluster'), 'spec', 'provider')).toEqual({
      gcpsm: { projectID: 'example-secrets' },
    });
    const keys = listAt(objects.get('ExternalSecret ledger/ledger-mongo'), 'spec', 'data').map((item) =>
      textAt(item, 'remoteRef', 'key'),
    );
    expect(keys).toEqual(keys.map(() => expect.stringMatching(/^example-mongo-/)));
  });

  it('backs up to Cloud Storage, by snapshots', () => {
    expect(at(objects.get('BackupStorageLocation velero/default'), 'spec')).toMatchObject({
      provider: 'gcp',
      objectStorage: { bucket: 'example-backups' },
      config: { serviceAccount: 'velero@example-backups.iam.gserviceaccount.com' },
    });
    expect(at(objects.get('VolumeSnapshotClass /velero'), 'driver')).toBe('pd.csi.storage.gke.io');
    const image = textAt(
      objects.get('Deployment velero/velero'),
      'spec',
      'template',
      'spec',
      'initContainers',
      0,
      'image',
    );
    expect(image).toContain('velero-plugin-for-gcp');
  });

  it('annotates the ServiceAccounts that have a workload identity, and no others', () => {
    const annotated = [...objects].flatMap(([key, { kind, metadata }]) =>
      kind === 'ServiceAccount' && metadata.annotations?.['iam.gke.io/gcp-service-account'] ? [key] : [],
    );
    expect(annotated.toSorted()).toEqual(['ServiceAccount velero/node-agent', 'ServiceAccount velero/velero']);
  });

  it.each(['cert-manager', 'external-dns', 'external-secrets', 'velero'])(
    'lets %s call Google and the metadata server, and nothing else does',
    (component) => {
      const policy = egress(objects.get(`NetworkPolicy ${component}/${component}`));
      expect(policy).toContain('169.254.169.254/32');
      expect(policy).toContain('0.0.0.0/0');
      expect(egress(objects.get('NetworkPolicy gateway/gateway'))).not.toContain('169.254.169.254');
    },
  );

  it('queries DNS on the node too', () => {
    const policy = egress(objects.get('NetworkPolicy ledger/ledger'));
    expect(policy).toContain('169.254.20.10/32');
    expect(policy).toContain('"k8s-app":"kube-dns"');
    expect(policy).toContain('"k8s-app":"node-local-dns"');
  });

  it('scales by the metrics that come with it, on its own StorageClass', () => {
    expect(objects.has('HorizontalPodAutoscaler ledger/ledger')).toBe(true);
    const claim = at(objects.get('StatefulSet mongo/mongo'), 'spec', 'volumeClaimTemplates', 0);
    expect(textAt(claim, 'spec', 'storageClassName')).toBe('premium-rwo');
  });

  it('has the annotations of its load balancer', () => {
    const service = objects.get('Service gateway/gateway');
    expect(textAt(service, 'spec', 'type')).toBe('LoadBalancer');
    expect(service?.metadata.annotations).toMatchObject({ 'networking.gke.io/load-balancer-type': 'External' });
  });
});

describe('a cluster on k3s with a zone at Cloudflare', () => {
  const objects = render(K3S_CLOUDFLARE, { externalDns: {}, objectStore: {} });

  it('reads the API token from the Secrets that people create', () => {
    const dns = objects.get('Deployment external-dns/external-dns');
    expect(args(dns)).toContain('--provider=cloudflare');
    expect(listAt(container(dns), 'env')).toContainEqual({
      name: 'CF_API_TOKEN',
      valueFrom: { secretKeyRef: { name: 'cloudflare-api-token', key: 'token' } },
    });
    expect(at(objects.get('ClusterIssuer /letsencrypt-dns'), 'spec', 'acme', 'solvers', 0, 'dns01')).toEqual({
      cloudflare: { apiTokenSecretRef: { name: 'cloudflare-api-token', key: 'token' } },
    });
  });

  it('has these Secrets before its first sync, and renders none', () => {
    const cloud = createCloud('generic', { name: 'a', domain: 'a.example' }, genericFacts.parse(K3S_CLOUDFLARE));
    const secrets = [...preinstalledOn({ cloud, settings: { secrets: [] } })].filter((key) =>
      key.startsWith('|Secret|'),
    );
    expect(secrets).toEqual(['|Secret|cert-manager|cloudflare-api-token', '|Secret|external-dns|cloudflare-api-token']);
    expect([...objects.values()].filter(({ kind }) => kind === 'Secret')).toEqual([]);
  });

  it('keeps secrets in a namespace, from which External Secrets calls nothing outside', () => {
    expect(objects.has('Namespace /secret-store')).toBe(true);
    expect(egress(objects.get('NetworkPolicy external-secrets/external-secrets'))).not.toContain('0.0.0.0/0');
    expect(egress(objects.get('NetworkPolicy external-dns/external-dns'))).toContain('0.0.0.0/0');
  });

  it('copies files of local volumes to its own object store', () => {
    expect(at(objects.get('Schedule velero/volumes'), 'spec', 'template', 'defaultVolumesToFsBackup')).toBe(true);
    const claim = at(objects.get('StatefulSet mongo/mongo'), 'spec', 'volumeClaimTemplates', 0);
    expect(at(claim, 'metadata', 'annotations')).toMatchObject({ volumeType: 'local' });
  });

  it('receives traffic at node ports, and gives DNS the address of its facts', () => {
    const ports = listAt(objects.get('Service gateway/gateway'), 'spec', 'ports');
    expect(ports.map((port) => at(port, 'nodePort'))).toEqual([30080, 30443]);
    expect(args(objects.get('Deployment gateway/gateway'))).toContain(
      '--providers.kubernetesgateway.statusaddress.ip=192.0.2.7',
    );
  });
});

describe('a cluster with a zone on a name server of its own', () => {
  const zone = { provider: 'rfc2136', server: '192.0.2.53', zone: 'example.net', key_name: 'slipway' };
  const objects = render(
    { ...SMALL, dns_zone: zone, preinstalled: ['metrics-api'] },
    { externalDns: {}, objectStore: {} },
  );

  it('writes records and challenges by dynamic updates with a TSIG key', () => {
    const dns = objects.get('Deployment external-dns/external-dns');
    expect(args(dns)).toEqual(
      expect.arrayContaining([
        '--provider=rfc2136',
        '--rfc2136-host=192.0.2.53',
        '--rfc2136-port=53',
        '--rfc2136-zone=example.net',
        '--rfc2136-tsig-keyname=slipway',
        '--rfc2136-tsig-secret-alg=hmac-sha256',
      ]),
    );
    const secret = { name: 'rfc2136-key', key: 'secret' };
    expect(listAt(container(dns), 'env')).toContainEqual({
      name: 'EXTERNAL_DNS_RFC2136_TSIG_SECRET',
      valueFrom: { secretKeyRef: secret },
    });
    expect(at(objects.get('ClusterIssuer /letsencrypt-dns'), 'spec', 'acme', 'solvers', 0, 'dns01')).toEqual({
      rfc2136: {
        nameserver: '192.0.2.53:53',
        tsigKeyName: 'slipway',
        tsigAlgorithm: 'HMACSHA256',
        tsigSecretSecretRef: secret,
      },
    });
  });

  it('lets external-dns query that server, and call nothing else outside', () => {
    const policy = egress(objects.get('NetworkPolicy external-dns/external-dns'));
    expect(policy).toContain('192.0.2.53/32');
    expect(policy).not.toContain('0.0.0.0/0');
  });
});

describe('a cluster with neither zone nor bucket', () => {
  it('issues certificates by a private authority', () => {
    const objects = render({ ...SMALL, preinstalled: ['metrics-api'] }, { certManager: {}, objectStore: {} });
    expect([...objects.keys()].filter((key) => key.startsWith('ClusterIssuer')).toSorted()).toEqual([
      'ClusterIssuer /internal-ca',
      'ClusterIssuer /local-ca',
      'ClusterIssuer /self-signed',
    ]);
  });

  it('needs the section "objectStore" for backups, and a zone for the section "externalDns"', () => {
    const facts = { ...SMALL, preinstalled: ['metrics-api'] };
    expect(() => render(facts, { certManager: {} })).toThrow('section "velero" needs the section "objectStore"');
    expect(() => render(facts, { certManager: {}, externalDns: {}, objectStore: {} })).toThrow(
      'section "externalDns" needs a cloud with a DNS zone',
    );
  });

  it.each([
    [true, ['--kubelet-insecure-tls']],
    [false, []],
  ])('runs metrics-server, with kubelet_self_signed %s', (kubelet_self_signed, flags) => {
    const objects = render({ ...SMALL, kubelet_self_signed }, { certManager: {}, objectStore: {}, metricsServer: {} });
    const found = args(objects.get('Deployment metrics-server/metrics-server'));
    expect(found.filter((flag) => flag === '--kubelet-insecure-tls')).toEqual(flags);
  });
});

describe('a cluster with secrets in Vault', () => {
  const vault = { provider: 'vault', server: 'https://vault.example.net:8200', path: 'kv', role: 'external-secrets' };
  const objects = render(
    { ...SMALL, secret_store: vault, preinstalled: ['metrics-api'] },
    { certManager: {}, objectStore: {} },
  );

  it('signs in by Kubernetes authentication', () => {
    expect(at(objects.get('ClusterSecretStore /cluster'), 'spec', 'provider', 'vault')).toEqual({
      server: 'https://vault.example.net:8200',
      path: 'kv',
      version: 'v2',
      auth: { kubernetes: { mountPath: 'kubernetes', role: 'external-secrets' } },
    });
  });

  it('lets External Secrets call the port of its address', () => {
    const policy = objects.get('NetworkPolicy external-secrets/external-secrets');
    expect(egress(policy)).toContain('"port":8200');
  });
});

describe('traffic by a load balancer', () => {
  it('has class, address and PROXY protocol of its facts', () => {
    const traffic = {
      type: 'LoadBalancer',
      class: 'example.net/lb',
      address: '2001:db8::7',
      proxy_protocol_cidrs: ['10.0.0.0/8'],
    };
    const objects = render({ ...SMALL, traffic, preinstalled: ['metrics-api'] }, { certManager: {}, objectStore: {} });
    expect(textAt(objects.get('Service gateway/gateway'), 'spec', 'loadBalancerClass')).toBe('example.net/lb');
    expect(args(objects.get('Deployment gateway/gateway'))).toEqual(
      expect.arrayContaining([
        '--providers.kubernetesgateway.statusaddress.ip=2001:db8::7',
        '--entrypoints.websecure.proxyprotocol.trustedips=10.0.0.0/8',
      ]),
    );
  });
});

it('docs/add-a-cloud.md has valid facts as examples, of which the first are those of test-generic', () => {
  const guide = readFileSync(join(import.meta.dirname, '..', '..', '..', 'docs', 'add-a-cloud.md'), 'utf8');
  const examples = [...guide.matchAll(/```json\n([^]*?)```/g)].map(([, text = '']) => JSON.parse(text) as unknown);
  expect(examples.map((facts) => genericFacts.safeParse(facts).error?.message)).toEqual([undefined, undefined]);
  expect(examples[0]).toEqual(JSON.parse(readFileSync(join(FLEETS, 'test-generic', 'facts.json'), 'utf8')));
});
