import { afterAll, beforeAll, expect, test } from 'vitest';
import { renderTestFleet } from '../../lib/fleet.ts';
import { described, prove } from '../../plan/prove/prove.ts';
import { failuresOf, tableOf } from '../../plan/prove/report.ts';
import { ProofServer } from '../../plan/prove/server.ts';
import { World } from '../../plan/prove/world.ts';
import { say } from './rehearsal.ts';

/** A sample of `npm run prove:plan`, the same each time. */
const SAMPLE = { seed: 1, edits: 300, meaningless: 100 };

let server: ProofServer;

beforeAll(async () => {
  server = await ProofServer.start(say);
});
afterAll(() => server?.stop());

test('slipway plan says of each edit what the API server answers', async () => {
  const proof = await prove(new World(await renderTestFleet()), server, SAMPLE);
  say(tableOf(proof).replaceAll('\n', '\n  '));
  expect(proof.edits).toHaveLength(SAMPLE.edits);
  // Proven without meaning by the API server: fewer than were tried.
  expect(proof.meaningless.length).toBeGreaterThan(SAMPLE.meaningless / 2);
  expect(proof.edits.filter(({ score }) => score === 'refused, and so planned').length).toBeGreaterThan(10);
  expect(failuresOf(proof).map(described)).toEqual([]);
});
