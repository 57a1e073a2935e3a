import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { at, listAt, type Manifest, textAt } from '../../../charts/lib/manifest.ts';
import { Component } from '../../../charts/component.ts';
import { internalAuthority } from '../../../charts/components/cert-manager/internal-authority.ts';
import { manifestsOf } from '../../../charts/render/manifests.ts';
import { renderTestFleet } from '../../lib/fleet.ts';
import { isTrue } from '../conditions.ts';
import { LAB_MANAGER } from '../control-plane.ts';
import { Authority } from '../pki.ts';
import { Rehearsal, say } from './rehearsal.ts';

const GATEWAYS = '/apis/gateway.networking.k8s.io/v1/namespaces/gateway/gateways/gateway';
const API_VERSION = 'gateway.networking.k8s.io/v1';
/** Of a cluster with Postfacto at `retro`. */
const CLUSTER = 'test-aks';
const DOMAIN = 'aks.example.net';
const OBJECTS = (await renderTestFleet())
  .filter(({ name }) => name === CLUSTER)
  .flatMap(({ objects }) => objects.map(({ manifest }) => manifest));
let rehearsal: Rehearsal;

// Of the gateway alone: the real Traefik, as the ServiceAccount of its Deployment.
beforeAll(async () => {
  rehearsal = await Rehearsal.of(CLUSTER);
  const { lab } = rehearsal;
  await lab.startPlane();
  const { api } = lab.plane;
  for (const namespace of ['gateway', 'hello', 'ledger', 'checkout'])
    await api.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }, { manager: LAB_MANAGER });
  const names = new Set(['Certificate', 'NetworkPolicy', 'Namespace']);
  const own = OBJECTS.filter(
    ({ kind, metadata }) =>
      kind === 'PriorityClass' || (metadata.labels?.['app.kubernetes.io/name'] === 'gateway' && !names.has(kind)),
  );
  for (const manifest of own) await api.apply(manifest, { manager: LAB_MANAGER });
  for (const manifest of namePolicies()) await api.apply(manifest, { manager: LAB_MANAGER });
  const authority = new Authority(lab.props.folder);
  authority.serving('wildcard');
  await api.apply(certificate(authority), { manager: LAB_MANAGER });
}, 600_000);
afterAll(() => rehearsal?.end());

function certificate(authority: Authority): Manifest {
  const data = Object.fromEntries(
    (['crt', 'key'] as const).map((end) => [
      `tls.${end}`,
      readFileSync(authority.path(`wildcard.${end}`)).toString('base64'),
    ]),
  );
  const metadata = { name: 'wildcard', namespace: 'gateway' };
  return { apiVersion: 'v1', kind: 'Secret', metadata, type: 'kubernetes.io/tls', data };
}

describe('the proxy', () => {
  test('serves its certificates, and may read the Secrets of no other namespace', async () => {
    await rehearsal.until('all listeners are programmed', async () => {
      const gateway = await rehearsal.lab.plane.api.get(GATEWAYS);
      const listeners = listAt(gateway, 'status', 'listeners');
      return listeners.length > 1 && listeners.every((status) => isTrue({ status }, 'Programmed'));
    });
    const reads = ['gateway', 'hello', 'kube-system', undefined].map((namespace) => mayListSecrets(namespace));
    expect(await Promise.all(reads)).toEqual([true, false, false, false]);
  });
});

async function mayListSecrets(namespace: string | undefined): Promise<boolean> {
  const { body } = await rehearsal.lab.plane.api.call('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SubjectAccessReview',
    spec: {
      user: 'system:serviceaccount:gateway:gateway',
      groups: ['system:serviceaccounts', 'system:authenticated'],
      resourceAttributes: { verb: 'list', resource: 'secrets', namespace },
    },
  });
  return at(body, 'status', 'allowed') === true;
}

describe('a route', () => {
  test.each([
    ['HTTPRoute', 'hello', [`hello.${DOMAIN}`]],
    ['GRPCRoute', 'hello', [`hello.${DOMAIN}`]],
    ['HTTPRoute', 'gateway', [`retro.${DOMAIN}`]],
    ['HTTPRoute', 'gateway', undefined],
  ])('%s in the namespace %s of its own hosts, or for challenges, is admitted', async (kind, namespace, hosts) => {
    expect(await refusal(route(kind, namespace, hosts))).toBeUndefined();
  });

  const OTHERS = `the host retro.${DOMAIN} is not one of the namespace hello, but of postfacto`;
  test.each([
    ['HTTPRoute', 'a host of others', [`retro.${DOMAIN}`], OTHERS],
    ['GRPCRoute', 'a host of others', [`retro.${DOMAIN}`], OTHERS],
    ['TLSRoute', 'a host of others', [`retro.${DOMAIN}`], OTHERS],
    ['HTTPRoute', 'a host of others besides its own', [`hello.${DOMAIN}`, `retro.${DOMAIN}`], OTHERS],
    ['HTTPRoute', 'every host', [`*.${DOMAIN}`], `the host *.${DOMAIN} is not one of the namespace hello`],
    ['HTTPRoute', 'no host', undefined, 'it names no host'],
  ])('%s of %s is refused', async (kind, _, hosts, message) => {
    const found = await refusal(route(kind, 'hello', hosts));
    expect(found).toContain(message);
    say(String(found));
  });

  test('with an annotation for a DNS record is refused', async () => {
    const annotations = { 'external-dns.alpha.kubernetes.io/hostname': `retro.${DOMAIN}` };
    const own = route('HTTPRoute', 'hello', [`hello.${DOMAIN}`]);
    const found = await refusal({ ...own, metadata: { ...own.metadata, annotations } });
    expect(found).toContain('would get a DNS record for any host');
  });

  test('of a mesh or of another Gateway is not reviewed', async () => {
    const other = route('HTTPRoute', 'hello', undefined);
    const spec = { ...(other['spec'] as object), parentRefs: [{ kind: 'Service', group: '', name: 'hello' }] };
    expect(await refusal({ ...other, spec })).toBeUndefined();
  });
});

test('a Gateway of the same class in another namespace is refused, one of another class is not', async () => {
  const gateway = (gatewayClassName: string): Manifest => ({
    apiVersion: API_VERSION,
    kind: 'Gateway',
    metadata: { name: 'own', namespace: 'hello' },
    spec: { gatewayClassName, listeners: [{ name: 'http', port: 80, protocol: 'HTTP' }] },
  });
  expect(await refusal(gateway('traefik'))).toContain('would serve any host from here');
  expect(await refusal(gateway('mesh'))).toBeUndefined();
});

test('a ListenerSet for the Gateway in another namespace is refused', async () => {
  const set = {
    apiVersion: API_VERSION,
    kind: 'ListenerSet',
    metadata: { name: 'own', namespace: 'hello' },
    spec: {
      parentRef: { name: 'gateway', namespace: 'gateway' },
      listeners: [{ name: 'http', port: 80, protocol: 'HTTP' }],
    },
  };
  expect(await refusal(set)).toContain('would add listeners for any host');
});

/** The policies of cert-manager's internal authority. */
function namePolicies(): Manifest[] {
  const component = new (class extends Component {})('cert-manager', { tier: 'platform' });
  internalAuthority(component, 'cert-manager');
  return manifestsOf(component).manifests.filter(({ kind }) => kind.startsWith('ValidatingAdmissionPolicy'));
}

describe('a Certificate of the internal authority', () => {
  const OWN = ['*.hello.hello.svc.cluster.local'];
  const BY_THE_AUTHORITY = { group: 'cert-manager.io', kind: 'ClusterIssuer', name: 'internal-ca' };

  test.each([
    ['names of its namespace', { dnsNames: OWN }],
    ['127.0.0.1', { dnsNames: OWN, ipAddresses: ['127.0.0.1'] }],
  ])('with %s is admitted', async (_, spec) => {
    expect(await refusal(internal(spec))).toBeUndefined();
  });

  test.each([
    [
      'a name of another namespace',
      { dnsNames: [...OWN, 'mongo-0.mongo.mongo.svc.cluster.local'] },
      'mongo-0.mongo.mongo',
    ],
    ['a name that only ends like its own', { dnsNames: ['a.b.othello.svc.cluster.local'] }, 'othello'],
    [
      'a public name',
      { dnsNames: ['retro.example.net'] },
      'retro.example.net is no name below *.hello.svc.cluster.local',
    ],
    ['another address', { dnsNames: OWN, ipAddresses: ['10.0.0.1'] }, '10.0.0.1 is no name'],
    ['a common name', { dnsNames: OWN, commonName: 'mongo' }, 'spec.commonName'],
    ['a subject', { dnsNames: OWN, literalSubject: 'CN=mongo' }, 'spec.literalSubject'],
    ['a URI', { dnsNames: OWN, uris: ['spiffe://cluster.local/ns/mongo'] }, 'spec.uris'],
    ['the right to sign others', { dnsNames: OWN, isCA: true }, 'signs no other authority'],
  ])('with %s is refused', async (_, spec, message) => {
    const found = await refusal(internal(spec));
    expect(found).toContain(message);
    say(String(found));
  });

  test('cannot be changed to names of another namespace', async () => {
    const { api } = rehearsal.lab.plane;
    await api.apply(internal({ dnsNames: OWN }), { manager: 'e2e' });
    expect(await refusal(internal({ dnsNames: ['mongo-0.mongo.mongo.svc.cluster.local'] }))).toContain(
      'is no name below',
    );
  });

  test('of another issuer is not reviewed', async () => {
    const issuerRef = { group: 'cert-manager.io', kind: 'Issuer', name: 'internal-ca' };
    expect(await refusal(internal({ dnsNames: ['a.example.net'], issuerRef }))).toBeUndefined();
  });

  test('is requested by cert-manager alone', async () => {
    const request = {
      apiVersion: 'cert-manager.io/v1',
      kind: 'CertificateRequest',
      metadata: { name: 'own', namespace: 'hello' },
      spec: { issuerRef: BY_THE_AUTHORITY, request: Buffer.from('a CSR').toString('base64') },
    };
    expect(await refusal(request)).toContain('write a Certificate');
  });

  function internal(spec: object): Manifest {
    return {
      apiVersion: 'cert-manager.io/v1',
      kind: 'Certificate',
      metadata: { name: 'own', namespace: 'hello' },
      spec: {
        secretName: 'own',
        issuerRef: BY_THE_AUTHORITY,
        ...spec,
      },
    };
  }
});

function route(kind: string, namespace: string, hostnames: readonly string[] | undefined): Manifest {
  const rules = [{ backendRefs: [{ name: 'hello', port: 80 }] }];
  const parentRefs = [{ name: 'gateway', namespace: 'gateway' }];
  const metadata = { name: 'claim', namespace };
  return { apiVersion: API_VERSION, kind, metadata, spec: { parentRefs, hostnames, rules } };
}

/** The message of the API server's refusal, if it refuses the object. */
async function refusal(manifest: Manifest): Promise<string | undefined> {
  const { status, body } = await rehearsal.lab.plane.api.tryApply(manifest, { manager: 'e2e', dryRun: true });
  return status < 300 ? undefined : textAt(body, 'message');
}
