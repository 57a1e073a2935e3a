import * as fc from 'fast-check';
import { bytesOf, type RawResponse, type RawRequest, sendRaw } from './raw-http.ts';

/** Valid input of a service, from which the fuzzer derives input that passes the first checks. */
export interface Surface {
  /** Paths with `:parameters`. */
  readonly paths: readonly string[];
  /** Names of query parameters, with values that are valid for some of them. */
  readonly query: Readonly<Record<string, readonly string[]>>;
  /** Valid values of path parameters. */
  readonly parameters: readonly string[];
  /** Valid bodies. */
  readonly bodies: readonly Readonly<Record<string, unknown>>[];
}

/** Inputs per run; can be set by FUZZ_RUNS. */
const RUNS = Number(process.env['FUZZ_RUNS'] ?? 400);

/**
 * Sends inputs of all kinds, from almost valid to random bytes, and fails with the smallest one whose response is wrong:
 * a status of 500 or more, a rejection without a problem document, or a stack trace.
 */
export async function fuzz(port: number, surface: Surface): Promise<void> {
  await fc.assert(
    fc.asyncProperty(request(surface), async (input) => check(await sendRaw(port, bytesOf(input)))),
    { numRuns: RUNS },
  );
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 300 }), async (noise) =>
      check(await sendRaw(port, noise)),
    ),
    { numRuns: Math.ceil(RUNS / 10) },
  );
  check(
    await sendRaw(
      port,
      bytesOf({ method: 'GET', target: '/livez', headers: [['Host', 'fuzz']], body: new Uint8Array() }),
    ),
    200,
  );
}

function check({ status, head, body }: RawResponse, wanted?: number): void {
  if (wanted !== undefined && status !== wanted) throw new Error(`responded ${status}, not ${wanted}: ${body}`);
  if (status >= 500) throw new Error(`responded ${status}: ${body}`);
  if (status >= 400 && body !== '' && !head.includes('application/problem+json'))
    throw new Error(`responded ${status} without a problem document: ${head}\n${body}`);
  if (/node_modules|\bat .+:\d+:\d+/.test(body)) throw new Error(`exposes a stack trace: ${body}`);
}

function request(surface: Surface): fc.Arbitrary<RawRequest> {
  const chosen = fc.record({
    method: fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE') },
      fc.constantFrom('HEAD', 'OPTIONS', 'PATCH', 'TRACE', 'QUERY', 'NONSENSE'),
    ),
    target: target(surface),
    headers: headers(),
    body: bodyOf(surface),
    type: fc.oneof(
      { weight: 6, arbitrary: fc.constant('application/json') },
      fc.constantFrom('application/json; charset=utf-16', 'text/plain', 'application/x-www-form-urlencoded', ''),
      headerValue(),
    ),
    length: fc.oneof(
      { weight: 12, arbitrary: fc.constant('right' as const) },
      fc.constantFrom('none', 'chunked', '0', '-1', '1', '9999999999999999999999', '1e3'),
    ),
  });
  return chosen.map(({ method, target: to, headers: others, body: bytes, type, length }) => ({
    method,
    target: to,
    headers: [
      ['Host', 'fuzz'],
      ['Connection', 'close'],
      ...(type === '' ? [] : [['Content-Type', type] as const]),
      ...framing(length, bytes),
      ...others,
    ],
    body: length === 'chunked' ? chunked(bytes) : bytes,
  }));
}

function framing(length: string, { byteLength }: Uint8Array): (readonly [string, string])[] {
  if (length === 'chunked') return [['Transfer-Encoding', 'chunked']];
  if (length === 'none') return [];
  return [['Content-Length', length === 'right' ? String(byteLength) : length]];
}

function chunked(bytes: Uint8Array): Uint8Array {
  const whole =
    bytes.byteLength === 0 ? [] : [Buffer.from(`${bytes.byteLength.toString(16)}\r\n`), bytes, Buffer.from('\r\n')];
  return Buffer.concat([...whole, Buffer.from('0\r\n\r\n')]);
}

/** Text from plain to hostile: database operators, names special in JavaScript, characters special in some syntax. */
function text(): fc.Arbitrary<string> {
  return fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.string({ unit: 'grapheme', maxLength: 20 }),
    fc.constantFrom(
      '',
      ' ',
      '\0',
      '$gt',
      '$where',
      '__proto__',
      'constructor',
      'a.b',
      '../..',
      '%',
      '%00',
      '%zz',
      '\u{FDFA}'.repeat(80),
      '\uD800',
      'İ'.repeat(100),
      '(((',
      '^',
      '\\',
      'NaN',
      '-0',
      '1e999',
      'null',
      'true',
      'x'.repeat(3000),
    ),
    fc.double().map(String),
    fc.bigInt().map(String),
  );
}

function target({ paths, query, parameters }: Surface): fc.Arbitrary<string> {
  const parameter = fc.oneof(fc.constantFrom(...parameters), text().map(escaped), fc.string({ maxLength: 30 }));
  const path = fc.oneof(
    {
      weight: 8,
      arbitrary: fc
        .tuple(fc.constantFrom(...paths), parameter)
        .map(([template, value]) => template.replace(/:\w+/, () => value)),
    },
    { weight: 1, arbitrary: text().map((some) => `/${escaped(some)}`) },
    { weight: 1, arbitrary: fc.webPath().map((some) => some || '/') },
  );
  const names = fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(...Object.keys(query), 'x') },
    text().map(escaped),
    fc.constantFrom('limit[]', 'limit[$gt]', 'name[__proto__]', 'a[b][c]'),
  );
  const values = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...Object.values(query).flat(), '1') },
    text().map(escaped),
    fc.string({ maxLength: 30 }),
  );
  const pairs = fc
    .array(fc.tuple(names, values), { maxLength: 5 })
    .map((list) => list.map(([name, value]) => `${name}=${value}`).join('&'));
  return fc.tuple(path, pairs).map(([to, search]) => (search === '' ? to : `${to}?${search}`));
}

/** Encoded for a URL; lone surrogates, which a URL cannot have, become U+FFFD. */
function escaped(some: string): string {
  return encodeURIComponent(Buffer.from(some).toString());
}

function headerValue(): fc.Arbitrary<string> {
  return fc.string({
    unit: fc.integer({ min: 0x20, max: 0xff }).map((code) => String.fromCodePoint(code)),
    maxLength: 60,
  });
}

function headers(): fc.Arbitrary<readonly (readonly [string, string])[]> {
  const name = fc.constantFrom(
    'X-Forwarded-For',
    'X-Request-Id',
    'Accept',
    'Content-Encoding',
    'Expect',
    'If-None-Match',
    'Range',
    'Origin',
    'Cookie',
    'Upgrade',
    'X-Http-Method-Override',
    'Forwarded',
  );
  const value = fc.oneof(
    headerValue(),
    fc.constantFrom(
      'gzip',
      '100-continue',
      'websocket',
      '::1',
      '10.0.0.1, unknown, [::1]:80',
      '*',
      'bytes=0-1',
      'x'.repeat(9000),
    ),
  );
  return fc.array(fc.tuple(name, value), { maxLength: 3 });
}

function bodyOf({ bodies }: Surface): fc.Arbitrary<Uint8Array> {
  const right = fc.constantFrom(...bodies, {});
  const value = fc.oneof(
    text(),
    fc.jsonValue({ maxDepth: 3 }),
    fc.double(),
    fc.constantFrom(1e308, -1, 0, null, true, [], {}),
  );
  // One field, at the top or one level down, is changed, removed or added.
  const almost = fc.tuple(right, text(), value, fc.boolean()).chain(([whole, odd, other, remove]) => {
    const places = ['', ...Object.keys(whole).filter((key) => typeof whole[key] === 'object' && whole[key] !== null)];
    return fc.constantFrom(...places).chain((place) => {
      const inner = place === '' ? whole : (whole[place] as Record<string, unknown>);
      return fc.constantFrom(...Object.keys(inner), odd).map((key) => {
        const changed = Object.entries(inner).filter(([name]) => name !== key);
        const result = Object.fromEntries(remove ? changed : [...changed, [key, other]]);
        return place === '' ? result : { ...whole, [place]: result };
      });
    });
  });
  return fc.oneof(
    { weight: 4, arbitrary: fc.oneof(right, almost, almost, almost).map((json) => Buffer.from(JSON.stringify(json))) },
    fc.json().map((json) => Buffer.from(json)),
    fc
      .constantFrom(
        '',
        '{',
        '[]',
        '"x"',
        'null',
        '{"__proto__":{"name":"x"}}',
        '{"name":"a","name":"b"}',
        '['.repeat(3000),
        `{"a":${'['.repeat(2000)}${']'.repeat(2000)}}`,
        `"${'x'.repeat(70_000)}"`,
      )
      .map((json) => Buffer.from(json)),
    fc.uint8Array({ maxLength: 200 }),
  );
}
