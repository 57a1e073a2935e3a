import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lostExports, withoutUses } from '../../cli/fork/code.ts';
import { REPOSITORY } from '../lib/load-fleet.ts';

const GONE = { folder: 'charts/components/clock', settings: ['clock'] };

/** What the modules of these tests import. */
const OTHERS: Readonly<Record<string, string>> = {
  'add.ts': `export const add = (..._: unknown[]): unknown => _;
export const zone = 'UTC';
export interface Settings { clock?: { face: string; hours: number }; gateway?: object }
export interface Props { settings: Settings; nodes: object; hosts: object }
export class Component { dns: unknown[] = []; }
`,
  'components/gateway/alerts.ts': 'export const gatewayAlerts = {};\n',
};
const CLOCK = `export type Hand = 'hour';
export class Clock { constructor(props?: object) { void props; } hours(): number { return 1; } }
export const clockAlerts = {};
export const ticks = (of?: unknown): { url: string; count: number } => ({ url: String(of), count: 1 });
`;

/** Modules with what is left of them. */
const CASES: readonly (readonly [title: string, before: string, after: string])[] = [
  [
    'a member of a list, a section and an imported type, with what these alone used',
    `import { add, type Props, zone } from './add.ts';
import { clockAlerts } from './components/clock/clock.ts';
import { Clock, type Hand } from './components/clock/clock.ts';
import { gatewayAlerts } from './components/gateway/alerts.ts';

export const ALERTS = [gatewayAlerts, clockAlerts];
export let hand: Hand | undefined;
const SECTIONS = ['gateway', 'clock'];

export function compose({ settings, nodes, hosts }: Props): void {
  // Last, since it asks all others.
  if (settings.clock) {
    const { face, ...clock } = settings.clock;
    add(new Clock({ ...clock, face, zone, nodes }));
  }
  add(SECTIONS, { hosts, tick: (face: string) => face });
}
`,
    `import { add, type Props } from './add.ts';
import { gatewayAlerts } from './components/gateway/alerts.ts';

export const ALERTS = [gatewayAlerts];
const SECTIONS = ['gateway'];

export function compose({ hosts }: Props): void {
  add(SECTIONS, { hosts, tick: (face: string) => face });
}
`,
  ],
  [
    'a constant with what uses it, and a list that would be empty',
    `import { Clock, ticks } from './components/clock/clock.ts';
const clock = new Clock();
const hours = clock.hours();
const all = [ticks(), ...[ticks(clock)]];
export const MADE = { clocks: [clock], hours, all, days: 7 };
`,
    'export const MADE = { days: 7 };\n',
  ],
  [
    'a property whose value is a list of it alone, with what reads the property',
    `import { ticks } from './components/clock/clock.ts';
export class Tower {
  private readonly all = [ticks()];
  readonly height = 3;
  first(): unknown {
    return this.all[0];
  }
  shadow(): number {
    return this.height * 2;
  }
}
`,
    `export class Tower {
  readonly height = 3;
  shadow(): number {
    return this.height * 2;
  }
}
`,
  ],
  [
    'a typed property that a constructor assigns, but none that it inherits or that may be undefined',
    `import { Component } from './add.ts';
import { ticks } from './components/clock/clock.ts';
export class Tower extends Component {
  /** Of its clock. */
  readonly url: string;
  readonly counts: readonly number[];
  readonly maybe?: string;
  constructor() {
    super();
    const { url, count } = ticks(this);
    this.url = url;
    this.counts = [count, ...[count]];
    this.maybe = url;
    this.dns = [count];
    this.dns.push('all');
  }
  get address(): string {
    const url = new Date().toISOString();
    return url + String(this.maybe);
  }
}
`,
    `import { Component } from './add.ts';
export class Tower extends Component {
  readonly maybe?: string;
  constructor() {
    super();
    this.dns.push('all');
  }
  get address(): string {
    const url = new Date().toISOString();
    return url + String(this.maybe);
  }
}
`,
  ],
  [
    'a name of one function, but not the same name of another one',
    `import { add } from './add.ts';
import { ticks } from './components/clock/clock.ts';
export function one(): void {
  const { count } = ticks();
  add('one');
  add(count);
}
export function other(count: number): number {
  return count + 1;
}
`,
    `import { add } from './add.ts';
export function one(): void {
  add('one');
}
export function other(count: number): number {
  return count + 1;
}
`,
  ],
  [
    'a function without its value, but for an early one',
    `import { add } from './add.ts';
import { ticks } from './components/clock/clock.ts';
function count(): number {
  return ticks().count;
}
const both = (is: boolean): number => {
  if (is) return 1;
  else return count();
};
export function early(is: boolean): number {
  if (is) {
    add('early');
    return ticks().count;
  }
  return 2;
}
export function chosen(of: 'clock' | 'none'): number {
  switch (of) {
    case 'clock':
      return both(true);
    default:
      return 0;
  }
}
export const CHOSEN = { a: count() > 1 ? 'many' : 'one', b: (given = ticks()) => given, c: early };
`,
    `export function early(_is: boolean): number {
  return 2;
}
export function chosen(of: 'clock' | 'none'): number {
  switch (of) {
    default:
      return 0;
  }
}
export const CHOSEN = { c: early };
`,
  ],
  [
    'the branch after else, one declaration of several, and a local type that nothing uses any more',
    `import { add, zone } from './add.ts';
import { ticks } from './components/clock/clock.ts';
interface Zoned {
  readonly zone: string;
}
const zoned: Zoned = { zone };
export function choose(of: string): number {
  const a = ticks().count, b = 2;
  const added = add(of);
  let tick: number;
  if (of) tick = ticks(a).count;
  add(() => tick);
  let tock: number | undefined;
  tock = ticks(a).count;
  add(() => tock);
  if (of) add(b);
  else add(ticks(zoned), ticks(a), added);
  return b;
}
`,
    `import { add } from './add.ts';
export function choose(of: string): number {
  const b = 2;
  add(of);
  let tock: number | undefined;
  add(() => tock);
  if (of) add(b);
  return b;
}
`,
  ],
  [
    'an exported name and what it is exported again from',
    `export { Clock } from './components/clock/clock.ts';
import { ticks } from './components/clock/clock.ts';
const made = ticks();
const days = 7;
export { days, made };
`,
    `const days = 7;
export { days };
`,
  ],
];

/** As the formatter leaves it. */
const without = (text: string): string =>
  withoutUses(text, 'charts/cluster.ts', GONE)
    .replaceAll(/(?<=\S) +/g, ' ')
    .trimStart();

describe('code without a folder that it imports from', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'fork-code-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** What a type checker says of modules, by the rules of the repository. */
  function checked(name: string, modules: Readonly<Record<string, string>>): string {
    const root = join(folder, name);
    const own = { extends: join(REPOSITORY, 'tsconfig.json'), compilerOptions: { types: [] }, include: ['.'] };
    const configuration = { 'package.json': '{ "type": "module" }', 'tsconfig.json': JSON.stringify(own) };
    for (const [path, text] of Object.entries({ ...OTHERS, ...modules, ...configuration })) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    const tsc = join(REPOSITORY, 'node_modules/typescript/bin/tsc');
    try {
      return execFileSync(process.execPath, [tsc, '--project', root], { encoding: 'utf8' });
    } catch (error) {
      return (error as { readonly stdout: string }).stdout;
    }
  }

  it.each(CASES)('loses %s', (_, before, after) => {
    expect(without(before)).toBe(after);
  });

  it('compiles, as it did before', () => {
    const modules = (change: (text: string) => string) =>
      Object.fromEntries(CASES.map(([, before], i) => [`case-${i}.ts`, change(before)]));
    expect(checked('before', { ...modules((text) => text), 'components/clock/clock.ts': CLOCK })).toBe('');
    expect(checked('after', modules(without))).toBe('');
  });

  it('is nothing if all of it used that', () => {
    const text =
      "import { Clock } from './components/clock/clock.ts';\nconst clock = new Clock();\nit('ticks', () => clock.tick());\n";
    expect(without(text)).toBe('');
  });

  it('loses what a module does not export any more', () => {
    const before =
      "import { ticks } from './components/clock/clock.ts';\nexport const hours = ticks();\nexport const days = 7;\n";
    expect(lostExports(before, without(before))).toEqual(['hours']);
    const exports = new Map([['charts/made.ts', new Set(['hours'])]]);
    const importing = "import { days, hours as h } from '../made.ts';\nexport const ALL = { days, h };\n";
    expect(withoutUses(importing, 'charts/lib/all.ts', { ...GONE, exports })).toBe(
      "import { days } from '../made.ts';\nexport const ALL = { days };\n",
    );
  });

  it('stays as it is if it uses nothing of that', () => {
    const text = "import { clocks } from './clocks/clock.ts';\nexport const settings = { clock: clocks };\n";
    expect(without(text)).toBe(text);
  });
});
