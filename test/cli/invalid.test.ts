import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../charts/fault.ts';
import { renderCluster } from '../../charts/render/render.ts';
import { committedVolumes } from '../../cli/committed-volumes.ts';
import { loadCluster } from '../../cli/load.ts';
import { repository } from '../fleets/repository.ts';
import { EXAMPLE, FIXTURES, placeFixture } from '../lib/fixtures.ts';

/** Renders the valid cluster with the files of a fixture instead of its own; returns the text of the error. */
async function render(...fixture: readonly string[]): Promise<string> {
  const root = mkdtempSync(join(tmpdir(), 'slipway-fixture-'));
  try {
    const importer = placeFixture(root, ...fixture);
    // What a fixture has below `dist` is what the running cluster was made from.
    const before = committedVolumes(join(FIXTURES, ...fixture), 'dist');
    renderCluster(await loadCluster(root, EXAMPLE, importer), repository, before);
    return '';
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return `${error.message}\n`;
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

describe('rendering a fixture', () => {
  it('valid reports no error', async () => {
    expect(await render('valid')).toBe('');
  });

  it.each(readdirSync(join(FIXTURES, 'accepted')))('accepted/%s reports no error', async (fixture) => {
    expect(await render('accepted', fixture)).toBe('');
  });

  it.each(readdirSync(join(FIXTURES, 'invalid')))('%s reports the error in message.txt', async (fixture) => {
    expect(await render('invalid', fixture)).toBe(
      readFileSync(join(FIXTURES, 'invalid', fixture, 'message.txt'), 'utf8'),
    );
  });
});
