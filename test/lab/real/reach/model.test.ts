import { describe, expect, it } from 'vitest';
import type { Manifest } from '../../../../charts/lib/manifest.ts';
import { renderTestFleet } from '../../../lib/fleet.ts';
import { expected, type LiveObjects, type Target } from './model.ts';
import { API_SERVER_ADDRESS, liveObjectsOf, NODE } from './offline.ts';
import { places, targetsOf } from './targets.ts';

const object = (kind: string, namespace: string | undefined, name: string, rest: object, labels = {}): Manifest => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, namespace, labels },
  ...rest,
});

interface PodFields {
  readonly labels?: Readonly<Record<string, string>>;
  readonly spec?: object;
  readonly node?: string;
  readonly ready?: boolean;
}

const pod = (
  namespace: string,
  name: string,
  podIP: string,
  { labels = { app: name }, spec, node, ready = true }: PodFields = {},
): Manifest =>
  object(
    'Pod',
    namespace,
    name,
    {
      spec: { containers: [{ name: 'main', ports: [{ name: 'http', containerPort: 8080 }] }], ...spec },
      status: {
        phase: 'Running',
        podIP,
        hostIP: node ?? '192.168.0.1',
        conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
      },
    },
    labels,
  );

const service = (name: string, spec: object): Manifest => object('Service', 'b', name, { spec });

const NAMESPACES = ['a', 'b'].map((name) =>
  object('Namespace', undefined, name, {}, { 'kubernetes.io/metadata.name': name, team: name }),
);
const CLIENT = pod('a', 'client', '10.244.0.2');
const SERVER = pod('b', 'server', '10.244.0.3');
const ON_HOST = pod('b', 'agent', '192.168.0.1', { spec: { hostNetwork: true } });

/** A NetworkPolicy in a namespace: of client's (`a`) or of server's (`b`) pods. */
const policy = (namespace: 'a' | 'b', spec: object, name = 'rule'): Manifest =>
  object('NetworkPolicy', namespace, name, { spec: { podSelector: {}, ...spec } });
const ingress = (rules: readonly object[], rest = {}): Manifest =>
  policy('b', { policyTypes: ['Ingress'], ingress: rules, ...rest });
const egress = (rules: readonly object[], rest = {}): Manifest =>
  policy('a', { policyTypes: ['Egress'], egress: rules, ...rest });

interface Attempted {
  readonly address?: string;
  readonly port?: number;
  readonly protocol?: Target['protocol'];
  readonly source?: string;
  readonly pods?: readonly Manifest[];
  readonly services?: readonly Manifest[];
}

function decide(policies: readonly Manifest[], attempted: Attempted = {}): { verdict: string; by: string } {
  const { address = '10.244.0.3', port = 8080, protocol = 'TCP', source = 'a/client', services = [] } = attempted;
  const objects: LiveObjects = {
    pods: attempted.pods ?? [CLIENT, SERVER, ON_HOST],
    namespaces: NAMESPACES,
    services,
    policies,
  };
  const target: Target = { name: 'it', address, port, protocol, service: false };
  const one = expected(objects, [target], API_SERVER_ADDRESS).find((e) => e.source === source)!;
  return { verdict: one.verdict, by: one.by };
}

describe('the model of NetworkPolicies', () => {
  const from = (...peers: readonly object[]): Manifest => ingress([{ from: peers }]);
  const to = (...peers: readonly object[]): Manifest => egress([{ to: peers }]);
  const onPorts = (...ports: readonly object[]): Manifest => ingress([{ ports }]);
  const labels = (matchLabels: object): object => ({ matchLabels });
  const expression = (key: string, operator: string, values?: readonly string[]): object => ({
    matchExpressions: [{ key, operator, ...(values && { values }) }],
  });
  const node: Attempted = { address: '192.168.0.1', port: 10250 };
  const outside: Attempted = { address: '203.0.113.9', port: 443 };

  it.each<[string, 'allowed' | 'denied', Manifest[], Attempted?]>([
    ['without a policy, all is allowed', 'allowed', []],
    ['a policy of other pods does not apply', 'allowed', [ingress([], { podSelector: labels({ app: 'other' }) })]],
    ['a policy of the same labels in another namespace does not apply', 'allowed', [policy('a', {})]],
    ['a policy without rules denies', 'denied', [ingress([])]],
    ['a policy that lists no rules denies', 'denied', [policy('b', { policyTypes: ['Ingress'] })]],
    ['an empty rule allows all', 'allowed', [ingress([{}])]],
    ['an empty list of sources allows all', 'allowed', [ingress([{ from: [] }])]],
    ['an empty list of ports allows all', 'allowed', [ingress([{ ports: [] }])]],
    ['an empty list of destinations allows all', 'allowed', [egress([{ to: [] }])]],
    ['policies add up', 'allowed', [ingress([]), policy('b', { ingress: [{}] }, 'second')]],
    ['both ends must allow: the sender does not', 'denied', [ingress([{}]), egress([])]],
    ['both ends must allow: the receiver does not', 'denied', [ingress([]), egress([{}])]],
    ['a policy for ingress leaves egress alone', 'allowed', [policy('a', { policyTypes: ['Ingress'] })]],
    ['a policy for egress leaves ingress alone', 'allowed', [policy('b', { policyTypes: ['Egress'] })]],
    ['without types, ingress is meant', 'denied', [policy('b', {})]],
    ['without types and rules for egress, egress is not meant', 'allowed', [policy('a', { egress: [] })]],
    ['without types, rules for egress mean egress', 'denied', [policy('a', { egress: [{ ports: [{ port: 1 }] }] })]],

    ['a pod selector means the namespace of the policy', 'denied', [from({ podSelector: {} })]],
    ['a namespace selector means all pods there', 'allowed', [from({ namespaceSelector: labels({ team: 'a' }) })]],
    ['another namespace is not meant', 'denied', [from({ namespaceSelector: labels({ team: 'b' }) })]],
    ['an empty namespace selector means all', 'allowed', [from({ namespaceSelector: {} })]],
    [
      'both selectors of one peer must match',
      'denied',
      [from({ namespaceSelector: {}, podSelector: labels({ app: 'x' }) })],
    ],
    [
      'one of two peers is enough',
      'allowed',
      [from({ podSelector: labels({ app: 'x' }) }, { namespaceSelector: labels({ team: 'a' }) })],
    ],
    ['In', 'allowed', [from({ namespaceSelector: expression('team', 'In', ['a', 'c']) })]],
    ['NotIn', 'denied', [from({ namespaceSelector: expression('team', 'NotIn', ['a']) })]],
    ['NotIn of an absent label', 'allowed', [from({ namespaceSelector: expression('other', 'NotIn', ['a']) })]],
    ['Exists', 'denied', [from({ namespaceSelector: expression('other', 'Exists') })]],
    ['DoesNotExist', 'allowed', [from({ namespaceSelector: expression('other', 'DoesNotExist') })]],

    ['a port', 'allowed', [onPorts({ port: 8080, protocol: 'TCP' })]],
    ['without a protocol, TCP is meant', 'allowed', [onPorts({ port: 8080 })]],
    ['another port', 'denied', [onPorts({ port: 8081 })]],
    ['another protocol', 'denied', [onPorts({ port: 8080, protocol: 'UDP' })]],
    ['a protocol alone', 'allowed', [onPorts({ protocol: 'TCP' })]],
    ['the last port of a range', 'allowed', [onPorts({ port: 8000, endPort: 8080 })]],
    ['past a range', 'denied', [onPorts({ port: 8000, endPort: 8079 })]],
    ['a port by its name in the pod', 'allowed', [onPorts({ port: 'http' })]],
    ['a name that the pod does not have', 'denied', [onPorts({ port: 'https' })]],
    ['a name on a port that does not have it', 'denied', [onPorts({ port: 'http' })], { port: 8081 }],
    ['a port that no container declares', 'allowed', [onPorts({ port: 9999 })], { port: 9999 }],
    [
      'a name in a rule for egress is looked up in the receiving pod',
      'allowed',
      [egress([{ to: [{ namespaceSelector: {} }], ports: [{ port: 'http' }] }])],
    ],
    ['a name outside the cluster', 'denied', [egress([{ ports: [{ port: 'http' }] }])], outside],

    ['a range with the address', 'allowed', [to({ ipBlock: { cidr: '203.0.113.0/24' } })], outside],
    ['a range without it', 'denied', [to({ ipBlock: { cidr: '198.51.100.0/24' } })], outside],
    [
      'an exception in a range',
      'denied',
      [to({ ipBlock: { cidr: '0.0.0.0/0', except: ['203.0.113.8/29'] } })],
      outside,
    ],
    ['a range of IPv6', 'denied', [to({ ipBlock: { cidr: '::/0' } })], outside],
    ['a selector is no address outside', 'denied', [to({ namespaceSelector: {} })], outside],
    ['a range with a pod', 'allowed', [to({ ipBlock: { cidr: '10.244.0.0/16' } })]],
    ['a range with the sending pod', 'allowed', [from({ ipBlock: { cidr: '10.244.0.2/32' } })]],

    ['the own node is an address for egress', 'denied', [egress([])], node],
    ['a range with the node', 'allowed', [to({ ipBlock: { cidr: '192.168.0.0/16' } })], node],
    ['a selector does not mean pods on the host network', 'denied', [to({ namespaceSelector: {} })], node],
    ['no policy applies to a pod on the host network', 'allowed', [ingress([])], node],
    ['the node of a pod may connect to it', 'allowed', [ingress([])], { source: 'b/agent' }],
    [
      'another node may not',
      'denied',
      [ingress([])],
      { source: 'b/agent', pods: [pod('b', 'server', '10.244.0.3', { node: '192.168.0.2' }), ON_HOST] },
    ],
    [
      'another node in a range may',
      'allowed',
      [from({ ipBlock: { cidr: '192.168.0.1/32' } })],
      { source: 'b/agent', pods: [pod('b', 'server', '10.244.0.3', { node: '192.168.0.2' }), ON_HOST] },
    ],
    ['a pod may connect to itself', 'allowed', [ingress([]), egress([])], { address: '10.244.0.2' }],
  ])('%s: %s', (_, verdict, policies, attempted) => {
    expect(decide(policies, attempted).verdict).toBe(verdict);
  });

  it('is not specified by one policy of both pods that opens one direction alone', () => {
    const replicas = ['10.244.0.4', '10.244.0.5'].map((address, i) =>
      pod('b', `replica-${i}`, address, { labels: { app: 'web' } }),
    );
    const target: Target = { name: 'replica-1', address: '10.244.0.5', port: 8080, protocol: 'TCP', service: false };
    const both = policy('b', { policyTypes: ['Ingress', 'Egress'], ingress: [{}], egress: [] });
    const decided = (policies: readonly Manifest[]) =>
      expected({ pods: replicas, namespaces: NAMESPACES, services: [], policies }, [target], API_SERVER_ADDRESS)[0]
        ?.verdict;
    expect(decided([both])).toBe('unspecified');
    // A rule of another policy does not help.
    const closed = policy('b', { policyTypes: ['Ingress', 'Egress'], ingress: [], egress: [] }, 'closed');
    expect(decided([closed, policy('b', { policyTypes: ['Ingress'], ingress: [{}] })])).toBe('denied');
  });

  it('names the policies that decide', () => {
    expect(decide([ingress([{}])]).by).toBe('egress: no policy; ingress: NetworkPolicy b/rule');
    expect(decide([ingress([])]).by).toBe('ingress: no rule of NetworkPolicy b/rule');
    expect(decide([egress([])]).by).toBe('egress: no rule of NetworkPolicy a/rule');
  });
});

describe('a connection through a Service', () => {
  const clusterIP = '10.96.0.9';
  const through: Attempted = { address: clusterIP, port: 80 };
  const selecting = (spec: object = {}): Manifest =>
    service('server', {
      clusterIP,
      selector: { app: 'server' },
      ports: [{ port: 80, targetPort: 'http' }],
      ...spec,
    });

  it('is decided on the address and port of the endpoint', () => {
    const services = [selecting()];
    expect(decide([ingress([{ ports: [{ port: 8080 }] }])], { ...through, services }).verdict).toBe('allowed');
    expect(decide([ingress([{ ports: [{ port: 80 }] }])], { ...through, services }).verdict).toBe('denied');
    const range = egress([{ to: [{ ipBlock: { cidr: `${clusterIP}/32` } }] }]);
    expect(decide([range], { ...through, services }).verdict).toBe('denied');
  });

  it('is denied without a ready endpoint', () => {
    const pods = [CLIENT, pod('b', 'server', '10.244.0.3', { ready: false })];
    const without = decide([], { ...through, pods, services: [selecting()] });
    expect(without).toEqual({ verdict: 'denied', by: 'it has no ready endpoint' });
    const published = selecting({ publishNotReadyAddresses: true });
    expect(decide([], { ...through, pods, services: [published] }).verdict).toBe('allowed');
  });

  it('is not specified if the endpoints differ, or if one is the pod itself', () => {
    const second = pod('b', 'second', '10.244.0.4', { labels: { app: 'server', role: 'closed' } });
    const closed = ingress([], { podSelector: { matchLabels: { role: 'closed' } } });
    const services = [selecting()];
    expect(decide([closed], { ...through, services, pods: [CLIENT, SERVER, second] }).verdict).toBe('unspecified');
    expect(decide([], { ...through, services, source: 'b/server' }).verdict).toBe('unspecified');
  });

  it('leads to the API server for the Service "kubernetes", and is not specified for others without a selector', () => {
    const kubernetes = object('Service', 'default', 'kubernetes', { spec: { clusterIP, ports: [{ port: 443 }] } });
    const allowed = egress([
      { to: [{ ipBlock: { cidr: `${API_SERVER_ADDRESS.address}/32` } }], ports: [{ port: 6443 }] },
    ]);
    const attempted = { address: clusterIP, port: 443, services: [kubernetes] };
    expect(decide([allowed], attempted).verdict).toBe('allowed');
    expect(decide([egress([])], attempted).verdict).toBe('denied');
    const other = service('other', { clusterIP, ports: [{ port: 443 }] });
    expect(decide([], { ...attempted, services: [other] }).verdict).toBe('unspecified');
  });
});

describe('targetsOf', () => {
  it('lists Services by their address, headless ones by endpoint, declared ports and places, each once', () => {
    const udp = { containers: [{ name: 'main', ports: [{ containerPort: 4000, protocol: 'UDP' }] }] };
    const { targets, leftOut } = targetsOf(
      {
        pods: [SERVER, pod('b', 'udp', '10.244.0.5', { spec: udp }), pod('b', 'other', '10.244.0.6')],
        namespaces: NAMESPACES,
        services: [
          service('server', { clusterIP: '10.96.0.9', selector: { app: 'server' }, ports: [{ port: 80 }] }),
          service('members', {
            clusterIP: 'None',
            selector: { app: 'server' },
            ports: [{ port: 1, targetPort: 'http' }],
          }),
        ],
        policies: [],
      },
      [{ name: 'outside', address: '203.0.113.9', port: 443 }],
    );
    expect(targets.map(({ name, address, port, service: own }) => [name, `${address}:${port}`, own])).toEqual([
      ['Service b/server:80', '10.96.0.9:80', true],
      ['Service b/members:1 at b/server = Pod b/server:8080', '10.244.0.3:8080', true],
      ['Pod b/other:8080', '10.244.0.6:8080', false],
      ['outside', '203.0.113.9:443', false],
    ]);
    expect(leftOut).toEqual(['Pod b/udp:4000: without an answer, an open UDP port looks like a denied one']);
  });
});

describe('rendered clusters', () => {
  it('have no pod with a policy that may reach a metadata service or the node', async () => {
    for (const cluster of await renderTestFleet()) {
      const objects = liveObjectsOf(cluster);
      const { targets } = targetsOf(objects, places([NODE], API_SERVER_ADDRESS, '203.0.113.9'));
      const forbidden = targets.filter(({ name }) => /metadata|platform|ssh/.test(name));
      expect(forbidden).toHaveLength(4);
      const reached = expected(objects, forbidden, API_SERVER_ADDRESS)
        .filter(({ verdict, by }) => verdict === 'allowed' && !by.includes('no policy; ingress: no policy'))
        .map(({ source, target, by }) => `${cluster.name}: ${source} → ${target.name}: ${by}`);
      expect(reached).toEqual([]);
    }
  });
});
