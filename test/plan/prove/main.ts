/** Proves the plan on an API server: `npm run prove:plan -- --seed 1 --edits 6000 --meaningless 1500`; `--all` lists all. */
import { parseArgs } from 'node:util';
import { renderTestFleet } from '../../lib/fleet.ts';
import { described, prove } from './prove.ts';
import { ProofServer } from './server.ts';
import { failuresOf, tableOf } from './report.ts';
import { World } from './world.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    edits: { type: 'string', default: '6000' },
    meaningless: { type: 'string', default: '1500' },
    all: { type: 'boolean', default: false },
  },
});
const extent = { seed: Number(values.seed), edits: Number(values.edits), meaningless: Number(values.meaningless) };
const world = new World(await renderTestFleet());
const server = await ProofServer.start((line) => console.error(line));
try {
  const proof = await prove(world, server, extent);
  console.log(tableOf(proof));
  const failures = failuresOf(proof);
  for (const trial of failures) console.log(described(trial));
  if (values.all) for (const trial of proof.edits) console.log(`${trial.score} | ${described(trial)}`);
  process.exitCode = failures.length > 0 ? 1 : 0;
} finally {
  await server.stop();
}
