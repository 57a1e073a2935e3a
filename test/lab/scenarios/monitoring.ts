import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { load } from 'js-yaml';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { at, listAt, type Manifest, textAt } from '../../../charts/lib/manifest.ts';
import { builtProgram } from '../build.ts';
import { readManifests } from '../control-plane.ts';
import { Alerting } from './alerting.ts';
import { type Generated, generated, groupsOf } from './generated.ts';
import { type Rehearsal, say } from './rehearsal.ts';

const run = promisify(execFile);

/** Programs of labs with real nodes, which a lab with simulated ones does not build. */
const [prometheus, promtool, alertmanager, amtool] = (
  ['prometheus', 'promtool', 'alertmanager', 'amtool'] as const
).map((name) => builtProgram(name));

/** Where the pods of Prometheus have what their configuration names. */
const RULES = '/etc/prometheus/rules';
const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';
/** Where the operator's own metrics are, as the lab names it. */
const OPERATOR = 'prometheus-operator/prometheus-operator port 8080';
/** Kinds that become jobs, with the first part of the jobs' names. */
const JOBS = { PodMonitor: 'podMonitor', Probe: 'probe', ScrapeConfig: 'scrapeConfig' } as const;

/** Tests of what the Prometheus Operator makes of the cluster `test-eks`, and of the way of an alert. */
export function testMonitoring(rehearsal: () => Rehearsal): void {
  let folder: string;
  let made: Generated;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'slipway-monitoring-'));
    made = await generated(rehearsal().lab.plane.api);
    writeFileSync(join(folder, 'alertmanager.yaml'), made.alertmanager);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  if (!prometheus || !promtool || !alertmanager || !amtool)
    console.warn(
      'Prometheus and Alertmanager do not run: they are not built. Build them with `npm run lab -- build --real`.',
    );

  testObjects(rehearsal, () => made);

  test.skipIf(!promtool)('Prometheus takes the configuration and all rules without a warning', async () => {
    const out = await said(promtool!, ['check', 'config', '--lint=all', '--lint-fatal', written(made, folder)]);
    const rules = groupsOf(made).flatMap((group) => listAt(group, 'rules')).length;
    say(`${rules} rules`);
    expect(out).toContain('is valid prometheus config file syntax');
    expect([...out.matchAll(/(\d+) rules found/g)].reduce((sum, [, count]) => sum + Number(count), 0)).toBe(rules);
    expect(out).not.toMatch(/FAILED|warn|error/i);
  });

  test.skipIf(!amtool)('Alertmanager takes the configuration without a warning', async () => {
    const out = await said(amtool!, ['check-config', join(folder, 'alertmanager.yaml')]);
    expect(out).toContain('SUCCESS');
    expect(out).toContain(' - 5 receivers');
    expect(out).not.toMatch(/FAILED|warn|error/i);
  });

  // Labels of an alert, and who is told.
  test.skipIf(!amtool).each([
    ['alertname=Watchdog severity=info', 'deadman'],
    ['severity=critical', 'oncall'],
    ['severity=critical namespace=mongo', 'oncall'],
    ['severity=warning namespace=mongo', 'team'],
    ['severity=info namespace=mongo', 'nobody'],
    ['severity=warning namespace=ledger', 'ledger'],
    ['severity=warning namespace=reports', 'ledger'],
    ['severity=warning namespace=ledger-two', 'team'],
    ['severity=critical namespace=ledger', 'oncall'],
    ['severity=info namespace=ledger', 'nobody'],
    ['alertname=Unknown', 'nobody'],
  ])('of an alert with %s, %s is told', async (labels, receiver) => {
    const args = ['config', 'routes', 'test', `--config.file=${join(folder, 'alertmanager.yaml')}`];
    expect((await said(amtool!, [...args, ...labels.split(' ')])).trim()).toBe(`alertmanager/main/${receiver}`);
  });

  testAlerting(rehearsal, () => made);
}

/** Tests that the operator has left nothing out, and made pods as the objects say. */
function testObjects(rehearsal: () => Rehearsal, made: () => Generated): void {
  const dist = (...kinds: readonly string[]): Manifest[] => {
    const { checkout, lab } = rehearsal();
    return readManifests(join(checkout.folder, 'dist', lab.props.cluster.name)).filter(({ kind }) =>
      kinds.includes(kind),
    );
  };

  test('every monitor, probe and scrape configuration is a job', () => {
    const wanted = dist(...Object.keys(JOBS)).map(
      ({ kind, metadata }) => `${JOBS[kind as keyof typeof JOBS]}/${metadata.namespace}/${metadata.name}`,
    );
    const jobs = listAt(load(made().prometheus), 'scrape_configs').map((job) => textAt(job, 'job_name') ?? '');
    expect(wanted.length).toBeGreaterThan(20);
    // Those of monitors end with the number of the endpoint.
    expect([...new Set(jobs.map((job) => job.replace(/^(podMonitor\/.*)\/\d+$/, '$1')))].sort()).toEqual(wanted.sort());
    const endpoints = dist('PodMonitor').flatMap(({ spec }) => listAt(spec, 'podMetricsEndpoints'));
    expect(jobs.filter((job) => job.startsWith('podMonitor/'))).toHaveLength(endpoints.length);
  });

  test('every rule is in the rule files', () => {
    const byName = (groups: readonly unknown[]) =>
      groups.toSorted((a, b) => textAt(a, 'name')!.localeCompare(textAt(b, 'name')!));
    const wanted = dist('PrometheusRule').flatMap(({ spec }) => listAt(spec, 'groups'));
    expect(wanted.length).toBeGreaterThan(10);
    expect(byName(groupsOf(made()))).toEqual(byName(wanted));
  });

  test('the operator has taken every object and rejected none', async () => {
    const metrics = await (await fetch(`http://${rehearsal().lab.nodes.addresses()[OPERATOR]}/metrics`)).text();
    const counts = (state: string): Record<string, number> =>
      Object.fromEntries(
        [...metrics.matchAll(/^prometheus_operator_managed_resources\{(.*)\} (\d+)$/gm)]
          .filter(([, labels]) => labels!.includes('controller="prometheus"') && labels!.includes(`state="${state}"`))
          .map(([, labels, count]) => [/resource="(\w+)"/.exec(labels!)![1]!, Number(count)]),
      );
    const kinds = ['PodMonitor', 'Probe', 'PrometheusRule', 'ScrapeConfig', 'ServiceMonitor'];
    expect(counts('selected')).toEqual(Object.fromEntries(kinds.map((kind) => [kind, dist(kind).length])));
    expect(counts('rejected')).toEqual(Object.fromEntries(kinds.map((kind) => [kind, 0])));
  });

  test.each([
    ['Prometheus', 'prometheus'],
    ['Alertmanager', 'alertmanager'],
  ])('the pods of %s are as its object says', async (kind, name) => {
    const [object] = dist(kind);
    const set = await rehearsal().lab.plane.api.get(`/apis/apps/v1/namespaces/${name}/statefulsets/${name}-main`);
    const pod = at(set, 'spec', 'template', 'spec');
    const containers = [...listAt(pod, 'containers'), ...listAt(pod, 'initContainers')];
    const main = containers.find((container) => textAt(container, 'name') === name);
    expect(at(set, 'spec', 'replicas')).toBe(at(object, 'spec', 'replicas'));
    expect(at(main, 'image')).toBe(at(object, 'spec', 'image'));
    expect(at(main, 'resources')).toEqual(at(object, 'spec', 'resources'));
    for (const field of ['securityContext', 'serviceAccountName', 'affinity', 'nodeSelector', 'priorityClassName'])
      expect([field, at(pod, field)]).toEqual([field, at(object, 'spec', field)]);
    for (const container of containers)
      expect([textAt(container, 'name'), at(container, 'securityContext')]).toEqual([
        textAt(container, 'name'),
        { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
      ]);
  });
}

/** Tests that receivers hear of what happens, and of its end. */
function testAlerting(rehearsal: () => Rehearsal, made: () => Generated): void {
  describe.skipIf(!prometheus || !alertmanager)('alerts on their way', () => {
    let alerting: Alerting;
    beforeAll(async () => {
      const { processes, props } = rehearsal().lab;
      alerting = await Alerting.start({
        folder: join(props.folder, 'alerting'),
        processes,
        generated: made(),
        prometheus: prometheus!,
        alertmanager: alertmanager!,
      });
    });
    afterAll(() => alerting?.end());

    test('the Watchdog reaches who waits for it', async () => {
      const { text } = await alerting.receivers.next('deadman.example.com', ['"Watchdog"', '"firing"']);
      const [alert] = listAt(JSON.parse(text), 'alerts');
      // Not which of the servers sends it: Alertmanager takes what two of them send for one alert.
      expect(at(alert, 'labels')).toEqual({
        alertname: 'Watchdog',
        cluster: 'test-eks',
        prometheus: 'prometheus/main',
        severity: 'info',
      });
      expect(at(alert, 'annotations')).toEqual({
        summary: expect.stringContaining('alerts are evaluated'),
        impact: expect.stringContaining('always fires'),
        runbook_url: expect.stringMatching(/^https:.*\/docs\/runbooks\/monitoring\.md$/),
      });
    });

    test('a critical alert becomes an incident', async () => {
      // Nothing answers here but one service.
      const { text } = await alerting.receivers.next('events.pagerduty.com', ['GatewayDown']);
      const event: unknown = JSON.parse(text);
      expect(at(event, 'event_action')).toBe('trigger');
      expect(at(event, 'routing_key')).toMatch(/^[0-9a-f]{40}$/);
      expect(at(event, 'payload', 'severity')).toBe('critical');
      expect(at(event, 'payload', 'summary')).toBe('1 firing: GatewayDown (critical) in test-eks');
      expect(textAt(event, 'payload', 'custom_details', 'alerts')).toMatch(
        /\nhttps:.*\/docs\/runbooks\/gateway-errors\.md\n/,
      );
    });

    test.each([
      {
        how: 'that has ended',
        stop: () => alerting.endService(),
        resume: () => alerting.restartService(),
      },
      {
        how: 'that hangs',
        stop: () => Promise.resolve(alerting.signalService('SIGSTOP')),
        resume: () => Promise.resolve(alerting.signalService('SIGCONT')),
      },
    ])('people hear of a service $how, and that it is back', async ({ stop, resume }) => {
      await stop();
      const fired = await attachment('1 firing: TargetDown (warning) in test-eks');
      expect(fired).toEqual([
        '100% of the targets of hello/hello do not answer',
        'other alerts about them see nothing; the pods may be down too',
        expect.stringMatching(/^https:.*\/docs\/runbooks\/monitoring\.md$/),
      ]);
      await resume();
      expect(await attachment('resolved: TargetDown (warning) in test-eks')).toEqual(fired);
    });

    /** Lines of the next message in Slack with a title. */
    async function attachment(title: string): Promise<string[]> {
      const started = Date.now();
      const { text } = await alerting.receivers.next('given.example.net', ['#operations', title]);
      say(`${((Date.now() - started) / 1000).toFixed(1)} s until "${title}"`);
      return textAt(JSON.parse(text), 'attachments', 0, 'text')?.trim().split('\n') ?? [];
    }
  });
}

/** Writes the configuration of Prometheus with all files that it names. @returns its path */
function written({ prometheus: text, rules }: Generated, folder: string): string {
  for (const [map, files] of Object.entries(rules)) {
    mkdirSync(join(folder, 'rules', map), { recursive: true });
    for (const [name, rule] of Object.entries(files)) writeFileSync(join(folder, 'rules', map, name), rule);
  }
  mkdirSync(join(folder, 'account'));
  for (const name of ['token', 'ca.crt']) writeFileSync(join(folder, 'account', name), '');
  const file = join(folder, 'prometheus.yaml');
  const here = text
    .replaceAll(RULES, join(folder, 'rules'))
    .replaceAll(ACCOUNT, join(folder, 'account'))
    .replaceAll('$(POD_NAME)', 'prometheus-main-0');
  writeFileSync(file, here);
  return file;
}

/** What a program prints. @throws Error with it, if the program fails */
async function said(program: string, args: readonly string[]): Promise<string> {
  try {
    const { stdout, stderr } = await run(program, args);
    return `${stdout}${stderr}`;
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`${program} ${args.join(' ')}\n${stdout}${stderr}`, { cause: error });
  }
}
