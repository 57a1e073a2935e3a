import { afterEach, beforeEach, expect, it } from 'vitest';
import { checkDist } from '../../cli/check-dist.ts';
import { synth } from '../../cli/synth.ts';
import { FleetFolder, LAPTOP } from './fleet-folder.ts';

let fleet: FleetFolder;
beforeEach(async () => {
  fleet = new FleetFolder();
  fleet.add('one', { ...LAPTOP, domain: 'one.localhost' });
  fleet.write('CODEOWNERS', '* @example/platform\n');
  await synth(fleet, []);
});
afterEach(() => fleet.remove());

function belongsTo(owner: string): void {
  fleet.write('clusters/fleet.ts', `export const repository = { url: 'https://github.com/${owner}/fleet.git' };\n`);
}

it("synth --check refuses names of the sample in a repository of one's own, and says where they are", async () => {
  belongsTo('acme');
  await expect(checkDist(fleet, [])).rejects.toThrow(
    "this is the sample's, in a repository of your own\n  at:   CODEOWNERS:1\n  seen: * @example/platform\n",
  );
  // Who asks about one cluster hears about that alone.
  expect((await checkDist(fleet, ['one'])).code).toBe(0);
});

it('takes them in the sample itself', async () => {
  belongsTo('example');
  expect((await checkDist(fleet, [])).code).toBe(0);
});
