import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Program, UPSTREAMS } from '../programs.ts';

/** A `go` that is a shell script, and a cache of its own. */
export class FakeGo {
  readonly folder = mkdtempSync(join(tmpdir(), 'slipway-build-'));
  /** Folder with the script only, and those of the system. */
  readonly env: NodeJS.ProcessEnv = {
    PATH: `${join(this.folder, 'bin')}:/usr/bin:/bin`,
    XDG_CACHE_HOME: join(this.folder, 'cache'),
  };

  /** @param script what the script does in place of working */
  static with(script: string): FakeGo {
    return new FakeGo().write(script);
  }

  /** Prints a version, writes a file for `build -o`, and lists a downloaded folder per module. */
  static working(): FakeGo {
    const go = new FakeGo();
    const { folder } = go;
    const downloads = UPSTREAMS.map(({ module, folders }) => {
      const Dir = join(folder, 'downloads', module);
      for (const name of folders) {
        mkdirSync(join(Dir, name), { recursive: true });
        writeFileSync(join(Dir, name, 'definition.yaml'), module);
        writeFileSync(join(Dir, name, 'README.md'), 'not taken');
      }
      return Dir;
    });
    writeFileSync(join(folder, 'downloaded'), downloads.join('\n'));
    mkdirSync(join(folder, 'downloads', 'alertmanager'));
    return go.write(`
echo "$*" >> ${folder}/calls
case "$1" in
  env) echo go99.1 ;;
  list) case "$*" in *alertmanager) echo ${folder}/downloads/alertmanager ;; *) cat ${folder}/downloaded ;; esac ;;
  build)
    while [ "$1" != -o ]; do shift; done
    name=$(basename "$2")
    echo "begins $name" >> ${folder}/builds
    nice > ${folder}/niceness-$name
    while [ -e ${folder}/held ] && [ ! -e ${folder}/let-$name ]; do sleep 0.02; done
    [ ! -e ${folder}/broken-$name ] || { echo "$name.go:1: no such thing" >&2; exit 1; }
    echo built > "$2"; chmod +x "$2"
    echo "ends $name" >> ${folder}/builds ;;
esac`);
  }

  /** Builds of programs wait from now on, until they are let. */
  hold(): void {
    writeFileSync(join(this.folder, 'held'), '');
  }

  /** Lets builds of programs end. */
  let(...names: readonly Program[]): void {
    for (const name of names) writeFileSync(join(this.folder, `let-${name}`), '');
  }

  /** Makes the build of a program fail. */
  break(name: Program): void {
    writeFileSync(join(this.folder, `broken-${name}`), '');
  }

  /** Makes the build of a program work again. */
  mend(name: Program): void {
    rmSync(join(this.folder, `broken-${name}`));
  }

  /** Arguments of all calls. */
  calls(): string[] {
    return this.lines('calls');
  }

  /** Begin and end of builds, in order. */
  builds(): string[] {
    return this.lines('builds');
  }

  /** How much the build of a program gave way to other processes: 0 is not at all, 19 most. */
  niceness(name: Program): number {
    return Number(readFileSync(join(this.folder, `niceness-${name}`), 'utf8'));
  }

  /** What is in the cache. */
  cached(): string[] {
    const cache = join(this.folder, 'cache', 'slipway', 'lab');
    return existsSync(cache) ? readdirSync(cache) : [];
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private lines(name: string): string[] {
    const file = join(this.folder, name);
    return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  }

  private write(script: string): this {
    const file = join(this.folder, 'bin', 'go');
    mkdirSync(join(this.folder, 'bin'));
    writeFileSync(file, `#!/bin/sh\n${script}`);
    chmodSync(file, 0o755);
    return this;
  }
}
