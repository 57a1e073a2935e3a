import { describe, expect, it } from 'vitest';
import {
  domainName,
  hostAndPort,
  hostName,
  httpsOrigin,
  httpsUrl,
  isLocalhost,
  portNumber,
  portOf,
  proxyUrl,
} from './host.ts';

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

describe('a server', () => {
  it.each(['smtp.example.com:587', 'relay:25', '192.0.2.7:65535', 'a-b.example.com:1'])('may be %s', (server) => {
    expect(hostAndPort.safeParse(server).success).toBe(true);
  });

  it.each([
    'smtp.example.com',
    'smtp.example.com:',
    'smtp.example.com:0',
    'smtp.example.com:0587',
    'smtp.example.com:65536',
    'smtp.example.com:70000',
    'smtp..example.com:587',
    '-:587',
    ':587',
    'https://smtp.example.com:587',
    'smtp.example.com:587/',
    'Smtp.example.com:587',
  ])('is refused: %s', (server) => {
    expect(hostAndPort.safeParse(server).error?.issues.map(({ message }) => message)).toEqual([
      'must be a host and a port from 1 to 65535, such as smtp.example.com:587',
    ]);
  });
});

describe('an address', () => {
  it.each([
    ['https://example.com', 443],
    ['https://example.com:8443/api?a=b', 8443],
    ['https://example.com:65535', 65_535],
  ])('may be %s, at port %j', (url, port) => {
    expect(httpsUrl.parse(url)).toBe(url);
    expect(portOf(url)).toBe(port);
  });

  const FORM = 'must be a URL that begins with https://';
  const PORT = 'must have no port, or a port from 1 to 65535';
  it.each([
    ['http://example.com', FORM],
    ['https:example.com', FORM],
    ['https://', FORM],
    ['https://example.com ', FORM],
    ['example.com', FORM],
    [undefined, FORM],
    ['https://example.com:0', PORT],
    ['https://example.com:65536/api', PORT],
    ['https://example.com:70000?a', PORT],
  ])('is refused: %j', (url, message) => {
    expect(httpsUrl.safeParse(url).error?.issues.map((issue) => issue.message)).toEqual([message]);
  });

  it('of a proxy may be without TLS, at port 80', () => {
    expect(portOf(proxyUrl.parse('http://proxy.example.com'))).toBe(80);
    expect(proxyUrl.safeParse('http://proxy.example.com:0').success).toBe(false);
    expect(proxyUrl.safeParse('ftp://proxy.example.com').success).toBe(false);
  });
});

describe('an origin', () => {
  it.each(['https://tools.example.com', 'https://tools.example.com:8443'])('may be %s', (origin) => {
    expect(httpsOrigin.safeParse(origin).success).toBe(true);
  });

  it.each([
    'https://tools.example.com/',
    'https://tools.example.com:443',
    'https://tools.example.com:70000',
    'https://Tools.example.com',
    'http://tools.example.com',
    'tools',
  ])('that no browser sends is refused: %s', (origin) => {
    expect(httpsOrigin.safeParse(origin).success).toBe(false);
  });
});

it.each([
  [0, false],
  [1, true],
  [65_535, true],
  [65_536, false],
  [1.5, false],
])('port %j is one: %j', (port, valid) => {
  expect(portNumber.safeParse(port).success).toBe(valid);
});
