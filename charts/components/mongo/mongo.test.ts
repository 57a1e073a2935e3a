import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { at, listAt, type Manifest, textAt } from '../../lib/manifest.ts';
import { connect, podsOf } from '../../lib/network.ts';
import { Mongo, type MongoConnection, type MongoProps } from './mongo.ts';
import { mongoSettings } from './settings.ts';
import { SETUP_SCRIPT } from './setup-script.ts';
import { capability } from '../../kinds/kind.ts';
import { deriveOrder } from '../../order/order.ts';
import { type ComponentManifests, manifestsOf } from '../../render/manifests.ts';

const PROPS: MongoProps = {
  ...mongoSettings.parse({}),
  image: 'mongo:8.0',
  exporterImage: 'mongodb_exporter:0.53.0',
  storage: { storageClassName: 'standard' },
  secrets: { name: 'store', keyPrefix: 'test-', given: (name) => ({ name, remoteKey: name }) },
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
const server = (rendered: ComponentManifests): unknown =>
  at(members(rendered), 'spec', 'template', 'spec', 'containers', 0);
const desired = (rendered: ComponentManifests): { hosts: string[]; users: { name: string; roles: unknown }[] } =>
  JSON.parse(textAt(find(rendered, 'ConfigMap', 'mongo-setup'), 'data', 'state.json') ?? '') as ReturnType<
    typeof desired
  >;

describe('settings', () => {
  it.each(['10', '10GB', '1.5Gi', '0Gi', '-1Gi', 'Gi', '10 Gi'])('reject size %s', (size) => {
    expect(mongoSettings.safeParse({ size }).success).toBe(false);
  });

  it('reject memory below 768Mi', () => {
    expect(mongoSettings.safeParse({ memory: '512Mi' }).error?.issues[0]?.message).toBe('must be at least 768Mi');
    expect(mongoSettings.safeParse({ memory: '768Mi' }).success).toBe(true);
  });
});

describe('StatefulSet mongo', () => {
  it.each([
    ['768Mi', '0.25'],
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
    expect(JSON.stringify(at(server(rendered), 'readinessProbe'))).toMatch(/isWritablePrimary && !secondary/);
  });

  it('has a liveness probe that succeeds during resync', () => {
    expect(listAt(server(render()), 'livenessProbe', 'exec', 'command').at(-1)).toBe('db.adminCommand({ ping: 1 })');
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
      `mongodb://items:{{ .password }}@${desired(rendered).hosts.join(',')}/items?replicaSet=rs0&authSource=admin`,
    );
    expect(desired(rendered).hosts[2]).toBe('mongo-2.mongo.mongo.svc.cluster.local:27017');
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

describe('sync waves', () => {
  const rendered = render({}, 'items');
  const preinstalled = new Set([
    'external-secrets.io|ClusterSecretStore||store',
    'storage.k8s.io|StorageClass||standard',
    'scheduling.k8s.io|PriorityClass||data',
    ...['externalsecrets', 'pushsecrets'].map((resource) => capability.crd('external-secrets.io', resource)),
    capability.crd('generators.external-secrets.io', 'passwords'),
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

  it('include the data volumes as snapshots but not as files', () => {
    expect(annotations(members(render()))).toBeUndefined();
    expect(claim(members(render()))).not.toHaveProperty('slipway.dev/no-backup-because');
    expect(annotations(members(render({ fileBackups: true })))).toEqual({
      'backup.velero.io/backup-volumes-excludes': 'data',
    });
    expect(claim(members(render({ fileBackups: true })))).toHaveProperty('slipway.dev/no-backup-because');
  });
});

/** State of a simulated member. */
interface FakeMember {
  /** Undefined while the member is starting. */
  setName?: string;
  /** Has a stored configuration. */
  onDisk?: boolean;
  isWritablePrimary?: boolean;
  down?: boolean;
}

interface Outcome {
  readonly initiatedOn: readonly string[];
  readonly created: readonly string[];
  readonly updated: readonly string[];
  readonly error: string | undefined;
}

/**
 * Runs the setup script against simulated members a, b and c. Two rounds after initiation b becomes primary.
 *
 * @param each called at each pause
 */
function run(
  set: Record<'a' | 'b' | 'c', FakeMember>,
  users: readonly string[] = [],
  each: (round: number) => void = () => {},
): Outcome {
  const known = new Set(users);
  const outcome = { initiatedOn: [] as string[], created: [] as string[], updated: [] as string[] };
  let now = 0;
  let round = 0;
  const connectTo = (uri: string): unknown => {
    const [, host = ''] = /^mongodb:\/\/__system:ab@(\w)\/admin\?.*authSource=local/.exec(uri) ?? [];
    const member = set[host as 'a'];
    const alive = <T>(answer: T): T => {
      if (member.down) throw new Error('connection refused');
      return answer;
    };
    const write = (list: string[], name: string): void => {
      if (!member.isWritablePrimary) throw new Error('not primary');
      list.push(name);
    };
    return alive({
      hello: () => alive({ setName: member.setName, isWritablePrimary: member.isWritablePrimary ?? false }),
      getSiblingDB: () => ({ getCollection: () => ({ findOne: () => alive(member.onDisk ? {} : null) }) }),
      adminCommand: () => {
        outcome.initiatedOn.push(host);
        for (const one of Object.values(set)) Object.assign(one, { setName: 'rs0', onDisk: true });
        round = 0;
      },
      getUser: (name: string) => (known.has(name) ? { user: name } : null),
      createUser: ({ user, pwd, roles }: { user: string; pwd: string; roles: unknown }) =>
        write(outcome.created, `${user} ${pwd} ${JSON.stringify(roles)}`),
      updateUser: (user: string, { pwd }: { pwd: string }) => write(outcome.updated, `${user} ${pwd}`),
    });
  };
  const files: Record<string, string> = {
    '/etc/setup/state.json': JSON.stringify({
      replicaSet: 'rs0',
      hosts: ['a', 'b', 'c'],
      timeoutSeconds: 60,
      users: [
        { name: 'root', roles: ['root'] },
        { name: 'items', roles: ['readWrite'] },
      ],
    }),
    '/run/key/keyfile': 'a\nb ',
    '/run/users/root': 'one',
    '/run/users/items': 'two',
  };
  const sleep = (milliseconds: number): void => {
    now += milliseconds;
    round += 1;
    if (outcome.initiatedOn.length > 0 && round === 2) set.b.isWritablePrimary = true;
    each(round);
  };
  try {
    runInNewContext(SETUP_SCRIPT, {
      connect: connectTo,
      sleep,
      print: () => {},
      Date: { now: () => now },
      require: () => ({ readFileSync: (path: string) => files[path] }),
    });
    return { ...outcome, error: undefined };
  } catch (error) {
    return { ...outcome, error: String(error) };
  }
}

describe('setup script', () => {
  const configured = (): FakeMember => ({ setName: 'rs0', onDisk: true });

  it('initiates a new set on one member and creates its users on the primary', () => {
    expect(run({ a: {}, b: {}, c: {} })).toEqual({
      initiatedOn: ['a'],
      created: ['root one ["root"]', 'items two ["readWrite"]'],
      updated: [],
      error: undefined,
    });
  });

  it('waits for all members before initiation', () => {
    const set = { a: {}, b: {}, c: { down: true } };
    const seen: boolean[] = [];
    const outcome = run(set, [], (round) => {
      if (round === 3) set.c.down = false;
      seen.push('setName' in set.a);
    });
    expect(outcome.initiatedOn).toEqual(['a']);
    expect(seen.slice(0, 3)).toEqual([false, false, false]);
  });

  it('does not initiate while a member is down', () => {
    expect(run({ a: {}, b: {}, c: { down: true } })).toMatchObject({
      initiatedOn: [],
      created: [],
      error: expect.stringContaining('every member to respond') as string,
    });
  });

  it('does not initiate a configured set', () => {
    const set = { a: configured(), b: { ...configured(), isWritablePrimary: true }, c: configured() };
    expect(run(set, ['root', 'items'])).toMatchObject({ initiatedOn: [], error: undefined });
  });

  it.each(['a', 'b', 'c'] as const)('does not initiate a configured set again if the disk of %s is empty', (empty) => {
    const set = { a: configured(), b: configured(), c: configured(), [empty]: {} };
    Object.values(set).find((member) => member.onDisk)!.isWritablePrimary = true;
    expect(run(set, ['root', 'items'])).toMatchObject({ initiatedOn: [], error: undefined });
  });

  it('does not initiate while configured members are starting', () => {
    expect(run({ a: {}, b: { onDisk: true }, c: { onDisk: true } })).toMatchObject({
      initiatedOn: [],
      error: expect.stringContaining('a primary') as string,
    });
  });

  it('reconciles users of a configured set while a member is down', () => {
    expect(
      run({ a: { down: true }, b: { ...configured(), isWritablePrimary: true }, c: configured() }, ['root']).created,
    ).toEqual(['items two ["readWrite"]']);
  });

  it('updates existing users with the password of the store', () => {
    expect(
      run({ a: configured(), b: { ...configured(), isWritablePrimary: true }, c: configured() }, ['root', 'items']),
    ).toMatchObject({
      created: [],
      updated: ['root one', 'items two'],
    });
  });

  it('fails if there is no primary before the deadline', () => {
    expect(run({ a: configured(), b: configured(), c: configured() })).toMatchObject({
      created: [],
      updated: [],
      error: 'Error: waited 60 s for a primary',
    });
  });
});
