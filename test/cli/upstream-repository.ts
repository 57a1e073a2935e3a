import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { FACTS, IN_CLOUD, LAPTOP, PINS, pinsOf } from './fleet-folder.ts';
import { GitFolder } from './git-folder.ts';
import { OwnRepository } from './own-repository.ts';

const SHOP = { ...PINS['whoami'], packageName: 'ghcr.io/example/slipway/shop' };
const SERVICES = { whoami: { replicas: 1 }, shop: { replicas: 1 } };

/** A repository as teams fork it: clusters `a` and `b` on kind, `c` in a cloud, the services `whoami` and `shop`, all of `example`. */
export class UpstreamRepository extends OwnRepository {
  constructor() {
    super();
    this.write(
      'clusters/rings.ts',
      "export default {\n  one: { clusters: ['a'] },\n  two: { clusters: ['b', 'c'], approvers: ['@example/approvers'] },\n};\n",
    );
    this.cluster('a', { ...LAPTOP, domain: 'a.localhost' });
    this.cluster('b', { ...LAPTOP, domain: 'b.localhost', services: SERVICES });
    this.cluster('c', { ...IN_CLOUD, domain: 'c.example.com', services: SERVICES });
    this.write('clusters/c/facts.json', FACTS);
    this.pin('two', { ...pinsOf(IN_CLOUD, FACTS), shop: SHOP });
    this.write('CODEOWNERS', '* @example/platform\n/charts/ @example/charts\n/clusters/b/ @example/approvers\n');
    this.write(
      'renovate.json',
      '{\n  "customManagers": [{ "managerFilePatterns": ["/^clusters/pins/one/[^/]+$/"] }],\n  "packageRules": [{ "matchPackageNames": ["ghcr.io/example/slipway/**"], "matchUpdateTypes": ["major"] }]\n}\n',
    );
    this.write(
      '.github/workflows/terraform.yaml',
      'on:\n  workflow_dispatch:\n    inputs:\n      root:\n        options: [b, c]\n',
    );
    this.write('.github/workflows/whole.yaml', 'on: push\n');
    this.write(
      'bootstrap/modules/settings/main.tf',
      'locals {\n  organization = "example"\n\n  log_retention_days = 90\n\n  github_subject_prefixes = ["repo:example/slipway"]\n}\n',
    );
    this.write('bootstrap/roots/azurerm.tfbackend', 'storage_account_name = "exampleterraformstate"\n');
    for (const name of ['b', 'c']) this.terraform(name);
    this.write('bootstrap/roots/remote-state-azure/main.tf', 'module "workflows" {\n  environments = ["b", "c"]\n}\n');
    for (const name of ['shop', 'whoami']) {
      this.write(`apps/${name}/Dockerfile`, 'FROM scratch\n');
      this.write(`apps/${name}/package.json`, `{\n  "name": "@slipway/${name}",\n  "version": "1.0.0"\n}\n`);
    }
    this.write('apps/compose.yaml', 'services:\n  whoami:\n    image: whoami\n\n  shop:\n    image: shop\n');
    this.write('README.md', '# Slipway\n');
    this.write('CHANGELOG.md', '# Changelog\n\n## Unreleased\n\n- The first line.\n');
    this.write('.prettierrc.json', '{ "printWidth": 120, "singleQuote": true }\n');
    this.render('Add samples');
  }

  /** Writes a cluster's file, a property a line, in the quotes that the formatter gives strings. */
  cluster(name: string, file: object): void {
    const properties = Object.entries(file).map(
      ([key, value]) => `  ${key}: ${JSON.stringify(value).replaceAll('"', "'")},\n`,
    );
    this.write(`clusters/${name}/cluster.ts`, `export default {\n${properties.join('')}};\n`);
  }

  /** Writes a cluster's Terraform root. */
  terraform(name: string): void {
    this.write(
      `bootstrap/roots/${name}/backend.tf`,
      `terraform {\n  backend "azurerm" {\n    key = "${name}.tfstate"\n  }\n}\n`,
    );
    this.write(
      `bootstrap/roots/${name}/main.tf`,
      `module "cluster" {\n  cluster = "${name}"\n  images  = ["shop", "whoami"]\n}\n`,
    );
  }

  /** A fork, with the history. */
  forked(name: string): ForkedRepository {
    const fork = new ForkedRepository(join(this.scratch, name), this.root);
    fork.git('reset', '--quiet', '--hard', 'upstream/main');
    return fork;
  }

  /** A copy of a commit's files, without the history: the first commit has them. */
  copied(name: string, commit: string): ForkedRepository {
    const copy = new ForkedRepository(join(this.scratch, name), this.root);
    copy.git('read-tree', '-u', '--reset', commit);
    copy.commit('Initial commit');
    return copy;
  }
}

/** A fork of another repository, with nothing checked out yet. */
export class ForkedRepository extends GitFolder {
  constructor(root: string, upstream: string) {
    super(root);
    mkdirSync(root);
    this.begin();
    this.git('remote', 'add', 'upstream', upstream);
    this.git('fetch', '--quiet', 'upstream');
  }
}
