import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { REPOSITORY } from '../../../test/lib/load-fleet.ts';
import { KINDS } from '../../kinds/index.ts';
import { VERDICT_RULES } from '../verdict-rules.ts';
import { RULES } from './index.ts';

const FOLDERS = ['data', 'outage', 'rights', 'versions', 'quiet'];

it('ids are unique and readable', () => {
  const ids = RULES.map(({ id }) => id);
  expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
  expect(ids.filter((id) => !/^SLP-[a-z]+(-[a-z]+)*$/.test(id))).toEqual([]);
});

it('every list of rules is in RULES, and is proved by the test beside it', async () => {
  const files = FOLDERS.flatMap((folder) =>
    readdirSync(join(import.meta.dirname, folder)).flatMap((name) =>
      name.endsWith('.ts') && !name.endsWith('.test.ts') ? [join(import.meta.dirname, folder, name)] : [],
    ),
  );
  const lists = await Promise.all(
    files.map(async (file) => {
      const exported = Object.values((await import(file)) as Readonly<Record<string, unknown>>);
      return { file, ids: exported.flatMap(idsIn) };
    }),
  );
  expect(lists.flatMap(({ ids }) => ids).toSorted()).toEqual(RULES.map(({ id }) => id).toSorted());
  const unproved = lists.filter(({ ids, file }) => ids.length > 0 && !existsSync(file.replace(/\.ts$/, '.test.ts')));
  expect(unproved.map(({ file }) => file)).toEqual([]);
});

/** The ids of an exported list of rules; none of anything else. */
function idsIn(exported: unknown): string[] {
  const items: readonly unknown[] = Array.isArray(exported) ? exported : [];
  return items.flatMap((one) =>
    typeof one === 'object' && one !== null && 'id' in one && typeof one.id === 'string' ? [one.id] : [],
  );
}

it('kinds that rules look at are declared', () => {
  const declared = new Set(KINDS.map(({ kind }) => kind));
  expect(RULES.flatMap(({ kinds = [] }) => kinds).filter((kind) => !declared.has(kind))).toEqual([]);
});

it('docs/plan.md lists every rule with its severity and what it is about', () => {
  const text = readFileSync(join(REPOSITORY, 'docs', 'plan.md'), 'utf8');
  const section = text.slice(text.indexOf('\n## Rules\n'));
  const documented = [...section.matchAll(/^\| `(SLP-[^`]+)` +\| (\S+) +\| (.*?) +\|$/gm)].map(([, ...row]) => row);
  expect(documented).toEqual([...VERDICT_RULES, ...RULES].map(({ id, severity, about }) => [id, severity, about]));
});
