import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { INSTANCE, NAME } from '../../charts/lib/labels.ts';
import { label, type Manifest, textAt } from '../../charts/lib/manifest.ts';
import { mapAt, repeated } from '../lib/cluster-objects.ts';
import { REPOSITORY } from '../lib/load-fleet.ts';
import type { Port } from '../lib/pods.ts';
import { type Endpoint, Network } from '../lib/policies.ts';
import { type Rule, rulesOf } from '../lib/rules.ts';
import { monitoringObjects, readersOf, scrapesOf, type Target } from '../lib/scrapes.ts';
import { invariant } from './invariant.ts';

/** A port that nobody scrapes is a program that nobody watches; one scraped twice counts double in every sum. */
export const metricsScraped = invariant('every port for metrics is scraped by one endpoint of a monitor', (cluster) => {
  if (monitoringObjects(cluster, 'Prometheus').length === 0) return [];
  const network = new Network(cluster);
  const scrapes = scrapesOf(cluster, network).filter(({ monitor }) => readersOf(cluster, monitor).length > 0);
  return network.endpoints
    .filter(({ unmanaged }) => !unmanaged)
    .flatMap((pods) =>
      pods.ports.filter(isForMetrics).flatMap((port) => {
        const by = scrapes.filter(({ targets }) => targets.some((one) => one.pods === pods && one.port === port));
        if (by.length === 1) return [];
        const monitors = by.map(({ monitor }) => label(monitor)).join(' and ');
        return [
          `port "${port.name}" of ${pods.label} is scraped by ${monitors || 'no monitor that a Prometheus reads'}`,
        ];
      }),
    );
});

function isForMetrics({ name = '' }: Port): boolean {
  return name === 'metrics' || name.endsWith('-metrics');
}

/** Prometheus drops a target without the port, and says nothing. What a monitor must select is the order's to check. */
export const monitorPorts = invariant('every endpoint of a monitor is a port of all that it selects', (cluster) =>
  scrapesOf(cluster, new Network(cluster)).flatMap(({ monitor, wanted, without }) =>
    without.map((one) => `${label(monitor)} scrapes port ${wanted}, which ${one} does not have`),
  ),
);

/** A scrape that a policy drops looks like a program that is down. */
export const targetsReachable = invariant('every Prometheus may call what it scrapes', (cluster) => {
  const network = new Network(cluster);
  const sentences = scrapesOf(cluster, network).flatMap(({ monitor, targets }) =>
    readersOf(cluster, monitor).flatMap((server) => {
      const pods = network.endpoints.filter((one) => isPodOf(server, one));
      return targets.flatMap((target) => pods.flatMap((client) => obstacles(network, server, client, target)));
    }),
  );
  return [...new Set(sentences)];
});

/** Pods of a Prometheus object have the labels by which the operator selects them. */
function isPodOf({ metadata }: Manifest, { namespace, labels }: Endpoint): boolean {
  return namespace === metadata.namespace && labels[NAME] === 'prometheus' && labels[INSTANCE] === metadata.name;
}

/** The directions in which policies deny a call; those of a namespace that is not in dist are not known. */
function obstacles(network: Network, server: Manifest, client: Endpoint, { pods, port }: Target): string[] {
  const call = `${label(server)} may not call port ${port.name ?? port.containerPort} of ${pods.label}`;
  return [
    ...(client.policiesKnown && !network.allows('egress', client, pods, port) ? [`${call}: its egress is denied`] : []),
    ...(pods.policiesKnown && !network.allows('ingress', pods, client, port)
      ? [`${call}: ingress is denied there`]
      : []),
  ];
}

/** How urgent an alert is; where it is sent depends on it. */
const SEVERITIES: ReadonlySet<string> = new Set(['critical', 'warning', 'info']);

/** Whoever is woken needs to know what is wrong, what it means, and what to do. */
export const alertsExplained = invariant('every alert has a severity, a summary, an impact and a runbook', (cluster) =>
  rulesOf(cluster).flatMap(({ owner, rule }) => {
    const name = textAt(rule, 'alert');
    if (name === undefined) return [];
    const says = (problem: string): string => `alert ${name} of ${label(owner)} ${problem}`;
    const severity = textAt(rule, 'labels', 'severity');
    const url = textAt(rule, 'annotations', 'runbook_url');
    const missing = ['summary', 'impact', 'runbook_url'].filter((one) => !textAt(rule, 'annotations', one)?.trim());
    return [
      ...(severity === undefined ? ['severity', ...missing] : missing).map((one) => says(`has no ${one}`)),
      ...(severity === undefined || SEVERITIES.has(severity) ? [] : [says(`has the unknown severity ${severity}`)]),
      ...(!url || isRunbook(url) ? [] : [says(`has a runbook_url that is no page of docs/runbooks: ${url}`)]),
    ];
  }),
);

function isRunbook(url: string): boolean {
  const page = URL.canParse(url) ? new URL(url).pathname.split('/').at(-1) : undefined;
  return page?.endsWith('.md') === true && existsSync(join(REPOSITORY, 'docs', 'runbooks', page));
}

/** Two rules that record the same series overwrite each other's samples. */
export const recordingsOwned = invariant('every recorded series is recorded by one rule', (cluster) =>
  inPlaces(rulesOf(cluster), ({ rule }) => {
    const name = textAt(rule, 'record');
    return name === undefined ? undefined : `${name}${labelsText(mapAt(rule, 'labels'))}`;
  }).map(([series, places]) => `${series} is recorded by ${places}`),
);

function labelsText(labels: Readonly<Record<string, string>>): string {
  const matchers = Object.keys(labels)
    .sort()
    .map((key) => `${key}="${labels[key]}"`);
  return matchers.length > 0 ? `{${matchers.join(', ')}}` : '';
}

/** Silences and cluster files name an alert. */
export const alertNames = invariant('every alert of a namespace has a name of its own', (cluster) => {
  const rules = rulesOf(cluster);
  const namespaces = [...new Set(rules.map(({ owner }) => owner.metadata.namespace))];
  return namespaces.flatMap((namespace) =>
    inPlaces(
      rules.filter(({ owner }) => owner.metadata.namespace === namespace),
      ({ rule }) => textAt(rule, 'alert'),
    ).map(([name, places]) => `alert ${name} is defined by ${places}`),
  );
});

/** What several rules define, with the objects that these are in. */
function inPlaces(rules: readonly Rule[], nameOf: (rule: Rule) => string | undefined): [string, string][] {
  const named = rules.flatMap((rule) => {
    const name = nameOf(rule);
    return name === undefined ? [] : [{ name, owner: label(rule.owner) }];
  });
  return repeated(named.map(({ name }) => name)).map((name) => {
    const owners = named.filter((one) => one.name === name).map(({ owner }) => owner);
    const distinct = [...new Set(owners)];
    return [name, distinct.length === 1 ? `${distinct[0]} ${owners.length} times` : distinct.join(' and ')];
  });
}
