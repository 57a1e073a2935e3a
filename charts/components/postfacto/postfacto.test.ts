import { describe, expect, it } from 'vitest';
import { Postfacto, type PostfactoProps } from './postfacto.ts';
import { postfactoSettings } from './settings.ts';
import { at, listAt, type Manifest, textAt } from '../../lib/manifest.ts';
import { capability } from '../../kinds/kind.ts';
import { deriveOrder } from '../../order/order.ts';
import { type ComponentManifests, manifestsOf } from '../../render/manifests.ts';

const NEXT = { weight: 10, replicas: 1 };
const LISTENER = { gateway: 'gateway', namespace: 'gateway', name: 'https' };
const GATEWAY = { name: 'gateway', pods: { namespace: 'gateway', labels: { app: 'gateway' } }, ports: {} };
const NEXT_BINDING = { host: 'retro-next.example.com', listener: LISTENER, gateway: GATEWAY };

const PROPS: PostfactoProps = {
  ...postfactoSettings.parse({ adminEmail: 'ops@example.com' }),
  images: {
    stable: 'postfacto:4.3.10',
    next: 'postfacto:4.3.11',
    postgres: 'postgres:17',
    postgresExporter: 'postgres-exporter:1',
    valkey: 'valkey:9',
    valkeyExporter: 'valkey-exporter:1',
  },
  storage: { storageClassName: 'standard' },
  secrets: { name: 'store', keyPrefix: 'test-', given: (name) => ({ name, remoteKey: name }) },
  authority: () => ({ issuer: 'internal-ca' }),
  binding: {
    host: 'retro.example.com',
    listener: LISTENER,
    gateway: GATEWAY,
  },
};

function render(props: Partial<PostfactoProps> = {}): ComponentManifests {
  const postfacto = new Postfacto('postfacto', { ...PROPS, ...props });
  postfacto.dns = [{ namespace: 'kube-system' }];
  return manifestsOf(postfacto);
}

function find({ manifests }: ComponentManifests, kind: string, name: string): Manifest {
  const found = manifests.find((m) => m.kind === kind && m.metadata.name === name);
  if (!found) throw new Error(`no ${kind} ${name}`);
  return found;
}

const alone = render();
const both = render({ next: NEXT, nextBinding: NEXT_BINDING });
const pod = (rendered: ComponentManifests, kind: string, name: string): unknown =>
  at(find(rendered, kind, name), 'spec', 'template', 'spec');
const container = (rendered: ComponentManifests, kind: string, name: string): unknown =>
  at(pod(rendered, kind, name), 'containers', 0);
const names = ({ manifests }: ComponentManifests, kind: string): string[] =>
  manifests.filter((m) => m.kind === kind).map((m) => m.metadata.name);

describe('settings', () => {
  it.each([
    ['an invalid size', { size: '5GB' }],
    ['a volume that cannot hold two dumps', { size: '20Gi', dumpSize: '5Gi' }],
    ['an invalid email address', { adminEmail: 'ops' }],
    ['weights that add up to 0', { stable: { weight: 0 }, next: { weight: 0 } }],
    ["a Google client's secret in place of its id", { google: { clientId: 'GOCSPX-x' } }],
    ['an origin with a path', { clientOrigin: 'https://example.com/app' }],
    ['0 replicas', { next: { weight: 1, replicas: 0 } }],
    ['a host that -next makes too long', { host: `${'r'.repeat(60)}.example.com`, next: { weight: 1 } }],
  ])('reject %s', (_, wrong) => {
    expect(postfactoSettings.safeParse({ adminEmail: 'ops@example.com', ...wrong }).success).toBe(false);
  });
});

describe('versions side by side', () => {
  it('are one by default', () => {
    expect(names(alone, 'Deployment')).toEqual(['postfacto-valkey', 'postfacto-stable']);
    expect(names(both, 'Deployment')).toEqual(['postfacto-valkey', 'postfacto-stable', 'postfacto-next']);
  });

  it('share one HTTPRoute with their weights', () => {
    const weighted = listAt(find(both, 'HTTPRoute', 'postfacto'), 'spec', 'rules').at(-1);
    expect(at(weighted, 'matches')).toEqual([{ path: { type: 'PathPrefix', value: '/' } }]);
    expect(listAt(weighted, 'backendRefs').map((ref) => [at(ref, 'name'), at(ref, 'weight')])).toEqual([
      ['postfacto-stable', 100],
      ['postfacto-next', 10],
    ]);
  });

  it('keep their visitors for stickyMinutes, by a cookie that the weighted rule sets', () => {
    const cookies = (rendered: ComponentManifests): unknown[] =>
      listAt(listAt(find(rendered, 'HTTPRoute', 'postfacto'), 'spec', 'rules').at(-1), 'backendRefs').map((ref) =>
        at(ref, 'filters', 0, 'responseHeaderModifier', 'add'),
      );
    const setCookie = (value: string): unknown => [
      { name: 'Set-Cookie', value: `__Host-postfacto-version=${value}; Path=/; Secure; HttpOnly; SameSite=Lax` },
    ];
    expect(cookies(both)).toEqual([setCookie('stable; Max-Age=86400'), setCookie('next; Max-Age=86400')]);
    expect(cookies(render({ next: NEXT, nextBinding: NEXT_BINDING, stickyMinutes: 10 }))[1]).toEqual(
      setCookie('next; Max-Age=600'),
    );
    expect(cookies(alone)).toEqual([undefined]);
  });

  it('are asked for by a header, before any cookie', () => {
    const rules = listAt(find(both, 'HTTPRoute', 'postfacto'), 'spec', 'rules').slice(0, -1);
    expect(
      rules.map((rule) => [
        textAt(rule, 'matches', 0, 'headers', 0, 'name'),
        textAt(rule, 'matches', 0, 'headers', 0, 'value'),
        ...listAt(rule, 'backendRefs').map((ref) => textAt(ref, 'name')),
      ]),
    ).toEqual([
      ['x-postfacto-version', 'stable', 'postfacto-stable'],
      ['x-postfacto-version', 'next', 'postfacto-next'],
      ['Cookie', '(^|; ?)__Host-postfacto-version=stable($|;)', 'postfacto-stable'],
      ['Cookie', '(^|; ?)__Host-postfacto-version=next($|;)', 'postfacto-next'],
    ]);
    expect(listAt(find(alone, 'HTTPRoute', 'postfacto'), 'spec', 'rules')).toHaveLength(1);
  });

  it('pass the scheme of WebSockets on every rule, which the application would redirect', () => {
    const rules = ['postfacto', 'postfacto-next'].flatMap((name) =>
      listAt(find(both, 'HTTPRoute', name), 'spec', 'rules'),
    );
    expect(rules).toHaveLength(6);
    for (const rule of rules)
      expect(listAt(rule, 'filters')).toContainEqual({
        type: 'RequestHeaderModifier',
        requestHeaderModifier: { set: [{ name: 'X-Forwarded-Proto', value: 'https' }] },
      });
  });

  it('give the next one a host of its own', () => {
    const spec = at(find(both, 'HTTPRoute', 'postfacto-next'), 'spec');
    expect(at(spec, 'hostnames')).toEqual(['retro-next.example.com']);
    expect(listAt(spec, 'rules').map((rule) => at(rule, 'backendRefs'))).toEqual([
      [{ name: 'postfacto-next', port: 80 }],
    ]);
    expect(names(alone, 'HTTPRoute')).toEqual(['postfacto']);
  });

  it('share the configuration, so that sessions are valid on both', () => {
    const [stable, next] = ['stable', 'next'].map((version) => container(both, 'Deployment', `postfacto-${version}`));
    expect(at(stable, 'image')).toBe('postfacto:4.3.10');
    expect(at(next, 'image')).toBe('postfacto:4.3.11');
    expect(at(next, 'env')).toEqual(at(stable, 'env'));
  });

  it('have disjoint Service selectors', () => {
    const selectors = ['stable', 'next'].map((version) =>
      at(find(both, 'Service', `postfacto-${version}`), 'spec', 'selector', 'app.kubernetes.io/instance'),
    );
    expect(selectors).toEqual(['stable', 'next']);
  });
});

describe('web pod', () => {
  const web = container(alone, 'Deployment', 'postfacto-stable');

  it.each(['stable', 'next'])('of version %s has anti-affinity to the database and the broker', (version) => {
    const terms = listAt(
      pod(both, 'Deployment', `postfacto-${version}`),
      'affinity',
      'podAntiAffinity',
      'requiredDuringSchedulingIgnoredDuringExecution',
    );
    const apartFrom = terms.map((term) => [at(term, 'topologyKey'), at(term, 'labelSelector', 'matchLabels')]);
    for (const [kind, name] of [
      ['StatefulSet', 'postfacto-postgres'],
      ['Deployment', 'postfacto-valkey'],
    ] as const) {
      expect(apartFrom).toContainEqual([
        'kubernetes.io/hostname',
        at(find(both, kind, name), 'spec', 'selector', 'matchLabels'),
      ]);
    }
  });

  it('runs the server as PID 1 and removes a stale PID file', () => {
    expect(listAt(web, 'command').at(-1)).toBe(
      'rm -f tmp/pids/server.pid && exec bundle exec rails server -b 0.0.0.0 -p 3000',
    );
  });

  it('has secure cookies, and probes with X-Forwarded-Proto https', () => {
    expect(JSON.stringify(web)).not.toContain('DISABLE_SSL_REDIRECT');
    for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe']) {
      expect(listAt(web, probe, 'httpGet', 'httpHeaders')).toEqual([{ name: 'X-Forwarded-Proto', value: 'https' }]);
    }
    expect(listAt(find(alone, 'HTTPRoute', 'postfacto'), 'spec', 'rules', 0, 'filters')).toContainEqual({
      type: 'RequestHeaderModifier',
      requestHeaderModifier: { set: [{ name: 'X-Forwarded-Proto', value: 'https' }] },
    });
  });

  it('permits WebSockets from its own host', () => {
    expect(listAt(web, 'env')).toContainEqual({ name: 'ACTION_CABLE_HOST', value: 'retro.example.com' });
  });

  it('mounts the browser configuration', () => {
    expect(listAt(web, 'volumeMounts')).toContainEqual({
      name: 'config',
      mountPath: '/postfacto/client/config.js',
      readOnly: true,
      subPath: 'config.js',
    });
    expect(textAt(find(alone, 'ConfigMap', 'postfacto'), 'data', 'config.js')).toMatch(
      /^window\.Retro = \{\n {2}"config": \{/,
    );
  });

  it('has a database connection for each of its threads', () => {
    const threads = listAt(web, 'env').find((env) => at(env, 'name') === 'RAILS_MAX_THREADS');
    const [, pool] =
      /[?&]pool=(\d+)$/.exec(
        textAt(find(alone, 'ExternalSecret', 'postfacto'), 'spec', 'target', 'template', 'data', 'DATABASE_URL') ?? '',
      ) ?? [];
    expect(Number(pool)).toBeGreaterThan(Number(textAt(threads, 'value')));
  });
});

describe('a setting that the image reads', () => {
  const clientId = '1-x.apps.googleusercontent.com';
  const envOf = (props: Partial<PostfactoProps>, kind = 'Deployment', name = 'postfacto-stable'): unknown =>
    listAt(container(render(props), kind, name), 'env');
  const egressOf = (props: Partial<PostfactoProps>): readonly unknown[] =>
    listAt(find(render(props), 'NetworkPolicy', 'postfacto-stable'), 'spec', 'egress');
  const configOf = (props: Partial<PostfactoProps>): unknown =>
    at(
      JSON.parse(
        (textAt(find(render(props), 'ConfigMap', 'postfacto'), 'data', 'config.js') ?? '').replace(
          /^window\.Retro = |;\n$/g,
          '',
        ),
      ),
      'config',
    );

  it.each<[Partial<PostfactoProps>, string, string]>([
    [{ google: { clientId } }, 'GOOGLE_OAUTH_CLIENT_ID', clientId],
    [{ google: { clientId, hostedDomain: 'example.com' } }, 'HOSTED_DOMAIN', 'example.com'],
    [
      { google: { clientId, authEndpoint: 'https://idp.example.com' } },
      'GOOGLE_AUTH_ENDPOINT',
      'https://idp.example.com',
    ],
    [{ enableAnalytics: true }, 'ENABLE_ANALYTICS', 'true'],
    [{ clientOrigin: 'https://tools.example.com' }, 'CLIENT_ORIGIN', 'https://tools.example.com'],
    [{ websocketPort: 4443 }, 'WEBSOCKET_PORT', '4443'],
    [{ sessionMinutes: 30 }, 'SESSION_TIME', '30'],
    [{ maxThreads: 8 }, 'RAILS_MAX_THREADS', '8'],
  ])('%j is the variable %s', (props, name, value) => {
    expect(envOf(props)).toContainEqual({ name, value });
    expect(envOf({})).not.toContainEqual({ name, value });
  });

  it('is in the browser configuration, if the browser reads it', () => {
    expect(configOf({})).toMatchObject({ google_oauth_client_id: '', enable_analytics: false });
    expect(configOf({ google: { clientId, hostedDomain: 'example.com' }, enableAnalytics: true })).toMatchObject({
      google_oauth_client_id: clientId,
      google_oauth_hosted_domain: 'example.com',
      enable_analytics: true,
    });
  });

  it('opens the egress that it needs, of the web pods alone', () => {
    const without = egressOf({});
    const added = (props: Partial<PostfactoProps>): unknown[] =>
      egressOf(props).filter((rule) => !without.some((one) => JSON.stringify(one) === JSON.stringify(rule)));
    expect(JSON.stringify(without)).not.toContain('0.0.0.0/0');
    // The server asks Google whose token it got; analytics are the browser's.
    expect(added({ google: { clientId } })).toMatchObject([
      { ports: [{ port: 443 }], to: [{ ipBlock: { cidr: '0.0.0.0/0' } }, {}] },
    ]);
    expect(added({ google: { clientId, authEndpoint: 'https://idp.example.com:8443/me' } })).toMatchObject([
      { ports: [{ port: 8443 }] },
    ]);
    expect(added({ enableAnalytics: true, clientOrigin: 'https://tools.example.com', websocketPort: 4443 })).toEqual(
      [],
    );
    expect(
      JSON.stringify(find(render({ google: { clientId } }), 'NetworkPolicy', 'postfacto-migrate').spec),
    ).not.toContain('0.0.0.0/0');
  });

  it('for more threads has more database connections', () => {
    const url = (props: Partial<PostfactoProps>): unknown =>
      at(find(render(props), 'ExternalSecret', 'postfacto'), 'spec', 'target', 'template', 'data', 'DATABASE_URL');
    expect(url({ maxThreads: 8 })).toMatch(/[?&]pool=18$/);
  });
});

describe('sync waves', () => {
  const preinstalled = new Set([
    'external-secrets.io|ClusterSecretStore||store',
    'storage.k8s.io|StorageClass||standard',
    ...['apps', 'data'].map((name) => `scheduling.k8s.io|PriorityClass||${name}`),
    'gateway.networking.k8s.io|Gateway|gateway|gateway',
    ...['externalsecrets', 'pushsecrets'].map((resource) => capability.crd('external-secrets.io', resource)),
    capability.crd('generators.external-secrets.io', 'passwords'),
    capability.crd('gateway.networking.k8s.io', 'httproutes'),
    capability.crd('cert-manager.io', 'certificates'),
    'cert-manager.io|ClusterIssuer||internal-ca',
  ]);
  const { waves } = deriveOrder([{ name: 'postfacto', ...both }], preinstalled);
  const wave = (kind: string, name: string): number => waves.get(find(both, kind, name)) ?? 0;

  it('are in the order database, migrations, web pods and administrator, route', () => {
    expect(wave('StatefulSet', 'postfacto-postgres')).toBeLessThan(wave('Job', 'postfacto-migrate'));
    expect(wave('Job', 'postfacto-migrate')).toBeLessThan(wave('Deployment', 'postfacto-stable'));
    expect(wave('Deployment', 'postfacto-next')).toBe(wave('Deployment', 'postfacto-stable'));
    expect(wave('Job', 'postfacto-admin')).toBeGreaterThan(wave('Job', 'postfacto-migrate'));
    for (const version of ['stable', 'next'])
      for (const name of ['postfacto', 'postfacto-next'])
        expect(wave('HTTPRoute', name)).toBeGreaterThan(wave('Service', `postfacto-${version}`));
  });

  it('include migrations by the newest version', () => {
    expect(at(container(both, 'Job', 'postfacto-migrate'), 'image')).toBe('postfacto:4.3.11');
    expect(at(container(alone, 'Job', 'postfacto-migrate'), 'image')).toBe('postfacto:4.3.10');
  });
});

describe('secrets', () => {
  it('are generated, and used in connection strings', () => {
    expect(names(alone, 'PushSecret')).toEqual(['postgres', 'postgres-exporter', 'valkey', 'session', 'admin']);
    expect(at(find(alone, 'ExternalSecret', 'postfacto'), 'spec', 'target', 'template', 'data')).toEqual({
      DATABASE_URL:
        'postgres://postfacto:{{ .database }}@postfacto-postgres.postfacto.svc.cluster.local:5432/postfacto?sslmode=verify-full&sslrootcert=/run/authority/ca.crt&pool=15',
      REDIS_URL: 'redis://:{{ .broker }}@postfacto-valkey:6379',
      SECRET_KEY_BASE: '{{ .session }}',
      ADMIN_PASSWORD: '{{ .admin }}',
    });
  });

  it('are sent to a server that is verified, by all that have the connection string', () => {
    const readers = both.manifests.filter((one) => JSON.stringify(one).includes('"DATABASE_URL"') && 'spec' in one);
    const pods = readers.filter(({ kind }) => ['Deployment', 'Job'].includes(kind));
    expect(pods.length).toBeGreaterThan(3);
    for (const one of pods) {
      const [first] = listAt(one, 'spec', 'template', 'spec', 'containers');
      expect(listAt(first, 'volumeMounts')).toContainEqual(expect.objectContaining({ mountPath: '/run/authority' }));
    }
  });

  it('are not in arguments', () => {
    expect(listAt(container(alone, 'Deployment', 'postfacto-valkey'), 'command').slice(0, 2)).toEqual([
      'valkey-server',
      '/run/auth/auth.conf',
    ]);
    expect(JSON.stringify(alone.manifests.filter((m) => m.kind === 'Deployment'))).not.toMatch(
      /--requirepass|--password/,
    );
  });
});

describe('database', () => {
  const postgres = find(alone, 'StatefulSet', 'postfacto-postgres');

  it('stores its data in a subdirectory of the volume', () => {
    expect(listAt(container(alone, 'StatefulSet', 'postfacto-postgres'), 'env')).toContainEqual({
      name: 'PGDATA',
      value: '/var/lib/postgresql/data/pgdata',
    });
  });

  it('has a role that owns its database and is not a superuser', () => {
    const sql = textAt(find(alone, 'ConfigMap', 'postfacto-postgres'), 'data', 'database.sql');
    expect(sql).toContain('CREATE ROLE postfacto LOGIN');
    expect(sql).toContain('CREATE DATABASE postfacto OWNER postfacto');
    expect(sql).not.toMatch(/SUPERUSER|DROP/);
  });

  it('asks everybody for a password who does not connect by its socket', () => {
    const args = listAt(container(alone, 'StatefulSet', 'postfacto-postgres'), 'env').find(
      (env) => at(env, 'name') === 'POSTGRES_INITDB_ARGS',
    );
    expect(textAt(args, 'value')?.split(' ')).toContain('--auth-host=scram-sha-256');
  });

  it('is dumped before a backup, which has the dumps and not the data', () => {
    const annotations = (manifest: Manifest): unknown => at(manifest, 'spec', 'template', 'metadata', 'annotations');
    expect(annotations(postgres)).toMatchObject({
      'pre.hook.backup.velero.io/command': '["bash","/etc/postgres/dump.sh"]',
      'pre.hook.backup.velero.io/on-error': 'Fail',
    });
    const claims = listAt(postgres, 'spec', 'volumeClaimTemplates');
    expect(
      claims.map((one) => at(one, 'metadata', 'annotations', 'slipway.dev/no-backup-because') !== undefined),
    ).toEqual([true, false]);
  });

  it('has a higher priority than the web pods', () => {
    expect(at(pod(alone, 'StatefulSet', 'postfacto-postgres'), 'priorityClassName')).toBe('data');
    expect(at(pod(alone, 'Deployment', 'postfacto-valkey'), 'priorityClassName')).toBe('data');
    expect(at(pod(alone, 'Deployment', 'postfacto-stable'), 'priorityClassName')).toBe('apps');
  });

  it('allows ingress from the web pods and the Jobs only', () => {
    const roles = listAt(find(both, 'NetworkPolicy', 'postfacto-postgres'), 'spec', 'ingress').map((rule) => {
      const labels = at(rule, 'from', 0, 'podSelector', 'matchLabels');
      return `${textAt(labels, 'app.kubernetes.io/component')} ${textAt(labels, 'app.kubernetes.io/instance')}`;
    });
    expect(roles.toSorted()).toEqual(['admin postfacto', 'migrate postfacto', 'web next', 'web stable']);
  });
});

describe('exporters', () => {
  const SERVERS = [
    ['StatefulSet', 'postfacto-postgres', 9187, 'DATA_SOURCE_PASS', 'postfacto-postgres-exporter'],
    ['Deployment', 'postfacto-valkey', 9121, 'REDIS_PASSWORD', 'postfacto-valkey'],
  ] as const;
  const exporterOf = (rendered: ComponentManifests, kind: string, name: string): unknown =>
    listAt(pod(rendered, kind, name), 'containers').find((one) => at(one, 'name') === 'exporter');

  it.each(SERVERS)('of %s %s serves metrics on %i, with the password in %s', (kind, name, port, variable, secret) => {
    const exporter = exporterOf(alone, kind, name);
    expect(listAt(exporter, 'ports')).toMatchObject([{ name: 'metrics', containerPort: port }]);
    expect(listAt(exporter, 'env')).toContainEqual({
      name: variable,
      valueFrom: { secretKeyRef: { name: secret, key: 'password' } },
    });
  });

  it.each(SERVERS)('of %s %s calls the server of its own pod', (kind, name) => {
    const addresses = listAt(exporterOf(alone, kind, name), 'env').flatMap((env) => textAt(env, 'value') ?? []);
    expect(addresses.filter((address) => address.includes('127.0.0.1'))).toHaveLength(1);
  });

  it.each(SERVERS)('of %s %s has settings of its own', (kind, name) => {
    const settings = { containers: { exporter: { resources: { limits: { memory: '128Mi' } } } } };
    const { postgres, valkey } = postfactoSettings.parse({
      adminEmail: 'ops@example.com',
      postgres: settings,
      valkey: settings,
    });
    expect(at(exporterOf(render({ postgres, valkey }), kind, name), 'resources', 'limits', 'memory')).toBe('128Mi');
  });

  it('of PostgreSQL has a role that may read statistics, whose password each sync sets', () => {
    const sql = textAt(find(alone, 'ConfigMap', 'postfacto-postgres'), 'data', 'database.sql') ?? '';
    expect(sql.split('\n').filter((line) => line.includes('exporter'))).toEqual([
      '\\set exporter_password `cat /run/exporter/password`',
      expect.stringContaining("'CREATE ROLE exporter LOGIN' WHERE NOT EXISTS"),
      "ALTER ROLE exporter PASSWORD :'exporter_password';",
      'GRANT pg_monitor TO exporter;',
    ]);
    const job = pod(alone, 'Job', 'postfacto-migrate');
    const reconcile = listAt(job, 'initContainers').find((one) => at(one, 'name') === 'database');
    const mount = listAt(reconcile, 'volumeMounts').find((one) => at(one, 'mountPath') === '/run/exporter');
    expect(listAt(job, 'volumes')).toContainEqual({
      name: at(mount, 'name'),
      secret: { secretName: 'postfacto-postgres-exporter' },
    });
  });
});
