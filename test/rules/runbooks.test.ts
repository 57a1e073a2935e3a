import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { NAMED_ALERTS } from './all-alerts.ts';

const FOLDER = join(import.meta.dirname, '../../docs/runbooks');
const PAGES = readdirSync(FOLDER);

describe('the runbook of an alert', () => {
  it.each(NAMED_ALERTS)('%s names it', (name, { runbook }) => {
    expect(PAGES).toContain(`${runbook}.md`);
    expect(readFileSync(join(FOLDER, `${runbook}.md`), 'utf8')).toContain(`\`${name}\``);
  });

  it('is in the list of runbooks', () => {
    const list = readFileSync(join(FOLDER, 'README.md'), 'utf8');
    for (const page of PAGES.filter((name) => name !== 'README.md')) expect(list).toContain(`(${page})`);
  });
});

it('has a name of its own for each alert', () => {
  const names = NAMED_ALERTS.map(([name]) => name);
  expect(names).toEqual([...new Set(names)]);
});
