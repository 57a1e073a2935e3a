import type { IncomingMessage } from 'node:http';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TrustedProxies } from './addresses.ts';

const proxies = new TrustedProxies(['10.0.0.0/8', '192.0.2.7', 'fd00::/8', '2001:db8::7']);

function request(remoteAddress: string | undefined, forwarded?: string): IncomingMessage {
  return {
    socket: { remoteAddress },
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
  } as unknown as IncomingMessage;
}

describe('TrustedProxies', () => {
  it.each(['10.1.2.3', '192.0.2.7', 'fd12::1', '2001:db8::7', '2001:0db8:0:0:0:0:0:7'])('has %s', (address) => {
    expect(proxies.has(address)).toBe(true);
  });

  it.each(['11.0.0.1', '192.0.2.8', 'fe80::1', '2001:db8::8', 'nonsense', ''])('does not have %j', (address) => {
    expect(proxies.has(address)).toBe(false);
  });

  it.each([
    ['there is no proxy', '203.0.113.9', undefined, '203.0.113.9'],
    ['an untrusted peer forges the header', '203.0.113.9', '198.51.100.1', '203.0.113.9'],
    ['the gateway names the client', '10.0.0.1', '198.51.100.1', '198.51.100.1'],
    ['the client forged an entry before the gateway', '10.0.0.1', '1.2.3.4, 198.51.100.1', '198.51.100.1'],
    ['the client forged a trusted hop', '10.0.0.1', '1.2.3.4, 10.9.9.9, 198.51.100.1', '198.51.100.1'],
    ['there are two trusted hops', '10.0.0.1', '198.51.100.1, 10.0.0.2', '198.51.100.1'],
    ['every hop is trusted', '10.0.0.1', '10.0.0.3, 10.0.0.2', '10.0.0.3'],
    ['every hop is IPv6', 'fd00::1', '2001:db8::1, 2001:db8::7', '2001:db8::1'],
    ['the peer is IPv4 on an IPv6 socket', '::ffff:10.0.0.1', '198.51.100.1', '198.51.100.1'],
    ['the header has an IPv4-mapped address', '10.0.0.1', '::ffff:198.51.100.1', '198.51.100.1'],
    ['the header has an address with a port', '10.0.0.1', '198.51.100.1:4711', '198.51.100.1'],
    ['the header has an IPv6 address with a port', '10.0.0.1', '[2001:db8::1]:4711', '2001:db8::1'],
    ['the peer has an IPv6 zone', 'fe80::1%eth0', undefined, 'fe80::1'],
    ['a hop is not an address', '10.0.0.1', '198.51.100.1, unknown', '10.0.0.1'],
    ['the header is empty', '10.0.0.1', '', '10.0.0.1'],
    ['the connection is already closed', undefined, '198.51.100.1', ''],
  ])('finds the client address when %s', (_, remote, forwarded, client) => {
    expect(proxies.clientOf(request(remote, forwarded))).toBe(client);
  });

  it('ignores X-Forwarded-For from an untrusted peer', () => {
    fc.assert(
      fc.property(fc.string(), fc.ipV4(), (forwarded, remote) => {
        fc.pre(!proxies.has(remote));
        expect(proxies.clientOf(request(remote, forwarded))).toBe(remote);
      }),
    );
  });

  it('stops at the hop that the gateway saw, whatever precedes it', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), fc.ipV4(), fc.ipV6())), fc.ipV4(), (forged, seen) => {
        fc.pre(!proxies.has(seen));
        expect(proxies.clientOf(request('10.0.0.1', [...forged, seen].join(', ')))).toBe(seen);
      }),
    );
  });
});
