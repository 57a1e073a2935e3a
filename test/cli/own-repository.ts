import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { CODE, NO_CODE } from '../../cli/code/files.ts';
import { REPOSITORY } from '../lib/load-fleet.ts';
import { byComponent, LAPTOP, pinsOf } from './fleet-folder.ts';
import { GitFolder } from './git-folder.ts';

/** A Git repository with this code and a small fleet of its own: a cluster in each of the rings `one` and `two`, committed. */
export class OwnRepository extends GitFolder {
  /** What it is in, for whatever belongs to it. */
  readonly scratch: string;

  constructor() {
    super(join(mkdtempSync(join(tmpdir(), 'slipway-own-')), 'repository'));
    this.scratch = dirname(this.root);
    for (const part of CODE)
      cpSync(join(REPOSITORY, part), join(this.root, part), {
        recursive: true,
        filter: (path) => !NO_CODE.test(path),
      });
    this.begin();
    this.write('.gitignore', '/node_modules\n/.slipway-dist*\n');
    this.write(
      'clusters/fleet.ts',
      "export const repository = { url: 'https://github.com/example/slipway.git', revision: 'main' };\n",
    );
    this.write(
      'clusters/rings.ts',
      "export default { one: { clusters: ['a'] }, two: { clusters: ['b'], soak: '0' } };\n",
    );
    for (const [ring, cluster] of [
      ['one', 'a'],
      ['two', 'b'],
    ] as const) {
      const file = { ...LAPTOP, domain: `${cluster}.localhost` };
      this.write(`clusters/${cluster}/cluster.ts`, `export default ${JSON.stringify(file)};\n`);
      this.pin(ring, pinsOf(LAPTOP));
    }
    this.render('Begin');
  }

  /** Writes pins of a ring, each into the file of its component. */
  pin(ring: string, pins: object): void {
    for (const [component, own] of byComponent(pins))
      this.write(`clusters/pins/${ring}/${component}.json`, `${JSON.stringify(Object.fromEntries(own), null, 2)}\n`);
  }

  override remove(): void {
    rmSync(this.scratch, { recursive: true, force: true });
  }
}
