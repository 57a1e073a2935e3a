import { describe, expect, it } from 'vitest';
import { at, listAt, type Manifest, textAt } from '../../lib/manifest.ts';
import { connect, podsOf } from '../../lib/network.ts';
import { Mongo, type MongoConnection, type MongoProps } from './mongo.ts';
import { mongoSettings } from './settings.ts';
import { rolledBySecrets } from '../../lib/rolls.ts';
import { capability } from '../../kinds/kind.ts';
import { deriveOrder } from '../../order/order.ts';
import { type ComponentManifests, manifestsOf } from '../../render/manifests.ts';

const PROPS: MongoProps = {
  ...mongoSettings.parse({}),
  image: 'mongo:8.0',
  exporterImage: 'mongodb_exporter:0.53.0',
  storage: { storageClassName: 'standard' },
  secrets: { name: 'store', keyPrefix: 'test-', given: (name) => ({ name, remoteKey: name }) },
  authority: () => ({ issuer: 'internal-ca' }),
};

interface RenderedMongo extends ComponentManifests {
  readonly connections: Readonly<Record<string, MongoConnection>>;
}

/** Renders a replica set with these clients. */
function render(props: Partial<MongoProps> = {}, ...clients: string[]): RenderedMongo {
  const mongo = new Mongo('mongo', { ...PROPS, ...props });
  const connections = Object.fromEntries(clients.map((client) => [client, mongo.connection(client)]));
  for (const [client, { server: members }] of Object.entries(connections))
    connect({ name: client, pods: podsOf(client), ports: {} }, members, 'mongo');
  mongo.dns = [{ namespace: 'kube-system' }];
  return { ...manifestsOf(mongo), connections };
}

function find({ manifests }: ComponentManifests, kind: string, name: string): Manifest {
  const found = manifests.find((m) => m.kind === kind && m.metadata.name === name);
  if (!found) throw new Error(`no ${kind} ${name}`);
  return found;
}

const members = (rendered: ComponentManifests): Manifest => find(rendered, 'StatefulSet', 'mongo');
const container = (rendered: ComponentManifests, name: string): unknown =>
  listAt(members(rendered), 'spec', 'template', 'spec', 'containers').find((one) => textAt(one, 'name') === name);
const server = (rendered: ComponentManifests): unknown => container(rendered, 'mongod');
const desired = (rendered: ComponentManifests): { hosts: string[]; users: { name: string; roles: unknown }[] } =>
  JSON.parse(textAt(find(rendered, 'ConfigMap', 'mongo-setup'), 'data', 'state.json') ?? '') as ReturnType<
    typeof desired
  >;

describe('settings', () => {
  it.each(['10', '10GB', '1.5Gi', '0Gi', '-1Gi', 'Gi', '10 Gi'])('reject size %s', (size) => {
    expect(mongoSettings.safeParse({ size }).success).toBe(false);
  });

  it.each([1, 2, 4, 8, '3'])('reject %s members', (count) => {
    expect(mongoSettings.safeParse({ members: count }).success).toBe(false);
  });

  it.each([
    [{ size: '20Gi', dumpSize: '5Gi' }, false],
    [{ size: '50Gi', dumpSize: '20Gi' }, true],
    [{ size: '500Gi' }, true],
  ])('%j can hold two dumps: %s', (sizes, fits) => {
    expect(mongoSettings.safeParse(sizes).success).toBe(fits);
  });

  it('reject memory below 512Mi', () => {
    expect(mongoSettings.safeParse({ memory: '384Mi' }).error?.issues[0]?.message).toBe('must be at least 512Mi');
    expect(mongoSettings.safeParse({ memory: '512Mi' }).success).toBe(true);
  });
});

describe('StatefulSet mongo', () => {
  it.each([
    ['512Mi', '0.25'],
    ['1Gi', '0.25'],
    ['2Gi', '0.5'],
    ['8Gi', '3.5'],
  ])('has for memory %s a cache of %s GB', (memory, cache) => {
    expect(listAt(server(render({ memory })), 'command')).toContain(`--wiredTigerCacheSizeGB=${cache}`);
  });

  it('enforces authentication from the first start', () => {
    const rendered = render();
    expect(listAt(server(rendered), 'command')).toEqual(
      expect.arrayContaining(['mongod', '--auth', '--keyFile=/run/key/keyfile', '--replSet=rs0', '--bind_ip_all']),
    );
    // With these variables the image first starts a server without authentication.
    expect(JSON.stringify(members(rendered))).not.toContain('MONGO_INITDB');
  });

  it('has a key file with mode 0400', () => {
    const [init] = listAt(members(render()), 'spec', 'template', 'spec', 'initContainers');
    expect(listAt(init, 'command')).toEqual(['install', '--mode=0400', '/run/key-source/keyfile', '/run/key/keyfile']);
    expect(listAt(members(render()), 'spec', 'template', 'spec', 'volumes')).toContainEqual({
      name: 'key',
      emptyDir: { medium: 'Memory', sizeLimit: '1Mi' },
    });
  });

  it('publishes DNS names of unready members, which are ready only as primary or secondary', () => {
    const rendered = render();
    expect(at(find(rendered, 'Service', 'mongo'), 'spec')).toMatchObject({
      clusterIP: 'None',
      publishNotReadyAddresses: true,
    });
    expect(at(members(rendered), 'spec', 'podManagementPolicy')).toBe('Parallel');
    expect(listAt(server(rendered), 'readinessProbe', 'exec', 'command').at(-1)).toContain('GET /readyz');
  });

  it('starts no mongosh for a probe', () => {
    const containers = listAt(members(render()), 'spec', 'template', 'spec', 'containers');
    for (const one of containers) {
      expect(JSON.stringify([at(one, 'livenessProbe'), at(one, 'readinessProbe')])).not.toContain('mongosh');
      expect(at(one, 'livenessProbe')).toBeDefined();
    }
  });

  it('has a grace period for the primary to step down', () => {
    expect(at(members(render()), 'spec', 'template', 'spec', 'terminationGracePeriodSeconds')).toBeGreaterThanOrEqual(
      60,
    );
  });
});

describe('client', () => {
  it('has a user with readWrite on its own database', () => {
    const rendered = render({}, 'restaurants', 'my-items');
    expect(desired(rendered).users).toContainEqual({
      name: 'my-items',
      roles: [{ role: 'readWrite', db: 'my-items' }],
    });
    expect(rendered.connections['my-items']?.password).toEqual({
      remoteKey: 'test-mongo-my-items',
      keys: ['password'],
    });
    expect(find(rendered, 'PushSecret', 'my-items')).toBeDefined();
    // {{ .my-items }} is a template syntax error.
    expect(at(find(rendered, 'ExternalSecret', 'mongo-users'), 'spec', 'target', 'template', 'data', 'my-items')).toBe(
      '{{ index . "my-items" }}',
    );
  });

  it('has a connection string with the member names of the replica set configuration', () => {
    const rendered = render({}, 'items');
    expect(rendered.connections['items']?.uri('{{ .password }}')).toBe(
      `mongodb://items:{{ .password }}@${desired(rendered).hosts.join(',')}/items?replicaSet=rs0&authSource=admin&tls=true&tlsCAFile=/run/authority/ca.crt`,
    );
    expect(desired(rendered).hosts[2]).toBe('mongo-2.mongo.mongo.svc.cluster.local:27017');
  });

  it.each([3, 5, 7] as const)('knows all of %i members', (count) => {
    const rendered = render({ members: count }, 'items');
    expect(at(members(rendered), 'spec', 'replicas')).toBe(count);
    expect(desired(rendered).hosts).toHaveLength(count);
    expect(rendered.connections['items']?.uri('')).toContain(desired(rendered).hosts.join(','));
  });

  it('is allowed by NetworkPolicy mongo only', () => {
    const peers = (rendered: ComponentManifests): unknown[] =>
      listAt(find(rendered, 'NetworkPolicy', 'mongo'), 'spec', 'ingress').map((rule) =>
        at(rule, 'from', 0, 'podSelector', 'matchLabels'),
      );
    const own = { 'app.kubernetes.io/name': 'mongo', 'app.kubernetes.io/instance': 'mongo' };
    const roles = ['server', 'dump', 'setup'].map((role) => ({ ...own, 'app.kubernetes.io/component': role }));
    expect(peers(render())).toEqual(roles);
    expect(peers(render({}, 'items'))).toContainEqual({ 'app.kubernetes.io/name': 'items' });
  });

  it.each(['root', 'exporter', 'backup', 'key'])(
    'cannot be named %s, as a user or secret of the set itself',
    (name) => {
      expect(() => new Mongo('mongo', PROPS).connection(name)).toThrow(/cannot have a database/);
    },
  );

  it('has the same connection on a repeated call', () => {
    const mongo = new Mongo('mongo', PROPS);
    expect(mongo.connection('items')).toBe(mongo.connection('items'));
  });
});

describe('TLS', () => {
  const OFF = { offBecause: 'of a test that reads what is there without' };
  const uri = (tls: MongoProps['tls']): string => render({ tls }, 'items').connections['items']?.uri('secret') ?? '';
  const probed = (rendered: ComponentManifests): string => JSON.stringify(at(container(rendered, 'health'), 'env'));

  it('is asked of every connection', () => {
    const rendered = render();
    expect(listAt(server(rendered), 'command')).toContain('--tlsMode=requireTLS');
    expect(probed(rendered)).toContain('tls=true');
    expect(at(find(rendered, 'Certificate', 'mongo-tls'), 'spec')).toMatchObject({
      dnsNames: ['*.mongo.mongo.svc.cluster.local'],
      ipAddresses: ['127.0.0.1'],
    });
  });

  it.each(['allowTLS', OFF] as const)('is used by nobody while it is %j', (tls) => {
    expect(uri(tls)).not.toContain('tls');
    expect(probed(render({ tls }))).not.toContain('tls=true');
    expect(JSON.stringify(find(render({ tls }), 'StatefulSet', 'mongo-dump'))).not.toContain('authority');
  });

  it.each(['preferTLS', 'requireTLS'] as const)('is used by clients, probes and dumps in the mode %s', (tls) => {
    expect(uri(tls)).toContain('&tls=true&tlsCAFile=/run/authority/ca.crt');
    expect(probed(render({ tls }))).toContain('tls=true');
    expect(JSON.stringify(find(render({ tls }), 'StatefulSet', 'mongo-dump'))).toContain('/run/authority');
  });

  it('leaves nothing of itself if it is off', () => {
    const { manifests } = render({ tls: OFF });
    expect(manifests.some(({ kind }) => kind === 'Certificate')).toBe(false);
    expect(JSON.stringify(manifests)).not.toContain('--tls');
  });

  it('shows the key of the members to no other container', () => {
    for (const name of ['health', 'exporter'])
      expect(JSON.stringify(at(container(render(), name), 'volumeMounts'))).not.toContain('/run/tls');
  });

  it('rolls the members when their certificate is renewed, and nobody else', () => {
    const rendered = render();
    expect(rolledBySecrets(members(rendered))).toContain('mongo-tls');
    expect(rolledBySecrets(find(rendered, 'StatefulSet', 'mongo-dump'))).not.toContain('mongo-tls');
  });
});

describe('the release line', () => {
  it.each([
    ['mongo:8.0.12@sha256:abc', '8.0'],
    ['registry.example:5000/mongo:8.2.1', '8.0'],
    ['mongo:9.0.1', '8.2'],
    ['mongo:latest', '8.0'],
  ])('of %s opens data with the features of %s', (image, featuresOf) => {
    expect(() => render({ image, featuresOf })).not.toThrow();
  });

  it.each([
    ['mongo:7.0.12', '8.0', 'pin an image of 8.0 or newer'],
    ['mongo:8.0.1', '8.2', 'pin an image of 8.2 or newer'],
    ['mongo:10.0.1', '8.0', 'major versions are upgraded one by one'],
  ])('of %s does not open those of %s', (image, featuresOf, message) => {
    expect(() => render({ image, featuresOf })).toThrow(message);
  });
});

describe('sync waves', () => {
  const rendered = render({}, 'items');
  const preinstalled = new Set([
    'external-secrets.io|ClusterSecretStore||store',
    'storage.k8s.io|StorageClass||standard',
    'scheduling.k8s.io|PriorityClass||data',
    ...['externalsecrets', 'pushsecrets'].map((resource) => capability.crd('external-secrets.io', resource)),
    capability.crd('generators.external-secrets.io', 'passwords'),
    capability.crd('cert-manager.io', 'certificates'),
    'cert-manager.io|ClusterIssuer||internal-ca',
  ]);
  const { waves } = deriveOrder([{ name: 'mongo', ...rendered }], preinstalled);
  const wave = (kind: string, name: string): number => waves.get(find(rendered, kind, name)) ?? 0;

  it('place the setup Job in the wave of the members, which are ready only after it', () => {
    expect(wave('Job', 'mongo-setup')).toBe(wave('StatefulSet', 'mongo'));
    expect(find(rendered, 'Job', 'mongo-setup').metadata.annotations).toMatchObject({
      'argocd.argoproj.io/hook': 'Sync',
    });
  });

  it('place each PushSecret before the ExternalSecrets that read it', () => {
    expect(wave('PushSecret', 'items')).toBeLessThan(wave('ExternalSecret', 'mongo-users'));
    expect(wave('ExternalSecret', 'mongo-users')).toBeLessThan(wave('Job', 'mongo-setup'));
  });
});

describe('backups', () => {
  const annotations = (manifest: Manifest): unknown => at(manifest, 'spec', 'template', 'metadata', 'annotations');
  const claim = (manifest: Manifest): unknown =>
    at(manifest, 'spec', 'volumeClaimTemplates', 0, 'metadata', 'annotations');

  it('run the dump first and fail if it fails', () => {
    expect(annotations(find(render(), 'StatefulSet', 'mongo-dump'))).toEqual({
      'pre.hook.backup.velero.io/container': 'dump',
      'pre.hook.backup.velero.io/command': '["bash","/etc/dump/dump.sh"]',
      'pre.hook.backup.velero.io/on-error': 'Fail',
      'pre.hook.backup.velero.io/timeout': '2h',
    });
    const script = textAt(find(render(), 'ConfigMap', 'mongo-dump'), 'data', 'dump.sh');
    expect(script).toMatch(/mongodump .*--oplog --gzip/s);
    expect(script).not.toMatch(/--password/);
  });

  it('have the dumps, and not the volumes of members', () => {
    expect(annotations(members(render()))).toBeUndefined();
    expect(claim(members(render()))).toHaveProperty('slipway.dev/no-backup-because');
    expect(claim(find(render(), 'StatefulSet', 'mongo-dump'))).not.toHaveProperty('slipway.dev/no-backup-because');
  });
});
