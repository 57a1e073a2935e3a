import { describe, expect, it } from 'vitest';
import { pinned, remembered, type Version } from './sticky.ts';

const STICKY = { name: 'shop-version', maxAgeSeconds: 3600 };
const backends = (...weights: readonly number[]): Version[] =>
  weights.map((weight, i) => ({ version: `v${i + 1}`, weight }));

/** Where requests with a Cookie header are led. */
function ledBy(cookies: string, versions: readonly Version[]): string[] {
  return pinned(STICKY, versions)
    .filter(({ header }) => header.name === 'Cookie' && new RegExp(header.value).test(cookies))
    .map(({ backend }) => backend.version);
}

/** What the browser is told by each backend that the weights choose. */
const told = (versions: readonly Version[]): string[] =>
  versions.flatMap((one) =>
    (remembered(STICKY, one, versions) ?? []).flatMap(({ responseHeaderModifier }) =>
      (responseHeaderModifier?.add ?? []).map(({ name, value }) => `${name}: ${value}`),
    ),
  );

describe('a sticky route', () => {
  it.each([
    ['__Host-shop-version=v1', ['v1']],
    ['__Host-shop-version=v2', ['v2']],
    ['session=1; __Host-shop-version=v2; theme=dark', ['v2']],
    ['session=1;__Host-shop-version=v2', ['v2']],
    ['__Host-shop-version=v3', []],
    ['__Host-shop-version=v22', []],
    ['__Host-shop-version=', []],
    ['shop-version=v2', []],
    ['x__Host-shop-version=v2', []],
    ['theme=__Host-shop-version=v2', []],
    ['', []],
  ])('leads the cookies "%s" to %j', (cookies, versions) => {
    expect(ledBy(cookies, backends(90, 10))).toEqual(versions);
  });

  it('sets the cookie of whichever backend the weights choose', () => {
    expect(told(backends(90, 10))).toEqual([
      'Set-Cookie: __Host-shop-version=v1; Max-Age=3600; Path=/; Secure; HttpOnly; SameSite=Lax',
      'Set-Cookie: __Host-shop-version=v2; Max-Age=3600; Path=/; Secure; HttpOnly; SameSite=Lax',
    ]);
  });

  it('lets visitors go whose backend has no share any more, and still leads the header there', () => {
    const versions = backends(90, 10, 0);
    expect(ledBy('__Host-shop-version=v3', versions)).toEqual([]);
    expect(told(versions)).toHaveLength(2);
    expect(pinned(STICKY, versions).map(({ header }) => [header.name, header.value])).toContainEqual([
      'x-shop-version',
      'v3',
    ]);
  });

  it('sets no cookie where the weights leave no choice: a later backend would get none of these visitors', () => {
    expect(told(backends(100, 0))).toEqual([]);
    expect(ledBy('__Host-shop-version=v1', backends(100, 0))).toEqual([]);
    expect(pinned(STICKY, backends(100))).toEqual([]);
    expect(told(backends(100))).toEqual([]);
  });
});
