import { entry } from '../lib/cluster-files.ts';
import { RINGS_FILE } from '../../charts/rings.ts';
import type { Fork } from './fork.ts';

/** Removes a service. */
export function withoutService(fork: Fork, name: string): void {
  fork.run('remove', 'service', name);
}

export const NEW_SERVICE = 'order-desk';

/** Adds a service like another one. */
export function addService(fork: Fork, like: string): void {
  fork.run('new', 'service', NEW_SERVICE, '--like', like);
}

/** Removes Postfacto from every cluster, but not its code. */
export function withoutPostfacto(fork: Fork): void {
  withoutSections(fork, ['postfacto']);
}

/** Removes those of some sections that a cluster has. */
function withoutSections(fork: Fork, sections: readonly string[]): void {
  const has = (name: string, section: string): boolean => entry(section).test(fork.read(`clusters/${name}/cluster.ts`));
  const there = sections.filter((section) => fork.clusters.some((name) => has(name, section)));
  if (there.length > 0) fork.run('remove', 'section', ...there);
}

export const NEW_COMPONENT = 'team-wiki';

/** Adds a web application to all clusters. */
export function addComponent(fork: Fork): void {
  fork.run('new', 'component', NEW_COMPONENT, '--image', 'ghcr.io/acme/wiki:1.2.3');
}

/** Adds a rule that all clusters meet. */
export function addInvariant(fork: Fork): void {
  const label = 'metadata.labels[pod-security.kubernetes.io/enforce]';
  fork.run('new', 'invariant', 'pod-security-levels', '--kind', 'Namespace', '--has', label);
}

/** Removes a component with its code. */
export function withoutComponent(fork: Fork, name: string): void {
  fork.run('remove', 'component', name);
}

/** The services of the repository. */
export function servicesOf(fork: Fork): string[] {
  return fork.list('apps').filter((name) => fork.has(`apps/${name}/Dockerfile`));
}

/** Removes MongoDB from every cluster, with the services that store their data in it. */
export function withoutMongo(fork: Fork): void {
  const onMongo = servicesOf(fork).filter((name) => fork.read(`apps/${name}/package.json`).includes('mongoose'));
  if (onMongo.length > 0) fork.run('remove', 'service', ...onMongo);
  withoutSections(fork, ['mongo']);
}

/** Removes monitoring from every cluster, but not its code. */
export function withoutMonitoring(fork: Fork): void {
  const exporters = ['nodeExporter', 'kubeStateMetrics', 'blackboxExporter'];
  withoutSections(fork, ['alertmanager', 'grafana', ...exporters, 'prometheus', 'prometheusOperator']);
}

/** Removes MongoDB, Postfacto and all services. */
export function withoutSamples(fork: Fork): void {
  withoutMongo(fork);
  withoutPostfacto(fork);
  const services = servicesOf(fork);
  if (services.length > 0) fork.run('remove', 'service', ...services);
}

/** Removes clusters. */
export function withoutClusters(fork: Fork, is: (name: string) => boolean): void {
  fork.run('remove', 'cluster', ...fork.clusters.filter(is));
}

/** Gives a cluster another name, and domain. */
export function renameCluster(fork: Fork, from: string, to: string): void {
  addCluster(fork, from, to);
  fork.run('remove', 'cluster', from);
}

/** The facts of a cluster say which one they are about. */
function nameFacts(fork: Fork, from: string, to: string): void {
  const file = `clusters/${to}/facts.json`;
  if (fork.has(file)) fork.edit(file, (text) => text.replace(`"cluster_name": "${from}"`, `"cluster_name": "${to}"`));
}

/** Adds a cluster like another one, with its own subdomain, as if Terraform had made it. */
export function addCluster(fork: Fork, model: string, name: string): void {
  const [, domain = ''] = /\bdomain: '([^']*)'/.exec(fork.read(`clusters/${model}/cluster.ts`)) ?? [];
  fork.run('new', 'cluster', name, '--like', model, '--domain', `${name}.${domain}`);
  if (!fork.has(`clusters/${model}/facts.json`)) return;
  fork.copy(`clusters/${model}/facts.json`, `clusters/${name}/facts.json`);
  ownFacts(fork, name);
  nameFacts(fork, model, name);
}

/** Adds a cluster whose facts people write, in a ring of its own: the one of the product tests, with everything. */
export function addGenericCluster(fork: Fork, name: string): void {
  fork.copy('test/fleets/clusters/test-generic', `clusters/${name}`);
  fork.copy('test/fleets/clusters/pins/first', `clusters/pins/${name}`);
  fork.edit(RINGS_FILE, (text) => text.replace(/^\}\);$/m, `  ${name}: { clusters: ['${name}'] },\n$&`));
  fork.edit(`clusters/${name}/cluster.ts`, (text) => text.replace('../../../../charts/', '../../charts/'));
  fork.run('synth', '--prune-pins');
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

/** Makes the fork another organization's, with some clusters and without some of the samples; twice, which must change nothing. */
export function initialised(
  fork: Fork,
  clusters: readonly string[],
  without: readonly string[],
  options: readonly string[] = [],
): void {
  const leaves = without.length > 0 ? ['--without', without.join(',')] : [];
  const command = [...ACME, '--clusters', clusters.join(','), ...leaves, ...options];
  fork.run(...command);
  const again = fork.run(...command);
  if (!again.startsWith('nothing to change')) throw new Error(`the same command changes something again:\n${again}`);
}

const ACME = [
  'init',
  '--yes',
  '--organization',
  'acme',
  '--repository',
  'https://github.com/acme/platform.git',
  '--domain',
  'clouds.acme.dev',
  '--email',
  'ops@acme.dev',
] as const;

/** Options of a fork whose images are in the registry that bootstrap makes with a cluster; none if it makes none. */
export function ownRegistry(cloud: string, cluster = ''): string[] {
  const registries: Readonly<Record<string, string>> = {
    aks: `acme${cluster.replaceAll('-', '')}.azurecr.io/platform`,
    eks: `111122223333.dkr.ecr.us-east-1.amazonaws.com/acme-${cluster}`,
  };
  return registries[cloud] === undefined ? [] : ['--registry', registries[cloud]];
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
