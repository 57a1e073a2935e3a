import { entry, withoutPins } from '../lib/cluster-files.ts';
import { RINGS_FILE } from '../../charts/rings.ts';
import type { Fork } from './fork.ts';

/** Matches a service of the compose file, up to the next one, with the comment before it. */
const composed = (name: string): RegExp => new RegExp(`^(?:  #.*\\n)?  ${name}:(?:.*\\n)(?: {4}.*\\n)*\\n?`, 'm');

/** Removes a section or a service from the clusters in a folder, with the pins of its component. */
function dropEntry(fork: Fork, root: string, name: string, component = name): void {
  for (const cluster of fork.list(root).filter((one) => fork.has(`${root}/${one}/cluster.ts`))) {
    if (!entry(name).test(fork.read(`${root}/${cluster}/cluster.ts`))) continue;
    fork.edit(`${root}/${cluster}/cluster.ts`, (text) => text.replace(entry(name), ''));
  }
  for (const ring of fork.list(`${root}/pins`)) {
    const file = `${root}/pins/${ring}/${component}.json`;
    if (fork.has(file)) fork.remove(file);
  }
}

/** Removes the pins that `slipway synth` calls unused. */
function dropUnusedPins(fork: Fork): void {
  const unused = fork.slipway('synth').matchAll(/^(?:error: )?pin "(.*)" is not used\n {2}at: {3}(.*):\d+$/gm);
  for (const [, pin = '', file = ''] of unused) {
    fork.edit(file, (text) => withoutPins(text, (name) => name === pin));
    if (fork.read(file).trim() === '{}') fork.remove(file);
  }
}

/** Removes a service: its code, and its entries in the clusters, the compose file and the image repositories. */
export function withoutService(fork: Fork, name: string): void {
  fork.remove(`apps/${name}`);
  dropEntry(fork, 'clusters', name);
  const unseeded = fork.has('apps/compose/seed.mjs') && new RegExp(` ${name}: \\{ condition`).test(composeFile(fork));
  if (unseeded) fork.remove('apps/compose/seed.mjs');
  for (const service of [name, ...(unseeded ? ['seed'] : [])])
    fork.edit('apps/compose.yaml', (text) => text.replace(composed(service), ''));
  for (const root of fork.list('bootstrap/roots').filter((one) => fork.has(`bootstrap/roots/${one}/main.tf`))) {
    const file = `bootstrap/roots/${root}/main.tf`;
    if (fork.read(file).includes(`"${name}"`))
      fork.edit(file, (text) => text.replace(new RegExp(`"${name}", |, "${name}"|"${name}"`), ''));
  }
}

function composeFile(fork: Fork): string {
  return fork.read('apps/compose.yaml');
}

/** Removes Postfacto from every cluster, but not its code. */
export function withoutPostfacto(fork: Fork): void {
  dropEntry(fork, 'clusters', 'postfacto');
}

/** Removes Postfacto with its code: its folder, a statement, the lines that name it, and its sections in the test fleet. */
export function withoutPostfactoComponent(fork: Fork): void {
  withoutPostfacto(fork);
  dropEntry(fork, 'test/fleets/clusters', 'postfacto');
  fork.remove('charts/components/postfacto');
  for (const file of ['charts/cluster-file.ts', 'charts/dashboards/dashboards.ts', 'charts/rules/alerts.ts'])
    fork.edit(file, (text) => text.replaceAll(/^.*postfacto.*\n/gim, ''));
  fork.edit('charts/cluster.ts', (text) =>
    text.replace(/^import .*postfacto.*\n/m, '').replace(/^ {2}eachInstance\('postfacto'[^]*?\n {2}\);\n/m, ''),
  );
}

/** Removes MongoDB from every cluster, with the services that store their data in it. */
export function withoutMongo(fork: Fork): void {
  const services = fork
    .list('apps')
    .filter(
      (name) => fork.has(`apps/${name}/Dockerfile`) && fork.read(`apps/${name}/package.json`).includes('mongoose'),
    );
  for (const service of services) withoutService(fork, service);
  dropEntry(fork, 'clusters', 'mongo');
}

/** The sections of monitoring, with the components that they deploy. */
const MONITORING = {
  alertmanager: 'alertmanager',
  grafana: 'grafana',
  nodeExporter: 'node-exporter',
  kubeStateMetrics: 'kube-state-metrics',
  blackboxExporter: 'blackbox-exporter',
  prometheus: 'prometheus',
  prometheusOperator: 'prometheus-operator',
  alerts: 'alerts',
};

/** Matches the objective of a service: `slo: false`, or an object with one in it at most. */
const OBJECTIVE = /\bslo: (?:false|\{(?:[^{}]|\{[^{}]*\})*\}),?\s*/;

/** Removes monitoring from every cluster, with the entries of the secret store that only it reads, but not its code. */
export function withoutMonitoring(fork: Fork): void {
  const read = readEntries(fork);
  for (const [section, component] of Object.entries(MONITORING)) dropEntry(fork, 'clusters', section, component);
  for (const file of [...read.keys()].filter((one) => OBJECTIVE.test(fork.read(one))))
    fork.edit(file, (text) => text.replaceAll(new RegExp(OBJECTIVE, 'g'), ''));
  const left = readEntries(fork);
  for (const [file, names] of read)
    dropSecrets(
      fork,
      file,
      [...names].filter((name) => !left.get(file)?.has(name)),
    );
}

/** The entries of the secret store that the settings of each cluster file read: `secret: 'alerts'`. */
function readEntries(fork: Fork): Map<string, Set<string>> {
  const files = fork.clusters.map((name) => `clusters/${name}/cluster.ts`);
  return new Map(
    files.map((file) => [
      file,
      new Set([...fork.read(file).matchAll(/\bsecret: '([^']+)'/g)].map(([, name = '']) => name)),
    ]),
  );
}

/** Removes names from the `secrets` of a cluster file; without any left, the section. */
function dropSecrets(fork: Fork, file: string, names: readonly string[]): void {
  if (names.length === 0) return;
  fork.edit(file, (text) =>
    text.replace(/^  secrets: \[([^\]]*)\],\n/m, (_, list: string) => {
      const kept = list.split(/,\s*/).filter((one) => one !== '' && !names.includes(one.slice(1, -1)));
      return kept.length > 0 ? `  secrets: [${kept.join(', ')}],\n` : '';
    }),
  );
}

/** Removes blackbox-exporter with its code: its folder, a statement, the lines that name it, and its sections in all clusters. */
export function withoutBlackboxExporter(fork: Fork): void {
  for (const root of ['clusters', 'test/fleets/clusters'])
    dropEntry(fork, root, 'blackboxExporter', MONITORING.blackboxExporter);
  fork.edit('test/fixtures/accepted/monitoring/cluster.ts', (text) =>
    text.replaceAll(/^.*(?:blackboxExporter|HostSlow).*\n/gm, ''),
  );
  fork.remove('charts/components/blackbox-exporter');
  for (const file of ['charts/cluster-file.ts', 'charts/prerequisites.ts', 'charts/rules/alerts.ts'])
    fork.edit(file, (text) => text.replaceAll(/^.*blackbox.*\n/gim, ''));
  fork.edit('charts/monitoring.ts', (text) =>
    text
      .replaceAll(/^import .*(?:blackbox|isLocalhost).*\n/gm, '')
      .replace(/^ {2}\/\/ Last, .*\n {2}if \(settings\.blackboxExporter\) \{\n[^]*?\n {2}\}\n/m, '')
      .replace('components, gateway, secrets', 'components, secrets'),
  );
}

/** Removes MongoDB, Postfacto and all services. */
export function withoutSamples(fork: Fork): void {
  withoutMongo(fork);
  withoutPostfacto(fork);
  for (const name of fork.list('apps').filter((one) => fork.has(`apps/${one}/Dockerfile`))) withoutService(fork, name);
}

/** Removes clusters: their files, their Terraform roots, their names in the rings, and what only they pinned. */
export function withoutClusters(fork: Fork, is: (name: string) => boolean): void {
  for (const name of fork.clusters.filter(is)) {
    fork.remove(`clusters/${name}`);
    fork.remove(`bootstrap/roots/${name}`);
    fork.edit(RINGS_FILE, (text) => text.replace(new RegExp(`'${name}', |, '${name}'|'${name}'`), ''));
  }
  for (const [text, ring = ''] of fork
    .read(RINGS_FILE)
    .matchAll(/^ {2}(\S+): \{(?:.*\},|\n(?: {4}.*\n)* {2}\},)\n/gm)) {
    if (!text.includes('clusters: []')) continue;
    fork.edit(RINGS_FILE, (all) => all.replace(text, ''));
    fork.remove(`clusters/pins/${ring}`);
  }
  // Renovate moves the first ring.
  const [, first] = /^ {2}(\S+): \{\s+clusters/m.exec(fork.read(RINGS_FILE)) ?? [];
  if (!fork.read('renovate.json').includes(`/pins/${first}/`))
    fork.edit('renovate.json', (text) => text.replaceAll(/(\/pins\/)[\w-]+(\/\[)/g, `$1${first}$2`));
  dropUnusedPins(fork);
  listRoots(fork);
}

/** Renames a cluster. */
export function renameCluster(fork: Fork, from: string, to: string): void {
  for (const folder of ['clusters', 'bootstrap/roots']) fork.move(`${folder}/${from}`, `${folder}/${to}`);
  fork.edit(RINGS_FILE, (text) => text.replace(`'${from}'`, `'${to}'`));
  nameRoot(fork, from, to);
  nameFacts(fork, from, to);
  listRoots(fork);
}

/** The facts of a cluster say which one they are about. */
function nameFacts(fork: Fork, from: string, to: string): void {
  const file = `clusters/${to}/facts.json`;
  if (fork.has(file)) fork.edit(file, (text) => text.replace(`"cluster_name": "${from}"`, `"cluster_name": "${to}"`));
}

/** Adds a cluster as a copy of another one, with its own subdomain. */
export function addCluster(fork: Fork, model: string, name: string): void {
  for (const folder of ['clusters', 'bootstrap/roots']) fork.copy(`${folder}/${model}`, `${folder}/${name}`);
  fork.edit(RINGS_FILE, (text) => text.replace(`'${model}'`, `'${model}', '${name}'`));
  fork.edit(`clusters/${name}/cluster.ts`, (text) =>
    text.replace(/domain: '/, `domain: '${name}.`).replaceAll(/host: '/g, `host: '${name}.`),
  );
  ownFacts(fork, name);
  nameRoot(fork, model, name);
  nameFacts(fork, model, name);
  listRoots(fork);
}

/** Adds a cluster whose facts people write, in a ring of its own: the one of the product tests, with everything. */
export function addGenericCluster(fork: Fork, name: string): void {
  fork.copy('test/fleets/clusters/test-generic', `clusters/${name}`);
  fork.copy('test/fleets/clusters/pins/first', `clusters/pins/${name}`);
  fork.edit(RINGS_FILE, (text) => text.replace(/^\}\);$/m, `  ${name}: { clusters: ['${name}'] },\n$&`));
  fork.edit(`clusters/${name}/cluster.ts`, (text) => text.replace('../../../../charts/', '../../charts/'));
  dropUnusedPins(fork);
}

/** Gives a cluster's gateway other replicas than it has. */
export function scaleGateway(fork: Fork, cluster: string): void {
  const file = `clusters/${cluster}/cluster.ts`;
  fork.edit(file, (text) => text.replace(/^( *)gateway: .*$/m, '$1gateway: { replicas: { min: 4, max: 7 } },'));
}

/** Publishes each cluster to a branch of its own. */
export function publishToBranches(fork: Fork): void {
  fork.edit('clusters/fleet.ts', (text) =>
    text.replace(/^ {2}revision: .*\n/m, "$&  published: { revision: 'clusters/{cluster}' },\n"),
  );
}

/** Renames the organization: domain, repository and images. */
export function renameOrganization(fork: Fork): void {
  for (const name of fork.clusters) {
    if (fork.read(`clusters/${name}/cluster.ts`).includes('example.'))
      fork.edit(`clusters/${name}/cluster.ts`, (text) => text.replaceAll(/example\.(com|org)/g, 'clouds.acme.dev'));
    if (fork.has(`clusters/${name}/facts.json`) && fork.read(`clusters/${name}/facts.json`).includes('"dns_zone_name"'))
      fork.edit(`clusters/${name}/facts.json`, (text) => text.replaceAll(/example\.(com|org)/g, 'clouds.acme.dev'));
  }
  for (const ring of fork.list('clusters/pins'))
    for (const file of fork.list(`clusters/pins/${ring}`).map((name) => `clusters/pins/${ring}/${name}`))
      if (fork.read(file).includes('ghcr.io/example/slipway'))
        fork.edit(file, (text) => text.replaceAll('example/slipway', 'acme/platform'));
  for (const file of ['clusters/fleet.ts', 'bootstrap/modules/settings/main.tf', 'renovate.json'])
    fork.edit(file, (text) => text.replaceAll('example/slipway', 'acme/platform'));
  fork.edit('bootstrap/modules/settings/main.tf', (text) => text.replace('= "example"', '= "acme"'));
  fork.edit('CODEOWNERS', (text) => text.replaceAll('@example/', '@acme/'));
}

/** Replaces what a copied facts.json says: as if Terraform had created the cluster. */
function ownFacts(fork: Fork, name: string): void {
  const file = `clusters/${name}/facts.json`;
  if (!fork.has(file)) return;
  const own = (key: string, value: string): string => {
    if (/storage_account|bucket$/.test(key)) return `${value.slice(0, 12)}own`;
    if (key === 'key_vault_url') return 'https://own.vault.azure.net/';
    return value.replace(/^(\w{8}-\w{4}-\w{4}-\w{4})-\w{4}/, '$1-00ff');
  };
  fork.edit(file, (text) =>
    text.replaceAll(/"(\w[\w-]*)": "([^"]*)"/g, (_, key: string, value: string) => `"${key}": "${own(key, value)}"`),
  );
}

/** Replaces the name of the cluster in the files of its Terraform root. */
function nameRoot(fork: Fork, from: string, to: string): void {
  for (const file of fork.list(`bootstrap/roots/${to}`).filter((name) => name.endsWith('.tf'))) {
    const path = `bootstrap/roots/${to}/${file}`;
    if (fork.read(path).includes(from)) fork.edit(path, (text) => text.replaceAll(from, to));
  }
}

/** Updates the lists of roots: the options of the workflow, and the environments of each cloud's remote state. */
function listRoots(fork: Fork): void {
  const on = (backend: string): string[] =>
    fork.clusters.filter((name) => fork.read(`bootstrap/roots/${name}/backend.tf`).includes(`backend "${backend}"`));
  const clouds = { azure: on('azurerm'), aws: on('s3') };
  edit(fork, '.github/workflows/terraform.yaml', /^( +options: ).*$/m, [...clouds.azure, ...clouds.aws].join(', '), '');
  for (const [cloud, names] of Object.entries(clouds)) {
    const root = `bootstrap/roots/remote-state-${cloud}`;
    if (names.length === 0 && fork.has(root)) fork.remove(root);
    else if (fork.has(root))
      edit(fork, `${root}/main.tf`, /^( +environments +=) .*$/m, names.map((name) => `"${name}"`).join(', '), ' ');
  }
}

/** Replaces the list after a text; it may be up to date already. */
function edit(fork: Fork, file: string, place: RegExp, list: string, space: string): void {
  if (place.exec(fork.read(file))?.[0].endsWith(`[${list}]`)) return;
  fork.edit(file, (text) => text.replace(place, (_, before: string) => `${before}${space}[${list}]`));
}
