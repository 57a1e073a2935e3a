import { describe, expect, it } from 'vitest';
import { lineFinder } from '../../cli/locate-typescript.ts';
import { lineInJson, type Path } from '../../cli/locate.ts';

/** The text of the line where a path is found, trimmed. */
async function lineOf(text: string, ...path: Path): Promise<string | undefined> {
  const find = lineFinder(text);
  return text.split('\n')[find(path) - 1]?.trim();
}

/** A cluster file with these lines in its object. */
const cluster = (...lines: readonly string[]): string =>
  [
    `import { defineCluster } from './charts/cluster-file.ts';`,
    '',
    'export default defineCluster({',
    ...lines,
    '});',
  ].join('\n');

describe('a key of the exported object', () => {
  it.each([
    ['an identifier', 'replicas: 1,'],
    ['a string', `'replicas': 1,`],
    ['a string with escapes', String.raw`'repl\u0069cas': 1,`],
    ['a computed string', `['replicas']: 1,`],
    ['a computed template', '[`replicas`]: 1,'],
    ['a method', 'replicas() {},'],
    ['a getter', 'get replicas() { return 1 },'],
  ])('is found if it is written as %s', async (_, line) => {
    expect(await lineOf(cluster('gateway: {', 'host: "x",', line, '},'), 'gateway', 'replicas')).toBe(line);
  });

  it('is found if it is a number', async () => {
    expect(await lineOf(cluster('ports: {', '8080: 1,', '0x1bb: 2,', '},'), 'ports', '443')).toBe('0x1bb: 2,');
  });

  it('is not found in comments', async () => {
    const text = cluster(
      '// services: { items: {} } come below; gateway: first',
      '/* mongo: { size: 1 } */',
      'gateway: {}, // mongo: small',
      'mongo: { size: 1 },',
      'services: {},',
    );
    expect(await lineOf(text, 'services')).toBe('services: {},');
    expect(await lineOf(text, 'mongo', 'size')).toBe('mongo: { size: 1 },');
  });

  it('is not found in strings', async () => {
    const text = cluster(
      `domain: 'mongo: { size: 2 }',`,
      'note: `',
      'mongo: { size: 3 },',
      '${"mongo: 4"}`,',
      'mongo: {',
      'size: 1,',
      '},',
    );
    expect(await lineOf(text, 'mongo')).toBe('mongo: {');
    expect(await lineOf(text, 'mongo', 'size')).toBe('size: 1,');
  });

  it('is not confused with the same key of another section', async () => {
    const text = cluster(
      'certManager: {',
      'replicas: 1,',
      'webhook: { replicas: 2 },',
      '},',
      'gateway: {},',
      'velero: {',
      'webhook: {',
      'replicas: 3,',
      '} },',
    );
    expect(await lineOf(text, 'certManager', 'replicas')).toBe('replicas: 1,');
    expect(await lineOf(text, 'certManager', 'webhook', 'replicas')).toBe('webhook: { replicas: 2 },');
    expect(await lineOf(text, 'velero', 'webhook', 'replicas')).toBe('replicas: 3,');
    expect(await lineOf(text, 'gateway', 'replicas')).toBe('gateway: {},');
  });

  it('is the last one if it is written twice', async () => {
    expect(await lineOf(cluster('mongo: 1,', 'mongo: 2,'), 'mongo')).toBe('mongo: 2,');
  });
});

describe('an absent value', () => {
  it('is located at the innermost enclosing object', async () => {
    const text = cluster('services: {', 'items: {', '},', '},');
    expect(await lineOf(text, 'services', 'items', 'database', 'name')).toBe('items: {');
    expect(await lineOf(text, 'services', 'whoami')).toBe('services: {');
    expect(await lineOf(text, 'mongo', 'size')).toBe('export default defineCluster({');
    expect(await lineOf(text)).toBe('export default defineCluster({');
  });

  it('is located at the string or number that should enclose it', async () => {
    expect(await lineOf(cluster(`mongo: 'x',`), 'mongo', 'size')).toBe(`mongo: 'x',`);
  });
});

describe('an element of a list', () => {
  it('is found by its index', async () => {
    const text = cluster('overrides: [', '{ object: 1 },', '{', 'object: 2,', '},', '],');
    expect(await lineOf(text, 'overrides', 0, 'object')).toBe('{ object: 1 },');
    expect(await lineOf(text, 'overrides', 1)).toBe('{');
    expect(await lineOf(text, 'overrides', 1, 'object')).toBe('object: 2,');
    expect(await lineOf(text, 'overrides', 2, 'object')).toBe('overrides: [');
  });

  it('is found in a spread list, and after one', async () => {
    const text = ['const few = [', '1,', '2,', '];', cluster('all: [', '0,', '...few,', '3,', '],')].join('\n');
    expect(await lineOf(text, 'all', 2)).toBe('2,');
    expect(await lineOf(text, 'all', 3)).toBe('3,');
  });

  it.each(['...imported,', ','])('is located at the list if %s precedes it', async (before) => {
    const text = cluster('all: [', '0,', before, '3,', '],');
    expect(await lineOf(text, 'all', 0)).toBe('0,');
    expect(await lineOf(text, 'all', 2)).toBe('all: [');
  });
});

describe('a constant of the file', () => {
  const small = ['const small = {', `size: '1Gi',`, 'nested: {', 'memory: 1,', '},', '};'].join('\n');

  it('is resolved if it is the value', async () => {
    expect(await lineOf(`${small}\n${cluster('mongo: small,')}`, 'mongo', 'size')).toBe(`size: '1Gi',`);
    expect(await lineOf(`${small}\n${cluster('mongo: small,')}`, 'mongo')).toBe('mongo: small,');
  });

  it('is resolved if it is spread; later keys win', async () => {
    const text = `${small}\n${cluster('mongo: {', '...small,', 'nested: {', 'memory: 2,', '} },')}`;
    expect(await lineOf(text, 'mongo', 'size')).toBe(`size: '1Gi',`);
    expect(await lineOf(text, 'mongo', 'nested', 'memory')).toBe('memory: 2,');
  });

  it('wins over earlier keys if it is spread after them', async () => {
    const text = `${small}\n${cluster('mongo: {', 'size: 0,', 'dumpSize: 0,', '...small,', '},')}`;
    expect(await lineOf(text, 'mongo', 'size')).toBe(`size: '1Gi',`);
    expect(await lineOf(text, 'mongo', 'dumpSize')).toBe('dumpSize: 0,');
  });

  it('is resolved as a shorthand property', async () => {
    const text = `${small.replaceAll('small', 'mongo')}\n${cluster('mongo,')}`;
    expect(await lineOf(text, 'mongo')).toBe('mongo,');
    expect(await lineOf(text, 'mongo', 'nested', 'memory')).toBe('memory: 1,');
  });

  it('is resolved through other constants, fields, exports, type assertions and Object.freeze', async () => {
    const text = [
      `export const sizes = Object.freeze({`,
      'small: {',
      `size: '1Gi',`,
      '},',
      '} as const);',
      'const chosen = sizes.small;',
      `const list = [chosen] satisfies object[];`,
      cluster('mongo: list[0]!,', `other: sizes['small'],`),
    ].join('\n');
    expect(await lineOf(text, 'mongo', 'size')).toBe(`size: '1Gi',`);
    expect(await lineOf(text, 'other', 'size')).toBe(`size: '1Gi',`);
  });

  it('is resolved as a computed key', async () => {
    const text = [
      "const name = 'items';",
      cluster('services: {', 'whoami: {},', '[name]: {', 'replicas: 1,', '} },'),
    ].join('\n');
    expect(await lineOf(text, 'services', 'items', 'replicas')).toBe('replicas: 1,');
  });

  it.each(['let', 'var'])('is not resolved if declared by %s, because it may be reassigned', async (keyword) => {
    expect(await lineOf(`${keyword} small = {\nsize: 1,\n};\n${cluster('mongo: small,')}`, 'mongo', 'size')).toBe(
      'mongo: small,',
    );
  });

  it('that is defined by itself does not recurse forever', async () => {
    const text = [
      'const a = b;',
      'const b = a;',
      'const c = { ...c };',
      'const d = [...d, 1];',
      'const e = e.e;',
      cluster('a,', 'c,', 'd,', 'e,'),
    ].join('\n');
    for (const name of ['a', 'c', 'd', 'e']) expect(await lineOf(text, name, 0, 'x')).toBe(`${name},`);
  });
});

describe('an expression that cannot be resolved', () => {
  it.each(['...imported,', '...made(),', '[made()]: 1,', '[`${name}s`]: 1,', '...(yes ? a : b),'])(
    '%s may have any key: earlier keys are located at the object, later ones are found',
    async (hiding) => {
      const text = cluster('mongo: {', 'size: 1,', hiding, 'memory: 2,', '},');
      expect(await lineOf(text, 'mongo', 'size')).toBe('mongo: {');
      expect(await lineOf(text, 'mongo', 'dumpSize')).toBe('mongo: {');
      expect(await lineOf(text, 'mongo', 'memory')).toBe('memory: 2,');
    },
  );

  it('hides earlier keys if it is in a spread constant', async () => {
    const text = `const some = { ...imported };\n${cluster('mongo: {', 'size: 1,', '...some,', '},')}`;
    expect(await lineOf(text, 'mongo', 'size')).toBe('mongo: {');
  });

  it.each([
    ['imported', 'mongo: imported,'],
    ['a field of an import', 'mongo: other.small,'],
    ['returned by a call', 'mongo: made({\nsize: 2,\n}),'],
    ['conditional', 'mongo: yes\n? {\nsize: 1,\n}\n: {\nsize: 2,\n},'],
    ['returned by a function expression', 'mongo: (() => ({\nsize: 1,\n}))(),'],
    ['a template', 'mongo: `\nsize: 1,\n${size}`,'],
  ])('a value that is %s is located at its key', async (_, lines) => {
    expect(await lineOf(cluster('velero: {},', lines), 'mongo', 'size')).toBe(lines.split('\n')[0]);
  });
});

describe('the export', () => {
  const object = ['{', `cloud: 'kind',`, '}'].join('\n');

  it.each([
    ['an object', `export default ${object};`],
    ['an object in parentheses', `export default (${object});`],
    ['Object(…)', `export default Object(${object});`],
    ['defineCluster(…)', `export default defineCluster(${object});`],
    [
      'defineCluster imported by another name',
      `import { defineCluster as d } from './x.ts';\nexport default d(${object});`,
    ],
    ['satisfies', `export default ${object} satisfies object;`],
    ['as', `export default ${object} as unknown as object;`],
    ['a constant', `const cluster = ${object};\nexport default cluster;`],
    ['a constant in a call', `const cluster = defineCluster(${object});\nexport default Object(cluster as never);`],
    ['an exported constant', `export const cluster = ${object};\nexport default cluster;`],
    ['a named export as default', `const cluster = ${object};\nexport { cluster as default };`],
  ])('may be %s', async (_, text) => {
    expect(await lineOf(text, 'cloud')).toBe(`cloud: 'kind',`);
  });

  it('is not any other object of the file', async () => {
    const text = `const other = defineCluster({\ncloud: 'aks',\n});\nexport default defineCluster({\ncloud: 'kind',\n});`;
    expect(await lineOf(text, 'cloud')).toBe(`cloud: 'kind',`);
  });

  it.each(['export default made({\ncloud: 1,\n});', 'export default imported;', 'export default class {}'])(
    'is the location if its object cannot be resolved: %s',
    async (text) => {
      expect(await lineOf(`// a comment\n\n${text}`, 'cloud')).toBe(text.split('\n')[0]);
    },
  );

  it.each([
    ['has no default export', 'export const cluster = {};'],
    ['is empty', ''],
    ['is not TypeScript', '\nexport default {{'],
  ])('is line 1 of a file that %s', async (_, text) => {
    expect(lineFinder(text)(['cloud'])).toBe(1);
  });
});

describe('lines', () => {
  const lines = ['/* é 漢字 🚢 */', 'export default {', `domain: '🚢',`, `'größe': 1,`, 'mongo: 2,', '};'];

  it.each([
    ['LF', '\n'],
    ['CRLF', '\r\n'],
  ])('are counted in files with %s', async (_, end) => {
    const find = lineFinder(lines.join(end));
    expect([['domain'], ['größe'], ['mongo'], []].map(find)).toEqual([3, 4, 5, 2]);
  });

  it('are counted in files with a byte order mark', async () => {
    expect(lineFinder(`\uFEFF${lines.join('\n')}`)(['mongo'])).toBe(5);
  });

  it('are counted as by editors: U+2028 in a string starts no line', async () => {
    expect(lineFinder(`export default {\na: '\u2028',\nb: 1,\n};`)(['b'])).toBe(3);
  });
});

describe('a value of a JSON file', () => {
  const text = '{\n  "a": {\n    "b": [1,\n      2]\n  },\n  "b": 3\n}\n';

  it('is found by keys and indices; if absent, it is located at the enclosing value', () => {
    expect(
      [['a'], ['a', 'b'], ['a', 'b', 1], ['b'], ['a', 'c'], ['c'], []].map((path) => lineInJson(text, path)),
    ).toEqual([2, 3, 4, 6, 2, 1, 1]);
  });
});
