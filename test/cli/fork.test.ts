import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { removeComponents } from '../../cli/fork/components.ts';
import { clusterFile, clustersIn, ringsIn } from '../../cli/fork/lists.ts';
import { addWebApplication } from '../../cli/fork/web-application.ts';
import { addCluster, removeClusters } from '../../cli/fork/clusters.ts';
import { addInvariant } from '../../cli/fork/invariants.ts';
import { identityOf, leftovers, writeIdentity } from '../../cli/fork/identity.ts';
import { init } from '../../cli/fork/init.ts';
import {
  keysAt,
  stringsAt,
  valueAt,
  withoutProperty,
  withoutString,
  withProperty,
  withString,
  withValue,
} from '../../cli/fork/literals.ts';
import { add } from '../../cli/fork/new.ts';
import { remove } from '../../cli/fork/remove.ts';
import { named } from '../../cli/fork/named.ts';
import { removeSections } from '../../cli/fork/sections.ts';
import { addService, removeServices, servicesOn } from '../../cli/fork/services.ts';
import { Sources } from '../../cli/fork/sources.ts';
import { REPOSITORY } from '../lib/load-fleet.ts';
import { FleetFolder } from './fleet-folder.ts';

const FILE = `import { defineCluster } from '../../charts/cluster-file.ts';

export default defineCluster({
  cloud: 'aks',
  // Above all.
  domain: 'eu.example.com',
  secrets: ['alerts', 'smtp'],
  services: { whoami: {}, 'other-one': { database: 'mongo' } },
} as const);
`;

describe('edits of an exported object', () => {
  it('find what it says, through what returns it and its type', () => {
    expect(keysAt(FILE, [])).toEqual(['cloud', 'domain', 'secrets', 'services']);
    expect(keysAt(FILE, ['services'])).toEqual(['whoami', 'other-one']);
    expect(valueAt(FILE, ['services', 'other-one', 'database'])).toBe("'mongo'");
    expect(stringsAt(FILE, ['secrets'])).toEqual(['alerts', 'smtp']);
    expect([valueAt(FILE, ['none']), keysAt(FILE, ['none']), stringsAt(FILE, ['cloud'])]).toEqual([undefined, [], []]);
  });

  it.each([
    ['the first one', ['cloud'], "defineCluster({\n  \n  // Above all.\n  domain: 'eu"],
    ['one with a comment', ['domain'], "cloud: 'aks',\n  \n  secrets"],
    ['the last one', ['services'], "secrets: ['alerts', 'smtp']\n,\n}"],
    ['one inside', ['services', 'other-one'], 'services: { whoami: {} },'],
    ['one that is not there', ['none'], FILE],
  ])('remove %s', (_, path, part) => {
    const text = withoutProperty(FILE, path);
    if (part === FILE) expect(text).toBe(FILE);
    else expect(keysAt(text, path.slice(0, -1))).not.toContain(path.at(-1));
    expect(valueAt(text, ['cloud']) ?? path[0]).toBe(path[0] === 'cloud' ? 'cloud' : "'aks'");
  });

  it('remove and add strings of a list', () => {
    expect(stringsAt(withoutString(FILE, ['secrets'], 'smtp'), ['secrets'])).toEqual(['alerts']);
    expect(stringsAt(withoutString(FILE, ['secrets'], 'alerts'), ['secrets'])).toEqual(['smtp']);
    expect(withoutString(FILE, ['secrets'], 'none')).toBe(FILE);
    expect(stringsAt(withString(FILE, ['secrets'], 'more') ?? '', ['secrets'])).toEqual(['alerts', 'smtp', 'more']);
    expect(withString(FILE, ['none'], 'more')).toBeUndefined();
    expect(withString('export default { a: [] };', ['a'], 'b')).toBe("export default { a: ['b'] };");
  });

  it('add and replace properties', () => {
    expect(valueAt(withProperty(FILE, ['services'], 'a-third', '{}') ?? '', ['services', 'a-third'])).toBe('{}');
    expect(withProperty('export default {};', [], 'a', '1')).toBe('export default {a: 1};');
    expect(withProperty(FILE, ['none'], 'a', '1')).toBeUndefined();
    expect(valueAt(withValue(FILE, ['domain'], "'x.dev'"), ['domain'])).toBe("'x.dev'");
  });
});

let fleet: FleetFolder;
beforeEach(() => {
  fleet = new FleetFolder();
  fleet.write('.prettierrc.json', readFileSync(join(REPOSITORY, '.prettierrc.json'), 'utf8'));
  const cluster = (cloud: string, domain: string, rest = ''): string =>
    `export default {\n  cloud: '${cloud}',\n  domain: '${domain}',\n  certManager: { acmeEmail: 'ops@example.com' },\n${rest}};\n`;
  fleet.write(
    'clusters/fleet.ts',
    "export const repository = { url: 'https://github.com/example/slipway.git', revision: 'main' };\n",
  );
  fleet.write(
    'clusters/rings.ts',
    "import { defineRings } from '../charts/rings.ts';\nexport default defineRings({\n  first: { clusters: ['one'] },\n  live: { clusters: ['two', 'three'], approvers: ['@example/approvers'] },\n});\n",
  );
  fleet.write(
    'clusters/one/cluster.ts',
    cluster(
      'aks',
      'staging.example.com',
      "  secrets: ['smtp', 'alerts'],\n  alertmanager: { receivers: { a: { slack: { secret: 'alerts' } } } },\n  services: { shop: { database: 'mongo', slo: false }, whoami: { env: { A: { storeKeyRef: { secret: 'smtp' } } } } },\n  mongo: { size: '1Gi' },\n",
    ),
  );
  fleet.write(
    'clusters/two/cluster.ts',
    cluster(
      'aks',
      'eu.example.com',
      "  postfacto: { host: 'retro.eu.example.com' },\n  services: { shop: { database: 'mongo' } },\n",
    ),
  );
  fleet.write('clusters/three/cluster.ts', cluster('eks', 'us.example.com'));
  fleet.write(
    'clusters/two/facts.json',
    '{ "dns_zone_name": "eu.example.com", "vault": "https://example-two.vault.azure.net/", "group": "example-two-dns" }\n',
  );
  for (const ring of ['first', 'live'])
    fleet.write(`clusters/pins/${ring}/shop.json`, '{ "shop": { "packageName": "ghcr.io/example/slipway/shop" } }\n');
  fleet.write(
    'CODEOWNERS',
    '* @example/platform\n/clusters/three/ @example/approvers\n/dist/three/ @example/approvers\n',
  );
  fleet.write(
    'renovate.json',
    '{ "customManagers": [{ "managerFilePatterns": ["/^clusters/pins/first/[^/]+$/"] }], "packageRules": [{ "matchPackageNames": ["ghcr.io/example/slipway/**"], "matchUpdateTypes": ["major"] }] }\n',
  );
  fleet.write(
    '.github/workflows/terraform.yaml',
    'on:\n  workflow_dispatch:\n    inputs:\n      root:\n        options: [one, two, three]\n',
  );
  fleet.write(
    'bootstrap/modules/settings/main.tf',
    'locals {\n  organization = "example"\n  image_registry = "ghcr.io/example/slipway"\n  github_subject_prefixes = ["repo:example/slipway"]\n}\n',
  );
  fleet.write('bootstrap/roots/azurerm.tfbackend', 'storage_account_name = "exampleterraformstate"\n');
  fleet.write('bootstrap/roots/s3.tfbackend', 'bucket = "example-terraform-state"\n');
  for (const [name, backend] of [
    ['one', 'azurerm'],
    ['two', 'azurerm'],
    ['three', 's3'],
  ] as const) {
    fleet.write(
      `bootstrap/roots/${name}/backend.tf`,
      `terraform {\n  backend "${backend}" {\n    key = "${name}.tfstate"\n  }\n}\n`,
    );
    fleet.write(
      `bootstrap/roots/${name}/main.tf`,
      `module "cluster" {\n  cluster = "${name}"\n  images  = ["shop", "whoami"]\n  range   = local.${name}\n}\n`,
    );
  }
  fleet.write(
    'bootstrap/roots/remote-state-azure/main.tf',
    'module "workflows" {\n  environments = ["one", "two"]\n}\n',
  );
  fleet.write('bootstrap/roots/remote-state-aws/main.tf', 'module "workflows" {\n  environments = ["three"]\n}\n');
  fleet.write('apps/shop/Dockerfile', 'FROM scratch\n');
  fleet.write('apps/whoami/Dockerfile', 'FROM scratch\n');
  fleet.write(
    'apps/compose.yaml',
    'services:\n  whoami:\n    image: whoami\n\n  # It sells.\n  shop:\n    image: shop\n    ports: [80]\n\n  # Its goods.\n  seed-shop:\n    image: shop\n\nvolumes:\n  a: {}\n',
  );
  fleet.write('apps/compose/seed-shop.mjs', '');
});
afterEach(() => fleet.remove());

/** Edits the sources, and writes them. */
async function edited(edit: (sources: Sources) => void): Promise<Sources> {
  const sources = new Sources(fleet.root);
  edit(sources);
  await sources.format();
  await sources.apply();
  return new Sources(fleet.root);
}

const ACME = {
  organization: 'acme',
  repository: 'git@github.com:acme/platform.git',
  registry: 'registry.acme.dev/apps',
  domain: 'acme.dev',
  email: 'team@acme.dev',
};

describe('the identity of a fork', () => {
  it('is read from the places that have it', () => {
    expect(identityOf(new Sources(fleet.root))).toEqual({
      organization: 'example',
      repository: 'https://github.com/example/slipway.git',
      registry: 'ghcr.io/example/slipway',
      domain: 'example.com',
      email: 'ops@example.com',
    });
  });

  it('is written to all of them, and read back; nothing of the sample is left', async () => {
    const before = identityOf(new Sources(fleet.root));
    const after = await edited((sources) => writeIdentity(sources, before, ACME));
    expect(identityOf(after)).toEqual(ACME);
    expect(leftovers(after)).toEqual([]);
    expect(fleet.read('CODEOWNERS')).toContain('* @acme/platform\n');
    expect(stringsAt(fleet.read('clusters/rings.ts'), ['live', 'approvers'])).toEqual(['@acme/approvers']);
    const settings = fleet.read('bootstrap/modules/settings/main.tf');
    expect(settings).toContain('github_subject_prefixes = ["repo:acme/platform"]');
    expect(settings).toContain('image_registry = "registry.acme.dev/apps"');
    expect(fleet.read('bootstrap/roots/s3.tfbackend')).toBe('bucket = "acme-terraform-state"\n');
    expect(fleet.read('bootstrap/roots/azurerm.tfbackend')).toBe('storage_account_name = "acmeterraformstate"\n');
    expect(JSON.parse(fleet.read('clusters/two/facts.json'))).toEqual({
      dns_zone_name: 'eu.acme.dev',
      vault: 'https://acme-two.vault.azure.net/',
      group: 'acme-two-dns',
    });
    expect(valueAt(fleet.read('clusters/two/cluster.ts'), ['postfacto', 'host'])).toBe("'retro.eu.acme.dev'");
  });

  it.each(['acmelive.azurecr.io/platform', '111122223333.dkr.ecr.us-east-1.amazonaws.com/acme-live'])(
    'has images in a registry of a cloud: %s',
    async (registry) => {
      const before = identityOf(new Sources(fleet.root));
      const after = await edited((sources) => writeIdentity(sources, before, { ...ACME, registry }));
      expect(identityOf(after).registry).toBe(registry);
      expect(fleet.read('clusters/pins/live/shop.json')).toContain(`"${registry}/shop"`);
      expect(fleet.read('bootstrap/modules/settings/main.tf')).toContain(`image_registry = "${registry}"`);
    },
  );

  it('written twice changes nothing the second time', async () => {
    const before = identityOf(new Sources(fleet.root));
    const after = await edited((sources) => writeIdentity(sources, before, ACME));
    writeIdentity(after, identityOf(after), ACME);
    expect(after.changes()).toEqual({ missing: [], stale: [], extra: [] });
  });

  it('leaves no name that only begins or ends like the domain', async () => {
    fleet.write(
      'clusters/three/cluster.ts',
      "export default { cloud: 'eks', domain: 'us.example.com', note: 'example.community an-example.com example.com.evil.dev' };\n",
    );
    const before = identityOf(new Sources(fleet.root));
    await edited((sources) => writeIdentity(sources, before, ACME));
    expect(fleet.read('clusters/three/cluster.ts')).toContain(
      "note: 'example.community an-example.com example.com.evil.dev'",
    );
  });

  it('names what is still of the sample, once the repository is not', async () => {
    const before = identityOf(new Sources(fleet.root));
    await edited((sources) => writeIdentity(sources, before, ACME));
    fleet.write('CODEOWNERS', '* @example/platform\n');
    expect(leftovers(new Sources(fleet.root))).toMatchObject([{ file: 'CODEOWNERS:1', seen: '* @example/platform' }]);
  });

  it('looks for what is left of the sample also without Renovate and Terraform', async () => {
    const before = identityOf(new Sources(fleet.root));
    await edited((sources) => writeIdentity(sources, before, ACME));
    for (const path of ['renovate.json', 'bootstrap']) fleet.remove(path);
    expect(leftovers(new Sources(fleet.root))).toEqual([]);
  });

  it('says which place it does not find', () => {
    fleet.write('renovate.json', '{}\n');
    expect(() => identityOf(new Sources(fleet.root))).toThrow(
      'the registry of own services is not where this command looks for it\n  at:   renovate.json',
    );
  });
});

describe('removing a cluster', () => {
  it('removes its files, and its name wherever it is listed', async () => {
    await edited((sources) => removeClusters(sources, ['two']));
    for (const path of ['clusters/two', 'bootstrap/roots/two']) expect(existsSync(join(fleet.root, path))).toBe(false);
    expect(stringsAt(fleet.read('clusters/rings.ts'), ['live', 'clusters'])).toEqual(['three']);
    expect(fleet.read('.github/workflows/terraform.yaml')).toContain('options: [one, three]');
    expect(fleet.read('bootstrap/roots/remote-state-azure/main.tf')).toContain('environments = ["one"]');
  });

  it('removes a ring without clusters, a cloud without any, and its owners', async () => {
    await edited((sources) => removeClusters(sources, ['two', 'three']));
    expect(keysAt(fleet.read('clusters/rings.ts'), [])).toEqual(['first']);
    for (const path of ['clusters/pins/live', 'bootstrap/roots/remote-state-aws', 'bootstrap/roots/s3.tfbackend'])
      expect(existsSync(join(fleet.root, path))).toBe(false);
    expect(fleet.read('CODEOWNERS')).toBe('* @example/platform\n');
  });

  it('lets Renovate move the ring that is the first one then', async () => {
    await edited((sources) => removeClusters(sources, ['one']));
    expect(fleet.read('renovate.json')).toContain('/pins/live/[');
  });
});

describe('adding a cluster', () => {
  it('copies another one without facts, and names it in its ring and its owners', async () => {
    await edited((sources) => addCluster(sources, { name: 'four', like: 'two', domain: 'ap.example.com' }));
    const text = fleet.read('clusters/four/cluster.ts');
    expect([valueAt(text, ['domain']), valueAt(text, ['postfacto', 'host'])]).toEqual([
      "'ap.example.com'",
      "'retro.ap.example.com'",
    ]);
    expect(existsSync(join(fleet.root, 'clusters/four/facts.json'))).toBe(false);
    expect(fleet.read('bootstrap/roots/four/backend.tf')).toContain('key = "four.tfstate"');
    expect(fleet.read('bootstrap/roots/four/main.tf')).toMatch(/cluster = "four"[^]*range {3}= local\.two\n/);
    expect(stringsAt(fleet.read('clusters/rings.ts'), ['live', 'clusters'])).toEqual(['two', 'three', 'four']);
    expect(fleet.read('CODEOWNERS')).toContain('/dist/four/ @example/approvers\n');
    expect(fleet.read('.github/workflows/terraform.yaml')).toContain('options: [one, two, four, three]');
    expect(fleet.read('bootstrap/roots/remote-state-azure/main.tf')).toContain('["one", "two", "four"]');
  });

  it('leaves it to the approvers of its ring, also where CODEOWNERS names nobody', async () => {
    fleet.write('CODEOWNERS', '/clusters/ @example/approvers\n');
    await edited((sources) => addCluster(sources, { name: 'four', like: 'two', domain: 'ap.example.com' }));
    expect(fleet.read('CODEOWNERS')).toBe(
      '/clusters/ @example/approvers\n/dist/four/ @example/approvers\n/bootstrap/roots/four/ @example/approvers\n',
    );
  });

  it('makes a ring that is not there, with the pins of the copied one', async () => {
    await edited((sources) =>
      addCluster(sources, { name: 'four', like: 'one', domain: 'canary.example.com', ring: 'canary' }),
    );
    expect(stringsAt(fleet.read('clusters/rings.ts'), ['canary', 'clusters'])).toEqual(['four']);
    expect(fleet.read('clusters/pins/canary/shop.json')).toBe(fleet.read('clusters/pins/first/shop.json'));
  });

  it.each<[string, string, string]>([
    ['a name that is taken', 'two', 'there is a cluster "two" already'],
    ['a name that is none', 'Two_', 'the name of a cluster begins with a letter'],
  ])('refuses %s', async (_, name, message) => {
    await expect(add(fleet, ['cluster', name], { like: 'one', domain: 'x.dev' })).rejects.toThrow(message);
  });
});

describe('the name of a service', () => {
  it.each([
    ["import { whoamiModule } from './whoami.module.ts';", "import { orderDeskModule } from './order-desk.module.ts';"],
    ['export class WhoamiService {}', 'export class OrderDeskService {}'],
    ['return this.whoami.config(whoami);', 'return this.orderDesk.config(order-desk);'],
    ['private readonly whoami: WhoamiService,', 'private readonly orderDesk: OrderDeskService,'],
    ["it('whoami answers')", "it('order-desk answers')"],
    ['COPY apps/whoami/package.json apps/whoami/', 'COPY apps/order-desk/package.json apps/order-desk/'],
    ['"name": "@slipway/whoami"', '"name": "@slipway/order-desk"'],
    ['awhoami whoamis', 'awhoami whoamis'],
  ])('%s', (text, expected) => {
    expect(named(text, 'whoami', 'order-desk')).toBe(expected);
  });
});

describe('adding a service', () => {
  beforeEach(() => {
    fleet.write('apps/shop/package.json', '{ "name": "@acme/shop", "version": "3.2.1" }\n');
    fleet.write('apps/shop/src/shop.module.ts', 'export class ShopModule {}\n');
    fleet.write(
      'clusters/pins/live/shop.json',
      '{ "shop": { "packageName": "ghcr.io/example/slipway/shop", "version": "3.2.1", "digest": "sha256:0" } }\n',
    );
    fleet.write(
      'package-lock.json',
      JSON.stringify({
        packages: { 'apps/shop': { name: '@acme/shop', version: '3.2.1', license: 'MIT' }, 'node_modules/zod': {} },
      }),
    );
    fleet.write(
      'apps/compose.yaml',
      "services:\n  shop:\n    image: shop\n    ports: ['127.0.0.1:3001:3000', '127.0.0.1:9461:9464']\n\n  db:\n    ports: ['127.0.0.1:3002:3000']\n",
    );
  });

  it('copies its code, and names it wherever the other one is', async () => {
    await edited((sources) => addService(sources, { name: 'order-desk', like: 'shop' }));
    expect(fleet.read('apps/order-desk/src/order-desk.module.ts')).toBe('export class OrderDeskModule {}\n');
    expect(JSON.parse(fleet.read('apps/order-desk/package.json'))).toEqual({
      name: '@acme/order-desk',
      version: '0.1.0',
    });
    for (const cluster of ['one', 'two'])
      expect(valueAt(fleet.read(`clusters/${cluster}/cluster.ts`), ['services', 'order-desk', 'database'])).toBe(
        "'mongo'",
      );
    expect(valueAt(fleet.read('clusters/three/cluster.ts'), ['services'])).toBeUndefined();
    expect(fleet.read('bootstrap/roots/one/main.tf')).toContain('images  = ["order-desk", "shop", "whoami"]');
  });

  it('pins an image that is not published yet', async () => {
    await edited((sources) => addService(sources, { name: 'order-desk', like: 'shop' }));
    expect(JSON.parse(fleet.read('clusters/pins/live/order-desk.json'))).toEqual({
      'order-desk': { packageName: 'ghcr.io/example/slipway/order-desk', version: '0.1.0' },
    });
  });

  it('is what npm writes into the lock file', async () => {
    await edited((sources) => addService(sources, { name: 'order-desk', like: 'shop' }));
    expect(Object.entries((JSON.parse(fleet.read('package-lock.json')) as { packages: object }).packages)).toEqual([
      ['apps/order-desk', { name: '@acme/order-desk', version: '0.1.0', license: 'MIT' }],
      ['apps/shop', { name: '@acme/shop', version: '3.2.1', license: 'MIT' }],
      ['node_modules/@acme/order-desk', { resolved: 'apps/order-desk', link: true }],
      ['node_modules/zod', {}],
    ]);
  });

  it('takes the next ports of the compose file', async () => {
    await edited((sources) => addService(sources, { name: 'order-desk', like: 'shop' }));
    expect(fleet.read('apps/compose.yaml')).toContain(
      "order-desk:\n    image: order-desk\n    ports: ['127.0.0.1:3003:3000', '127.0.0.1:9462:9464']\n",
    );
  });

  it.each<[string, string, object, string]>([
    ['a name that is taken', 'shop', {}, 'there is a service "shop" already'],
    ['the name of a folder of apps/', 'compose', {}, 'there is a service "compose" already'],
    ['a domain', 'orders', { domain: 'x.dev' }, '--domain is not of a service'],
    ['no model', 'orders', { like: undefined }, 'a service needs --like'],
  ])('refuses %s', async (_, name, options, message) => {
    fleet.write('apps/compose/a.mjs', '');
    await expect(add(fleet, ['service', name], { like: 'shop', ...options })).rejects.toThrow(message);
  });
});

describe('removing parts of clusters', () => {
  it('removes a section, and the entries of the secret store that only it read', async () => {
    await edited((sources) => removeSections(sources, ['alertmanager']));
    const text = fleet.read('clusters/one/cluster.ts');
    expect(keysAt(text, [])).not.toContain('alertmanager');
    expect(stringsAt(text, ['secrets'])).toEqual(['smtp']);
  });

  it('removes objectives with what measures them', async () => {
    await edited((sources) => removeSections(sources, ['prometheus']));
    expect(keysAt(fleet.read('clusters/one/cluster.ts'), ['services', 'shop'])).toEqual(['database']);
  });

  it('removes a service from clusters, the compose file and image repositories', async () => {
    await edited((sources) => removeServices(sources, ['shop']));
    expect(existsSync(join(fleet.root, 'apps/shop'))).toBe(false);
    expect(existsSync(join(fleet.root, 'apps/compose/seed-shop.mjs'))).toBe(false);
    expect(keysAt(fleet.read('clusters/one/cluster.ts'), ['services'])).toEqual(['whoami']);
    expect(keysAt(fleet.read('clusters/two/cluster.ts'), [])).not.toContain('services');
    expect(fleet.read('apps/compose.yaml')).toBe('services:\n  whoami:\n    image: whoami\n\nvolumes:\n  a: {}\n');
    expect(fleet.read('bootstrap/roots/one/main.tf')).toContain('images  = ["whoami"]');
  });

  it('knows whose data is in a section', () => {
    expect(servicesOn(new Sources(fleet.root), 'mongo')).toEqual(['shop']);
  });

  it.each<[string, readonly ['cluster' | 'service' | 'section', ...string[]], string]>([
    [
      'a name that nothing has',
      ['cluster', 'tow'],
      'there is no cluster "tow"\n  at:   the command line\n  seen: tow\n  fix:  did you mean "two"?',
    ],
    ['all clusters', ['cluster', 'one', 'two', 'three'], 'no cluster would be left'],
    ['a database that a service uses', ['section', 'mongo'], 'shop would lose its database'],
    ['nothing', ['service'], 'no service was named'],
  ])('refuses %s', async (_, what, message) => {
    await expect(remove(fleet, what)).rejects.toThrow(message);
  });
});

describe('slipway init', () => {
  it.each([
    [{ domain: 'acme' }, '--domain cannot be "acme"'],
    [{ organization: 'Acme Inc' }, '--organization cannot be "Acme Inc"'],
    [{ repository: 'acme/platform' }, '--repository cannot be "acme/platform"'],
    [{ email: 'ops' }, '--email cannot be "ops"'],
    [{ registry: 'acmelive.azurecr.io' }, '--registry cannot be "acmelive.azurecr.io"'],
    [
      { registry: '111122223333.dkr.ecr.amazonaws.com/acme-live' },
      '--registry cannot be "111122223333.dkr.ecr.amazonaws.com/acme-live"',
    ],
    [{ clusters: ['tow'] }, 'there is no cluster "tow"'],
    [{ without: ['shp'] }, 'there is neither a service nor a section "shp"'],
  ])('refuses %o, and writes nothing', async (options, message) => {
    const before = fleet.filesBelow('clusters').map((file) => fleet.read(`clusters/${file}`));
    await expect(init(fleet, { yes: true, ...options })).rejects.toThrow(message);
    expect(fleet.filesBelow('clusters').map((file) => fleet.read(`clusters/${file}`))).toEqual(before);
  });
});

describe('a web application', () => {
  const WIKI = { name: 'team-wiki', image: 'ghcr.io/acme/wiki:1.2.3', clusters: [] };

  it('is added as the document says, under its own name, and removed without a trace', async () => {
    const sources = new Sources(REPOSITORY);
    addWebApplication(sources, WIKI);
    await sources.format();
    expect(sources.read('charts/cluster.ts')).toContain("bind(['teamWiki', 'host'], 'team-wiki', host)");
    expect(sources.read('charts/components/team-wiki/team-wiki.ts')).toContain('class TeamWiki extends Component');
    for (const cluster of clustersIn(sources))
      expect(keysAt(sources.read(clusterFile(cluster)), [])).toContain('teamWiki');
    removeComponents(sources, ['team-wiki']);
    await sources.format();
    const pins = [...ringsIn(sources).keys()].map((ring) => `clusters/pins/${ring}/team-wiki.json`);
    // What is pinned for nothing is removed by rendering.
    expect(sources.changes()).toEqual({ missing: pins.toSorted(), stale: [], extra: [] });
  });

  it.each([
    ['ghcr.io/acme/wiki', 'an image has a tag'],
    ['ghcr.io/acme/wiki:1.2.3@sha256:12', 'an image has a tag'],
  ])('has an image with a tag: %s', (image, message) => {
    expect(() => addWebApplication(new Sources(REPOSITORY), { ...WIKI, image })).toThrow(message);
  });

  it('is refused where the code is not as the document says', () => {
    const sources = new Sources(REPOSITORY);
    sources.edit('charts/cluster.ts', (text) => text.replaceAll('Gateway }', 'Gateway, Gateway as G }'));
    expect(() => addWebApplication(sources, WIKI)).toThrow('a place that docs/add-a-web-application.md names');
  });

  it('goes only if clusters can be without it', () => {
    expect(() => removeComponents(new Sources(REPOSITORY), ['gateway'])).toThrow(
      'every cluster has the section "gateway"',
    );
  });
});

describe('an invariant', () => {
  const OWNED = { name: 'owned-namespaces', kind: 'Namespace', has: 'metadata.labels[acme.dev/owner]' };

  it('is a rule with the mutation that proves it, and listed with the others', async () => {
    const sources = new Sources(REPOSITORY);
    addInvariant(sources, OWNED);
    await sources.format();
    expect(sources.read('test/invariants/owned-namespaces.ts')).toContain(
      "at(manifest, 'metadata', 'labels', 'acme.dev/owner') === undefined",
    );
    expect(sources.read('test/invariants/mutations/owned-namespaces.ts')).toContain(
      String.raw`/^Namespace .* has no metadata\.labels\[acme\.dev\/owner\]$/`,
    );
    expect(sources.read('test/invariants/all.ts')).toMatch(/^ {2}ownedNamespaces,\n\]\.flatMap/m);
    expect(sources.read('test/invariants/mutations/all.ts')).toMatch(/^ {2}\.\.\.ownedNamespacesMutations,\n\];/m);
  });

  it.each([
    [{ kind: 'Namespaces' }, 'did you mean "Namespace"?'],
    [{ has: "metadata.labels['a']" }, 'that is no path of a field'],
    [{ has: '' }, 'that is no path of a field'],
  ])('is of a kind and a field that there may be: %j', (wrong, message) => {
    expect(() => addInvariant(new Sources(REPOSITORY), { ...OWNED, ...wrong })).toThrow(message);
  });
});
