import { describe, expect, it } from 'vitest';
import { clientKey, RateLimit } from './limits.ts';

describe('RateLimit', () => {
  it('allows a burst of two seconds, then the rate', () => {
    let now = 0;
    const limit = new RateLimit(5, () => now);
    const taken = Array.from({ length: 12 }, () => limit.take('192.0.2.1'));
    expect(taken).toEqual([...Array.from({ length: 10 }, () => 0), 1, 1]);
    now += 200;
    expect([limit.take('192.0.2.1'), limit.take('192.0.2.1')]).toEqual([0, 1]);
  });

  it('returns how long to wait', () => {
    const limit = new RateLimit(1, () => 0);
    expect([limit.take('a'), limit.take('a'), limit.take('a')]).toEqual([0, 0, 1]);
  });

  it('limits each IPv4 address and each IPv6 /64 separately', () => {
    const limit = new RateLimit(1, () => 0);
    for (const address of ['192.0.2.1', '2001:db8::1']) while (limit.take(address) === 0);
    expect(limit.take('192.0.2.2')).toBe(0);
    expect(limit.take('2001:db8::ffff')).toBe(1);
    expect(limit.take('2001:db8:0:1::1')).toBe(0);
  });

  it('is disabled by 0', () => {
    const limit = new RateLimit(0);
    expect(Array.from({ length: 1000 }, () => limit.take('a')).every((wait) => wait === 0)).toBe(true);
  });

  it('evicts the oldest client when its table is full', () => {
    const limit = new RateLimit(1, () => 0);
    while (limit.take('first') === 0);
    for (let i = 0; i < 9999; i += 1) limit.take(`other ${i}`);
    expect(limit.take('first')).toBe(1);
    limit.take('one more');
    expect(limit.take('first')).toBe(0);
  });

  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['2001:db8::1', '2001:db8:0:0'],
    ['2001:0DB8:0000:0001::', '2001:db8:0:1'],
    ['::1', '0:0:0:0'],
    ['1:2:3:4:5:6:7:8', '1:2:3:4'],
    ['64:ff9b::192.0.2.1', '64:ff9b:0:0'],
  ])('keys %s as %s', (address, key) => {
    expect(clientKey(address)).toBe(key);
  });
});
