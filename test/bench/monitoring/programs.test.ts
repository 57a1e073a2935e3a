import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { findProgram } from './programs.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-programs-'));
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

function script(path: string, text: string): string {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/sh\n${text}\n`);
  chmodSync(file, 0o755);
  return file;
}

const find = (name: Parameters<typeof findProgram>[0]): ReturnType<typeof findProgram> =>
  findProgram(name, {
    PATH: [join(folder, 'first'), join(folder, 'second'), '/usr/bin', '/bin'].join(delimiter),
    XDG_CACHE_HOME: join(folder, 'cache'),
  });

it('takes the jsonnet of PATH that is written in Go, and says its version', () => {
  script('first/jsonnet', "echo 'Jsonnet commandline interpreter v0.21.0'");
  const path = script('second/jsonnet', "echo 'Jsonnet commandline interpreter (Go implementation) v0.20.0'");
  expect(find('go-jsonnet')).toEqual({ path, title: 'go-jsonnet v0.20.0' });
});

it('builds what is not on PATH once, into the cache', () => {
  script(
    'first/go',
    `echo "$@" >> ${folder}/calls; printf '#!/bin/sh\\n' > "$GOBIN/gojsontoyaml"; chmod +x "$GOBIN/gojsontoyaml"`,
  );
  const path = join(folder, 'cache/slipway/bench/gojsontoyaml-v0.1.0/bin/gojsontoyaml');
  expect(find('gojsontoyaml')).toEqual({ path, title: 'gojsontoyaml v0.1.0' });
  rmSync(join(folder, 'first'), { recursive: true });
  expect(find('gojsontoyaml')).toMatchObject({ path });
});

it('says why a program is missing', () => {
  script('first/go', 'echo no route to host >&2; exit 1');
  expect(find('gojsontoyaml')).toEqual({ missing: expect.stringContaining('no route to host') });
});
