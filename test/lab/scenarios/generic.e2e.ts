import { afterAll, beforeAll, expect, test } from 'vitest';
import { listAt, textAt } from '../../../charts/lib/manifest.ts';
import { testStartupOrder } from './order.ts';
import { deployment, Rehearsal } from './rehearsal.ts';

let rehearsal: Rehearsal;

beforeAll(async () => {
  rehearsal = await Rehearsal.of('test-generic');
  await rehearsal.up();
});
afterAll(() => rehearsal?.end());

testStartupOrder(() => rehearsal);

test('external-dns reads the token that people created, and Argo CD leaves it alone', async () => {
  const { api } = rehearsal.lab.plane;
  const dns = await api.get(deployment('external-dns'));
  const env = listAt(dns, 'spec', 'template', 'spec', 'containers', 0, 'env');
  const variable = env.find((one) => textAt(one, 'name') === 'CF_API_TOKEN');
  const name = textAt(variable, 'valueFrom', 'secretKeyRef', 'name') ?? '';
  const secret = await api.get(`/api/v1/namespaces/external-dns/secrets/${name}`);
  expect(secret?.metadata.labels ?? {}).toEqual({});
  expect(secret?.metadata.annotations ?? {}).toEqual({});
});

test('claims are annotated for local-path, so that their volumes can be backed up by copying files', async () => {
  const claims = await rehearsal.lab.plane.api.list('/api/v1/namespaces/mongo/persistentvolumeclaims');
  expect(claims.length).toBeGreaterThan(0);
  expect(claims.map(({ metadata }) => metadata.annotations?.['volumeType'])).toEqual(claims.map(() => 'local'));
});

test('Gateways have the address of the facts, which DNS records point to', async () => {
  const gateways = await rehearsal.lab.plane.api.list('/apis/gateway.networking.k8s.io/v1/namespaces/gateway/gateways');
  expect(gateways.map((gateway) => textAt(gateway, 'status', 'addresses', 0, 'value'))).toEqual(
    gateways.map(() => '198.51.100.7'),
  );
});
