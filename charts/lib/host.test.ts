import { describe, expect, it } from 'vitest';
import { domainName, hostName, isLocalhost } from './host.ts';

const LONGEST_LABEL = 'a'.repeat(63);
/** 253 characters. */
const LONGEST = `${`${'a'.repeat(49)}.`.repeat(5)}com`;

describe('a host', () => {
  it.each([
    'www.example.com',
    'a.b',
    '1.example.com',
    'xn--bcher-kva.example',
    `${LONGEST_LABEL}.example.com`,
    LONGEST,
  ])('is accepted: %s', (host) => {
    expect(hostName.safeParse(host).error).toBeUndefined();
  });

  it.each([
    ['WWW.example.com', 'must be in lower case and without a dot at its end: www.example.com'],
    ['www.example.com.', 'must be in lower case and without a dot at its end: www.example.com'],
    ['192.0.2.10', 'not an IP address'],
    ['2001:db8::1', 'not an IP address'],
    ['localhost', 'several labels'],
    ['wildcard', 'several labels'],
    [`a${LONGEST_LABEL}.example.com`, 'at most 63 characters between two dots'],
    [`a${LONGEST}`, 'at most 253 characters'],
    ['', 'letters, digits and hyphens'],
    ['.', 'letters, digits and hyphens'],
    ['.example.com', 'letters, digits and hyphens'],
    ['www..example.com', 'letters, digits and hyphens'],
    ['-www.example.com', 'letters, digits and hyphens'],
    ['www-.example.com', 'letters, digits and hyphens'],
    ['*.example.com', 'letters, digits and hyphens'],
    ['my_app.example.com', 'letters, digits and hyphens'],
    ['https://example.com', 'letters, digits and hyphens'],
    ['bücher.example', 'letters, digits and hyphens'],
  ])('is refused: %s', (host, message) => {
    expect(hostName.safeParse(host).error?.issues.map((issue) => issue.message)).toEqual([
      expect.stringContaining(message),
    ]);
  });
});

describe('a domain', () => {
  it('leaves characters for the longest label of a host', () => {
    const domain = LONGEST.slice(64);
    expect(domainName.safeParse(domain).success).toBe(true);
    expect(hostName.safeParse(`${LONGEST_LABEL}.${domain}`).success).toBe(true);
    expect(domainName.safeParse(`a${domain}`).success).toBe(false);
  });
});

describe('localhost', () => {
  it('is every name below it', () => {
    expect(['localhost', 'a.localhost', 'localhost.example.com', 'notlocalhost'].map(isLocalhost)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});
