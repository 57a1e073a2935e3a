import { expect, test } from 'vitest';
import { listAt, textAt } from '../../../../charts/lib/manifest.ts';
import type { RealGround } from './real-ground.ts';

/** Seconds between two rounds of external-dns, and time to spare. */
const ROUND_SECONDS = 90;

/** Names in public zones, and the certificates that their control is proven for. */
export function testNames(ground: () => RealGround): void {
  test('external-dns writes the hosts of the zone, and no others, with the token that people created', async () => {
    const { names, entrance } = about(ground());
    const { domain } = ground().lab.props.cluster.settings;
    const hosts = (await ground().hosts()).map(({ host }) => host).filter((host) => host.endsWith(`.${domain}`));
    expect(hosts).not.toEqual([]);
    await ground().until(
      'the hosts of the zone have the address of the gateway',
      async () => (await Promise.all(hosts.map((host) => names.lookUp(host)))).every((address) => address === entrance),
      ROUND_SECONDS,
    );
    const records = names.provider?.records() ?? [];
    expect(records.filter(({ type }) => type === 'A').map(({ name }) => name)).toEqual(hosts);
    // One that says whose each record is, so that no other cluster changes it.
    const owners = records.filter(({ type, name }) => type === 'TXT' && name.includes('_external-dns'));
    expect(owners.map(({ content }) => /owner=([^,"]+)/.exec(content)?.[1])).toEqual(hosts.map(() => 'test-metal'));
  });

  test('the control of each name is proven: of wildcards by DNS, of other hosts through the gateway', async () => {
    const orders = await ground().api.list('/apis/acme.cert-manager.io/v1/namespaces/gateway/orders');
    const states = orders.map((order) => `${textAt(order, 'spec', 'dnsNames', 0)} ${textAt(order, 'status', 'state')}`);
    expect(states.toSorted()).toEqual(['*.metal.example.net valid', 'metal.example.com valid']);
    const { validated } = ground().lab.acme;
    expect(validated.map(({ name, type }) => `${name} ${type}`).toSorted()).toEqual([
      '*.metal.example.net dns-01',
      'metal.example.com http-01',
    ]);
  });

  test('nothing is left of the challenges: no solver, no route, no record', async () => {
    const { api } = ground();
    const solvers = await api.list('/api/v1/namespaces/gateway/pods');
    expect(
      solvers.filter(({ metadata }) => metadata.name.startsWith('cm-acme')).map((pod) => pod.metadata.name),
    ).toEqual([]);
    expect((await ground().hosts()).filter(({ namespace }) => namespace === 'gateway')).toEqual([]);
    const records = about(ground()).names.provider?.records() ?? [];
    expect(records.filter(({ name }) => name.startsWith('_acme-challenge'))).toEqual([]);
  });

  test('Gateways have the address that DNS records point to', async () => {
    const gateways = await ground().api.list('/apis/gateway.networking.k8s.io/v1/namespaces/gateway/gateways');
    expect(gateways.length).toBeGreaterThan(1);
    expect(
      gateways.flatMap((gateway) => listAt(gateway, 'status', 'addresses').map((one) => textAt(one, 'value'))),
    ).toEqual(gateways.map(() => about(ground()).entrance));
  });
}

function about(ground: RealGround) {
  return { names: ground.lab.real.names, entrance: ground.lab.real.entrances().https.address };
}
