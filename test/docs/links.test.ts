import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, it } from 'vitest';
import { REPOSITORY } from '../lib/load-fleet.ts';

/** Folders without documentation of this repository. */
const SKIPPED = new Set(['node_modules', '.git', 'dist', 'coverage', '.lab', '.terraform']);

/** Every Markdown file below a folder. */
function documents(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : documents(join(folder, entry.name));
    return entry.name.endsWith('.md') ? [join(folder, entry.name)] : [];
  });
}

/** Text without code, in which brackets are no links. */
function prose(file: string): string {
  return readFileSync(file, 'utf8')
    .replaceAll(/^```[^]*?^```/gm, '')
    .replaceAll(/`[^`\n]*`/g, (code) => code.replaceAll(/[[\]()]/g, ''));
}

/** The anchors of a document's headings, as GitHub makes them. */
function anchors(file: string): string[] {
  return [...readFileSync(file, 'utf8').matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

const FILES = documents(REPOSITORY);

it('finds the documents', () => {
  expect(FILES.map((file) => relative(REPOSITORY, file))).toEqual(
    expect.arrayContaining(['README.md', 'CONTRIBUTING.md', join('docs', 'architecture.md')]),
  );
});

it.each(FILES.map((file) => relative(REPOSITORY, file)))('links of %s lead somewhere', (name) => {
  const file = join(REPOSITORY, name);
  const broken = [...prose(file).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, target = '']) => {
    if (/^[a-z]+:/.test(target)) return [];
    const [path = '', anchor] = target.split('#');
    const to = path === '' ? file : join(dirname(file), path);
    if (!existsSync(to)) return [target];
    return anchor !== undefined && !anchors(to).includes(anchor) ? [target] : [];
  });
  expect(broken).toEqual([]);
});
