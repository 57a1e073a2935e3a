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
  secrets: { name: 'store', keyPrefix: 'test-', admit: () => {} },
};

interface RenderedMongo extends ComponentManifests {
  readonly connections: Readonly<Record<string, MongoConnection>>;
}

/** Renders a replica set that these clients asked for. */
function render(props: Partial<MongoProps> = {}, ...clients: string[]): RenderedMongo {
  const mongo = new Mongo({ ...PROPS, ...props });
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
const wanted = (rendered: ComponentManifests): { hosts: string[]; users: { name: string; roles: unknown }[] } =>
  JSON.parse(textAt(find(rendered, 'ConfigMap', 'mongo-setup'), 'data', 'wanted.json') ?? '') as ReturnType<
    typeof wanted
  >;

describe('settings', () => {
  it.each(['10', '10GB', '1.5Gi', '0Gi', '-1Gi', 'Gi', '10 Gi'])('reject the size %s', (size) => {
    expect(mongoSettings.safeParse({ size }).success).toBe(false);
  });

  it('reject memory in which the server and the shell that probes it do not fit', () => {
    expect(mongoSettings.safeParse({ memory: '512Mi' }).error?.issues[0]?.message).toBe('must be at least 768Mi');
    expect(mongoSettings.safeParse({ memory: '768Mi' }).success).toBe(true);
  });
});

describe('a member', () => {
  it.each([
    ['768Mi', '0.25'],
    ['1Gi', '0.25'],
    ['2Gi', '0.5'],
    ['8Gi', '3.5'],
  ])('with %s of memory has a cache of %s GB', (memory, cache) => {
    expect(listAt(server(render({ memory })), 'command')).toContain(`--wiredTigerCacheSizeGB=${cache}`);
  });

  it('asks everybody for a password from its first start on', () => {
    const rendered = render();
    expect(listAt(server(rendered), 'command')).toEqual(
      expect.arrayContaining(['mongod', '--auth', '--keyFile=/run/key/keyfile', '--replSet=rs0', '--bind_ip_all']),
    );
    // These make the image start a server without authentication for a first user.
    expect(JSON.stringify(members(rendered))).not.toContain('MONGO_INITDB');
  });

  it('has a key file that nobody else may read', () => {
    const [init] = listAt(members(render()), 'spec', 'template', 'spec', 'initContainers');
    expect(listAt(init, 'command')).toEqual(['install', '--mode=0400', '/run/key-source/keyfile', '/run/key/keyfile']);
    expect(listAt(members(render()), 'spec', 'template', 'spec', 'volumes')).toContainEqual({
      name: 'key',
      emptyDir: { medium: 'Memory', sizeLimit: '1Mi' },
    });
  });

  it('is found by the others before it is ready, and is ready only as primary or secondary', () => {
    const rendered = render();
    expect(at(find(rendered, 'Service', 'mongo'), 'spec')).toMatchObject({
      clusterIP: 'None',
      publishNotReadyAddresses: true,
    });
    expect(at(members(rendered), 'spec', 'podManagementPolicy')).toBe('Parallel');
    expect(JSON.stringify(at(server(rendered), 'readinessProbe'))).toMatch(/isWritablePrimary && !secondary/);
  });

  it('is not restarted while it catches up', () => {
    expect(listAt(server(render()), 'livenessProbe', 'exec', 'command').at(-1)).toBe('db.adminCommand({ ping: 1 })');
  });

  it('has the time that a primary takes to hand over', () => {
    expect(at(members(render()), 'spec', 'template', 'spec', 'terminationGracePeriodSeconds')).toBeGreaterThanOrEqual(
      60,
    );
  });
});

describe('a client', () => {
  it('gets a user of its own that reads and writes its own database', () => {
    const rendered = render({}, 'restaurants', 'my-items');
    expect(wanted(rendered).users).toContainEqual({ name: 'my-items', roles: [{ role: 'readWrite', db: 'my-items' }] });
    expect(rendered.connections['my-items']?.password).toEqual({
      remoteKey: 'test-mongo-my-items',
      keys: ['password'],
    });
    expect(find(rendered, 'PushSecret', 'my-items')).toBeDefined();
    // A hyphen in {{ .my-items }} would be a minus.
    expect(at(find(rendered, 'ExternalSecret', 'mongo-users'), 'spec', 'target', 'template', 'data', 'my-items')).toBe(
      '{{ index . "my-items" }}',
    );
  });

  it('connects to all members by the names in their configuration', () => {
    const rendered = render({}, 'items');
    expect(rendered.connections['items']?.uri('{{ .password }}')).toBe(
      `mongodb://items:{{ .password }}@${wanted(rendered).hosts.join(',')}/items?replicaSet=rs0&authSource=admin`,
    );
    expect(wanted(rendered).hosts[2]).toBe('mongo-2.mongo.mongo.svc.cluster.local:27017');
  });

  it('is let in alone, and only where it asked', () => {
    const peers = (rendered: ComponentManifests): unknown[] =>
      listAt(find(rendered, 'NetworkPolicy', 'mongo'), 'spec', 'ingress').map((rule) =>
        at(rule, 'from', 0, 'podSelector', 'matchLabels'),
      );
    const own = { 'app.kubernetes.io/name': 'mongo', 'app.kubernetes.io/instance': 'mongo' };
    const roles = ['server', 'dump', 'setup'].map((role) => ({ ...own, 'app.kubernetes.io/component': role }));
    expect(peers(render())).toEqual(roles);
    expect(peers(render({}, 'items'))).toContainEqual({ 'app.kubernetes.io/name': 'items' });
  });

  it('gets the same connection when it asks again', () => {
    const mongo = new Mongo(PROPS);
    expect(mongo.connection('items')).toBe(mongo.connection('items'));
  });
});

describe('the order', () => {
  const rendered = render({}, 'items');
  const platform = new Set([
    'external-secrets.io|ClusterSecretStore||store',
    'storage.k8s.io|StorageClass||standard',
    ...['externalsecrets', 'pushsecrets'].map((resource) => capability.crd('external-secrets.io', resource)),
    capability.crd('generators.external-secrets.io', 'passwords'),
  ]);
  const { waves } = deriveOrder([{ name: 'mongo', ...rendered }], platform);
  const wave = (kind: string, name: string): number => waves.get(find(rendered, kind, name)) ?? 0;

  it('has the Job beside the members: they are ready only after it', () => {
    expect(wave('Job', 'mongo-setup')).toBe(wave('StatefulSet', 'mongo'));
    expect(find(rendered, 'Job', 'mongo-setup').metadata.annotations).toMatchObject({
      'argocd.argoproj.io/hook': 'Sync',
    });
  });

  it('has passwords in the store before anybody reads them', () => {
    expect(wave('PushSecret', 'items')).toBeLessThan(wave('ExternalSecret', 'mongo-users'));
    expect(wave('ExternalSecret', 'mongo-users')).toBeLessThan(wave('Job', 'mongo-setup'));
  });
});

describe('backups', () => {
  const annotations = (manifest: Manifest): unknown => at(manifest, 'spec', 'template', 'metadata', 'annotations');
  const claim = (manifest: Manifest): unknown =>
    at(manifest, 'spec', 'volumeClaimTemplates', 0, 'metadata', 'annotations');

  it('write a dump first, and fail without it', () => {
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

  it('have the members as well where they are snapshots, and leave them out where they are copied files', () => {
    expect(annotations(members(render()))).toBeUndefined();
    expect(claim(members(render()))).not.toHaveProperty('slipway.dev/no-backup-because');
    expect(annotations(members(render({ fileBackups: true })))).toEqual({
      'backup.velero.io/backup-volumes-excludes': 'data',
    });
    expect(claim(members(render({ fileBackups: true })))).toHaveProperty('slipway.dev/no-backup-because');
  });
});

/** A member as the setup script meets it. */
interface FakeMember {
  /** Knows it is in a set, which a member that is still starting does not say. */
  setName?: string;
  /** Has the configuration on its disk. */
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
 * Runs the setup script against members a, b and c. Initiation makes b the primary two rounds later.
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
    '/etc/setup/wanted.json': JSON.stringify({
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

describe('the setup script', () => {
  const configured = (): FakeMember => ({ setName: 'rs0', onDisk: true });

  it('initiates a fresh set on one member, and creates its users on whichever is elected', () => {
    expect(run({ a: {}, b: {}, c: {} })).toEqual({
      initiatedOn: ['a'],
      created: ['root one ["root"]', 'items two ["readWrite"]'],
      updated: [],
      error: undefined,
    });
  });

  it('waits for the last member before it initiates', () => {
    const set = { a: {}, b: {}, c: { down: true } };
    const seen: boolean[] = [];
    const outcome = run(set, [], (round) => {
      if (round === 3) set.c.down = false;
      seen.push('setName' in set.a);
    });
    expect(outcome.initiatedOn).toEqual(['a']);
    expect(seen.slice(0, 3)).toEqual([false, false, false]);
  });

  it('never initiates with a member missing', () => {
    expect(run({ a: {}, b: {}, c: { down: true } })).toMatchObject({
      initiatedOn: [],
      created: [],
      error: expect.stringContaining('every member to answer') as string,
    });
  });

  it('leaves a set as it is', () => {
    const set = { a: configured(), b: { ...configured(), isWritablePrimary: true }, c: configured() };
    expect(run(set, ['root', 'items'])).toMatchObject({ initiatedOn: [], error: undefined });
  });

  it.each(['a', 'b', 'c'] as const)('never initiates again when the disk of %s is empty', (empty) => {
    const set = { a: configured(), b: configured(), c: configured(), [empty]: {} };
    Object.values(set).find((member) => member.onDisk)!.isWritablePrimary = true;
    expect(run(set, ['root', 'items'])).toMatchObject({ initiatedOn: [], error: undefined });
  });

  it('never initiates while members that have a configuration are still starting', () => {
    expect(run({ a: {}, b: { onDisk: true }, c: { onDisk: true } })).toMatchObject({
      initiatedOn: [],
      error: expect.stringContaining('a primary') as string,
    });
  });

  it('works with a member missing once the set is there', () => {
    expect(
      run({ a: { down: true }, b: { ...configured(), isWritablePrimary: true }, c: configured() }, ['root']).created,
    ).toEqual(['items two ["readWrite"]']);
  });

  it('gives users that are there the password of the store', () => {
    expect(
      run({ a: configured(), b: { ...configured(), isWritablePrimary: true }, c: configured() }, ['root', 'items']),
    ).toMatchObject({
      created: [],
      updated: ['root one', 'items two'],
    });
  });

  it('fails, so that it is tried again, if there is no primary in time', () => {
    expect(run({ a: configured(), b: configured(), c: configured() })).toMatchObject({
      created: [],
      updated: [],
      error: 'Error: waited 60 s for a primary',
    });
  });
});
