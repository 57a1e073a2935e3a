import { describe, expect, it } from 'vitest';
import { prometheusOperator } from '../../../test/lib/prometheus-operator.ts';
import { Fault } from '../../fault.ts';
import { at, listAt, type Manifest, textAt } from '../../lib/manifest.ts';
import type { SecretStore } from '../../lib/secrets.ts';
import { type ComponentManifests, manifestsOf } from '../../render/manifests.ts';
import type { Alert, Alerts } from '../../rules/rule.ts';
import { ALERTMANAGER, Alertmanager } from './alertmanager.ts';
import { alertmanagerSettings } from './settings.ts';

const secrets: SecretStore = {
  name: 'store',
  keyPrefix: 'test-',
  given: (name, reader) => {
    if (name === 'undeclared') throw new Fault({ what: `${reader} reads the secret "${name}"`, fix: 'declare it' });
    return { name, remoteKey: name };
  },
};

function render(settings: object = {}, alerts: readonly Alerts[] = []): ComponentManifests {
  const alertmanager = new Alertmanager({
    ...alertmanagerSettings.parse(settings),
    image: 'alertmanager:v0.34.2',
    operator: prometheusOperator({ prometheus: 'prometheus', alertmanager: ALERTMANAGER }),
    storage: { storageClassName: 'standard' },
    secrets,
  });
  alertmanager.expect(alerts.map((own, i) => ({ name: `group-${i}`, alerts: own })));
  alertmanager.dns = [{ namespace: 'kube-system' }];
  return manifestsOf(alertmanager);
}

function find({ manifests }: ComponentManifests, kind: string, name: string): Manifest {
  const found = manifests.find((m) => m.kind === kind && m.metadata.name === name);
  if (!found) throw new Error(`no ${kind} ${name}`);
  return found;
}

const configuration = (rendered: ComponentManifests): unknown =>
  at(find(rendered, 'AlertmanagerConfig', 'main'), 'spec');

/** Alertmanager with one receiver, which gets all. */
const withReceiver = (receiver: object): ComponentManifests =>
  render({ receivers: { team: receiver }, critical: 'team' });
const receiverOf = (rendered: ComponentManifests): unknown =>
  listAt(configuration(rendered), 'receivers').find((one) => textAt(one, 'name') === 'team');
const policy = (rendered: ComponentManifests): unknown => find(rendered, 'NetworkPolicy', 'server').spec;
const ports = (rendered: ComponentManifests): unknown[] =>
  listAt(policy(rendered), 'egress')
    .filter((rule) => JSON.stringify(at(rule, 'to')).includes('0.0.0.0/0'))
    .flatMap((rule) => listAt(rule, 'ports').map((port) => at(port, 'port')));

const PAGERDUTY = { pagerduty: { secret: 'alerts' } };
const SLACK = { slack: { secret: 'alerts', channel: '#operations' } };
const SECRET_WEBHOOK = { webhook: { secret: 'alerts' } };
const WEBHOOK = { webhook: { url: 'https://hooks.example.com:8443/alerts' } };
const EMAIL = {
  email: {
    to: 'ops@example.com',
    from: 'alerts@example.com',
    server: 'smtp.example.com:587',
    user: 'alerts',
    secret: 'alerts',
  },
};

describe('a receiver', () => {
  it.each([
    ['pagerduty', PAGERDUTY, 'routingKey', ['pagerdutyConfigs', 0, 'routingKey']],
    ['slack', SLACK, 'url', ['slackConfigs', 0, 'apiURL']],
    ['email', EMAIL, 'password', ['emailConfigs', 0, 'authPassword']],
    ['webhook', SECRET_WEBHOOK, 'url', ['webhookConfigs', 0, 'urlSecret']],
  ])('%s reads the key of its entry of the store', (way, settings, key, path) => {
    const rendered = withReceiver(settings);
    expect(at(receiverOf(rendered), ...path)).toEqual({ name: `team-${way}`, key });
    expect(listAt(find(rendered, 'ExternalSecret', `team-${way}`), 'spec', 'data')).toEqual([
      { secretKey: key, remoteRef: { key: 'alerts', property: key } },
    ]);
    expect(at(receiverOf(rendered), path[0] ?? '', 0, 'sendResolved')).toBe(true);
  });

  it('has a Secret for each way, also if two read a key of the same name', () => {
    const rendered = withReceiver({ ...SLACK, ...SECRET_WEBHOOK });
    expect(
      rendered.manifests.flatMap(({ kind, metadata }) => (kind === 'ExternalSecret' ? [metadata.name] : [])).toSorted(),
    ).toEqual(['team-slack', 'team-webhook']);
  });

  it('of a webhook that is no secret has its address', () => {
    expect(at(receiverOf(withReceiver(WEBHOOK)), 'webhookConfigs')).toEqual([
      { url: 'https://hooks.example.com:8443/alerts', sendResolved: true },
    ]);
  });

  it('of e-mail without a user has no password, and TLS', () => {
    const { to, from, server } = EMAIL.email;
    expect(at(receiverOf(withReceiver({ email: { to, from, server } })), 'emailConfigs', 0)).toMatchObject({
      to,
      from,
      smarthost: server,
      requireTLS: true,
    });
    expect(at(receiverOf(withReceiver({ email: { to, from, server } })), 'emailConfigs', 0, 'authPassword')).toBe(
      undefined,
    );
  });

  it('of an entry that the cluster does not declare is a mistake, which names the receiver', () => {
    expect(() => withReceiver({ pagerduty: { secret: 'undeclared' } })).toThrow('alertmanager.receivers.team reads');
  });
});

describe('egress', () => {
  it.each([
    ['PagerDuty', PAGERDUTY, [443]],
    ['Slack', SLACK, [443]],
    ['a webhook', WEBHOOK, [8443]],
    ['a webhook whose address is a secret', SECRET_WEBHOOK, [443]],
    ['e-mail', EMAIL, [587]],
    ['several', { ...PAGERDUTY, ...SLACK, ...EMAIL }, [443, 587]],
  ])('to %s is open at its port: %j', (_, settings, expected) => {
    expect(ports(withReceiver(settings))).toEqual(expected);
  });

  it('without receivers is closed', () => {
    expect(ports(render())).toEqual([]);
  });
});

describe('routes', () => {
  const route = (settings: object): readonly unknown[] => listAt(configuration(render(settings)), 'route', 'routes');
  const receivers = Object.fromEntries(['oncall', 'team', 'shop', 'deadman'].map((name) => [name, PAGERDUTY]));
  const all = route({
    receivers,
    critical: 'oncall',
    warning: 'team',
    watchdog: 'deadman',
    teams: { shop: { namespaces: ['shop', 'basket'], warning: 'shop' } },
  });
  const severity = (value: string): object => ({ name: 'severity', value, matchType: '=' });

  it('are first of the watchdog, then of teams, then of everybody', () => {
    expect(all).toEqual([
      expect.objectContaining({
        receiver: 'deadman',
        matchers: [{ name: 'alertname', value: 'Watchdog', matchType: '=' }],
      }),
      {
        receiver: 'shop',
        matchers: [{ name: 'namespace', value: 'shop|basket', matchType: '=~' }, severity('warning')],
      },
      { receiver: 'oncall', matchers: [severity('critical')] },
      { receiver: 'team', matchers: [severity('warning')] },
    ]);
  });

  it('of the watchdog repeat it every few minutes', () => {
    expect(all[0]).toMatchObject({ groupWait: '0s', repeatInterval: '5m' });
  });

  it('without receivers are of nobody', () => {
    expect(configuration(render())).toMatchObject({ receivers: [{ name: 'nobody' }], route: { receiver: 'nobody' } });
    expect(route({}).map((one) => textAt(one, 'receiver'))).toEqual(['nobody']);
  });
});

describe('alerts', () => {
  const alert: Alert = { expr: 'up', severity: 'info', summary: 's', impact: 'i', runbook: 'r' };
  const node: Alert = { ...alert, mutedBy: { NodeAway: ['node'] } };
  const rules = (...alerts: Readonly<Record<string, Alert>>[]): readonly unknown[] =>
    listAt(configuration(render({}, alerts)), 'inhibitRules');
  const named = (value: string, matchType = '='): object => ({ name: 'alertname', value, matchType });

  it('are quiet while one fires by which they are muted, of whichever component', () => {
    expect(
      rules({ PodAway: node, NodeAway: alert }, { DiskFull: node, Slow: { ...alert, mutedBy: { Down: [] } } }),
    ).toEqual([{ sourceMatch: [named('NodeAway')], targetMatch: [named('PodAway|DiskFull', '=~')], equal: ['node'] }]);
    expect(
      rules({ Slow: { ...alert, mutedBy: { NodeAway: ['node'], Down: [] } } }, { NodeAway: alert, Down: alert }),
    ).toEqual([
      { sourceMatch: [named('NodeAway')], targetMatch: [named('Slow', '=~')], equal: ['node'] },
      { sourceMatch: [named('Down')], targetMatch: [named('Slow', '=~')] },
    ]);
  });

  it('that no other mutes, or one that the cluster does not have, need no rule', () => {
    expect(rules({ PodAway: node })).toEqual([]);
    expect(rules({ NodeAway: alert })).toEqual([]);
  });
});

describe('Alertmanager main', () => {
  const mesh = (replicas: number): boolean => JSON.stringify(policy(render({ replicas }))).includes('9094');

  it('has the configuration of all alerts', () => {
    expect(find(render(), 'Alertmanager', 'main').spec).toMatchObject({
      alertmanagerConfiguration: { name: 'main' },
      version: 'v0.34.2',
    });
  });

  it('has a mesh only with several servers, which find each other before they are ready', () => {
    expect([1, 3].map(mesh)).toEqual([false, true]);
    expect(find(render({ replicas: 3 }), 'Service', 'alertmanager-pods').spec).toMatchObject({
      clusterIP: 'None',
      publishNotReadyAddresses: true,
    });
  });

  it('with several servers has a PodDisruptionBudget', () => {
    expect(find(render({ replicas: 3 }), 'PodDisruptionBudget', 'main').spec).toMatchObject({ maxUnavailable: 1 });
    expect(render().manifests.filter(({ kind }) => kind === 'PodDisruptionBudget')).toEqual([]);
  });

  it('has no token', () => {
    expect(at(find(render(), 'Alertmanager', 'main'), 'spec', 'automountServiceAccountToken')).toBe(false);
  });
});

describe('settings', () => {
  const { user: _, ...withoutUser } = EMAIL.email;

  it('accept a namespace of two teams that want different alerts', () => {
    const teams = { shop: { namespaces: ['shop'], warning: 'team' }, till: { namespaces: ['shop'], critical: 'team' } };
    expect(alertmanagerSettings.safeParse({ receivers: { team: PAGERDUTY }, teams }).success).toBe(true);
  });

  it.each([
    ['a receiver that is told in no way', { receivers: { team: {} }, critical: 'team' }, 'must say how'],
    ['a receiver of nothing', { receivers: { nobody: PAGERDUTY }, critical: 'nobody' }, 'must not be "nobody"'],
    ['a receiver that nothing is sent to', { receivers: { team: PAGERDUTY } }, 'nothing is sent to it'],
    ['an unknown receiver', { critical: 'team' }, 'there is none; add "receivers"'],
    ['a team without a receiver', { teams: { shop: { namespaces: ['shop'] } } }, 'must name a receiver'],
    [
      'a namespace of two teams that want the same alerts',
      {
        receivers: { team: PAGERDUTY },
        teams: {
          shop: { namespaces: ['shop'], warning: 'team' },
          till: { namespaces: ['till', 'shop'], critical: 'team', warning: 'team' },
        },
      },
      'must be another namespace: its warning alerts go to the team "shop"',
    ],
    [
      'a mail server at no port',
      { receivers: { team: { email: { ...EMAIL.email, server: 'smtp.example.com:0' } } }, critical: 'team' },
      'a port from 1',
    ],
    ['a password without a user', { receivers: { team: { email: withoutUser } }, critical: 'team' }, 'both "user"'],
  ])('reject %s', (__, wrong, message) => {
    expect(JSON.stringify(alertmanagerSettings.safeParse(wrong).error?.issues ?? [])).toContain(
      JSON.stringify(message).slice(1, -1),
    );
  });
});
