import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Fault } from '../../charts/fault.ts';
import { builtProgram, kit } from './build.ts';
import { FakeGo } from './build/fake-go.ts';
import { keyOf } from './build/parts.ts';
import { completed } from './completed.ts';
import { DEFINITIONS, PROGRAMS, UPSTREAMS } from './programs.ts';

const modules = join(dirname(fileURLToPath(import.meta.url)), 'modules');
const programs = (Object.keys(PROGRAMS) as (keyof typeof PROGRAMS)[]).filter((name) => !PROGRAMS[name].real);
let folder: string;
let go: FakeGo | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-build-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
  go?.remove();
  go = undefined;
});

/** An environment with a fake `go` that works, or runs a script, and an empty cache. */
function withGo(script?: string): NodeJS.ProcessEnv {
  go = script === undefined ? FakeGo.working() : FakeGo.with(script);
  return go.env;
}

function executable(file: string, text = ''): void {
  writeFileSync(file, text);
  chmodSync(file, 0o755);
}

const calls = () => go?.calls() ?? [];
const cached = () => go?.cached() ?? [];

async function faultOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(Fault);
  return (error as Fault).message;
}

describe('kit', () => {
  it('builds each program once and reports its start and end', async () => {
    const env = withGo();
    const said: string[] = [];
    const first = await kit({ env, say: (line) => said.push(line) });
    for (const name of programs) {
      expect(readFileSync(first.program(name), 'utf8')).toBe('built\n');
      expect(said.filter((line) => line.startsWith(`  ${name}`) && !line.startsWith(`  ${name}-`))).toHaveLength(2);
    }
    expect(said[0]).toContain('minutes on 2 cores');
    expect(said).toContain(`  kwok (5 of ${programs.length + 1}) …`);

    const before = calls().length;
    const second = await kit({ env, say: (line) => said.push(`again: ${line}`) });
    expect(second.folder).toBe(first.folder);
    expect(calls()).toHaveLength(before);
    expect(said.filter((line) => line.startsWith('again'))).toEqual([]);
  });

  it('has the CRDs of each repository under their paths, and only YAML', async () => {
    const { upstreams } = await kit({ env: withGo(), say: () => {} });
    expect(upstreams.map(({ url }) => url)).toEqual(UPSTREAMS.map(({ url }) => url));
    for (const [index, { version, folder: held }] of upstreams.entries()) {
      const { at = '', folders, module } = UPSTREAMS[index]!;
      expect(version).toMatch(/^v\d/);
      for (const name of folders) {
        expect(readdirSync(join(held, at, name))).toEqual(['definition.yaml']);
        expect(readFileSync(join(held, at, name, 'definition.yaml'), 'utf8')).toBe(module);
      }
    }
  });

  it('builds only missing parts', async () => {
    const env = withGo();
    const { folder: first } = await kit({ env, say: () => {} });
    const gone = cached().find((name) => name.startsWith('redis-'))!;
    rmSync(join(go!.folder, 'cache', 'slipway', 'lab', gone), { recursive: true });
    const before = calls().length;
    expect((await kit({ env, say: () => {} })).folder).toBe(first);
    expect(
      calls()
        .slice(before)
        .filter((call) => call.startsWith('build')),
    ).toHaveLength(1);
  });

  it('builds what only real nodes run when asked, with C libraries where it needs them', async () => {
    const env = withGo();
    const small = await kit({ env, say: () => {} });
    expect(() => small.program('runc')).toThrow('the lab was started without runc');
    const before = calls().length;
    const real = await kit({ env, say: () => {}, real: true });
    expect(real.folder).not.toBe(small.folder);
    expect(readFileSync(real.program('runc'), 'utf8')).toBe('built\n');
    const built = calls().slice(before);
    expect(built.filter((call) => call.endsWith('cmd/kube-apiserver'))).toEqual([]);
    expect(built.find((call) => call.endsWith('opencontainers/runc'))).toContain('-tags seccomp');
    expect(built.find((call) => call.endsWith('cmd/prometheus'))).toContain(
      '-tags netgo,remove_all_sd,enable_kubernetes_sd,enable_dns_sd',
    );
    const [alertmanager, ...others] = built.filter((call) => call.includes('-modfile'));
    expect(alertmanager).toMatch(/\/completed\/go\.mod .*cmd\/alertmanager$/);
    expect(others).toEqual([]);
  });

  it('says where programs are that were built before, and builds nothing for that', async () => {
    const env = withGo();
    expect(builtProgram('promtool', env)).toBeUndefined();
    expect(calls()).toEqual([]);
    await kit({ env, say: () => {} });
    expect(builtProgram('promtool', env)).toBeUndefined();
    const real = await kit({ env, say: () => {}, real: true });
    expect(readFileSync(builtProgram('promtool', env)!, 'utf8')).toBe('built\n');
    expect(builtProgram('promtool', { LAB_BIN: real.folder })).toBe(join(real.folder, 'promtool'));
    expect(builtProgram('promtool', { LAB_BIN: folder })).toBeUndefined();
  });

  it('supports concurrent builds', async () => {
    const env = withGo();
    const [one, two] = await Promise.all([kit({ env, say: () => {} }), kit({ env, say: () => {} })]);
    expect(one.folder).toBe(two.folder);
    expect(cached().filter((name) => name.startsWith('building-'))).toEqual([]);
  });

  it('accepts a built folder as LAB_BIN', async () => {
    const env = withGo();
    const built = await kit({ env, say: () => {} });
    const given = await kit({ env: { LAB_BIN: built.folder }, say: () => {} });
    expect(given).toMatchObject({ folder: built.folder, upstreams: built.upstreams });
  });

  it('needs no more than the programs that are asked for', async () => {
    const env = withGo();
    const built = await kit({ env, say: () => {}, programs: ['etcd'] });
    expect(built.program('etcd')).toBe(join(built.folder, 'etcd'));
    expect(calls().some((text) => text.endsWith('cmd/kube-apiserver'))).toBe(false);
    await expect(kit({ env: { LAB_BIN: built.folder }, say: () => {} })).rejects.toThrow('kube-apiserver');
  });
});

describe('keyOf', () => {
  it('depends on go.mod, go.sum and Go sources, not on the path', () => {
    const copy = join(folder, 'redis');
    cpSync(join(modules, 'redis'), copy, { recursive: true });
    const keys = [keyOf('redis'), keyOf('redis', copy)];
    expect(keys[1]).toBe(keys[0]);
    for (const file of ['go.mod', 'go.sum', 'main.go']) {
      writeFileSync(join(copy, file), `${readFileSync(join(copy, file), 'utf8')}\n`);
      keys.push(keyOf('redis', copy));
    }
    writeFileSync(join(copy, 'README.md'), 'no part of it');
    expect(keyOf('redis', copy)).toBe(keys.at(-1));
    expect(new Set(keys).size).toBe(4);
  });

  it('passes the version from go.mod to the linker', async () => {
    const env = withGo();
    await kit({ env, say: () => {} });
    const version = /k8s\.io\/kubernetes (v\S+)/.exec(
      readFileSync(join(modules, 'control-plane', 'go.mod'), 'utf8'),
    )![1]!;
    const [, minor] = version.split('.');
    const call = calls().find((text) => text.endsWith('cmd/kube-apiserver'))!;
    expect(call).toContain(`version.gitVersion=${version} `);
    expect(call).toContain(`version.gitMinor=${minor} `);
  });
});

it('versions of Prometheus are those of its releases', () => {
  const { stamp } = PROGRAMS.prometheus;
  const version = (of: string) => Object.values(stamp!.variables(of))[0];
  expect(version('v0.316.0')).toBe('3.16.0');
  expect(version('v0.309.12')).toBe('3.9.12');
});

it('a module is completed in a copy, which a go.mod beside it puts in its place', () => {
  const original = join(folder, 'original');
  const requiredBy = join(folder, 'requires');
  mkdirSync(join(original, 'ui'), { recursive: true });
  mkdirSync(requiredBy);
  writeFileSync(join(original, 'ui', 'web.go'), 'package ui');
  chmodSync(join(original, 'ui', 'web.go'), 0o444);
  writeFileSync(join(requiredBy, 'go.mod'), 'require example.org/pages v1.0.0');
  writeFileSync(join(requiredBy, 'go.sum'), 'sums');
  const into = join(folder, 'completed');
  const files = { 'ui/dist/index.html': 'page' };
  const modfile = completed({ of: 'example.org/pages', original, files, requiredBy, into });
  const text = readFileSync(modfile, 'utf8');
  expect(text).toContain('require example.org/pages v1.0.0\n');
  const copy = JSON.parse(/^replace example\.org\/pages => (.+)$/m.exec(text)![1]!) as string;
  expect(readFileSync(join(copy, 'ui/web.go'), 'utf8')).toBe('package ui');
  expect(readFileSync(join(copy, 'ui/dist/index.html'), 'utf8')).toBe('page');
  expect(readFileSync(join(dirname(modfile), 'go.sum'), 'utf8')).toBe('sums');
  expect(existsSync(join(original, 'ui/dist'))).toBe(false);
});

describe('kit fails', () => {
  it('without Go, naming the required version', async () => {
    const message = await faultOf(kit({ env: { PATH: folder, XDG_CACHE_HOME: join(folder, 'cache') }, say: () => {} }));
    expect(message).toMatch(/needs Go 1\.\d+(\.\d+)? or newer/);
    expect(message).toContain('no go on the PATH');
    expect(message).toContain('LAB_BIN');
  });

  it('with an outdated Go, naming the required version', async () => {
    const message = await faultOf(kit({ env: withGo('echo go1.19.8'), say: () => {} }));
    expect(message).toMatch(/needs Go 1\.\d+(\.\d+)? or newer\n {2}seen: go1\.19\.8/);
  });

  it("on a build error, showing Go's output and leaving no partial files", async () => {
    const env = withGo(
      '[ "$1" = env ] && echo go99.1 && exit\necho some/package >&2; echo "a.go:1: no such thing" >&2; exit 1',
    );
    const message = await faultOf(kit({ env, say: () => {} }));
    expect(message).toContain(`${programs[0]} cannot be built`);
    expect(message).toContain('test/lab/modules');
    expect(message).toContain('a.go:1: no such thing');
    expect(cached()).toEqual([]);
  });

  it('on abort, killing Go and its children and leaving no partial files', async () => {
    const env = withGo(`[ "$1" = env ] && echo go99.1 && exit\nsleep 600 & echo $! > ${folder}/pid; wait`);
    const abort = new AbortController();
    const building = kit({ env, signal: abort.signal, say: () => {} });
    while (!existsSync(join(folder, 'pid')) || readFileSync(join(folder, 'pid'), 'utf8') === '')
      await new Promise((soon) => setTimeout(soon, 10));
    abort.abort(new Error('enough'));
    await expect(building).rejects.toThrow('enough');
    const pid = Number(readFileSync(join(folder, 'pid'), 'utf8'));
    await expect.poll(() => isRunning(pid)).toBe(false);
    expect(cached()).toEqual([]);
  });

  it('if LAB_BIN is incomplete, naming what is missing', async () => {
    const bin = join(folder, 'given');
    mkdirSync(join(bin, DEFINITIONS), { recursive: true });
    for (const name of programs.slice(1)) executable(join(bin, name));
    for (const { url } of UPSTREAMS.slice(1))
      mkdirSync(join(bin, DEFINITIONS, `${new URL(url).pathname.slice(1, -4).replace('/', '+')}@v1.0.0`));
    const message = await faultOf(kit({ env: { LAB_BIN: bin }, say: () => {} }));
    expect(message).toContain(
      `LAB_BIN is missing ${programs[0]}, definitions/argoproj+argo-cd@<version>\n  at:   ${bin}`,
    );
  });

  it('if LAB_BIN does not exist', async () => {
    const message = await faultOf(kit({ env: { LAB_BIN: join(folder, 'nowhere') }, say: () => {} }));
    expect(message).toContain('does not exist');
  });
});

describe('modules', () => {
  it.each([...new Set([...Object.values(PROGRAMS).map(({ module }) => module), DEFINITIONS])])(
    '%s requires the modules of PROGRAMS and UPSTREAMS',
    (module) => {
      const text = readFileSync(join(modules, module, 'go.mod'), 'utf8');
      const tools = [...text.matchAll(/^(?:tool |\t)([\w.]+\/\S+)$/gm)].map(([, name]) => name!);
      const packages = Object.values(PROGRAMS).filter((source) => source.module === module && source.package !== '.');
      expect(tools.sort()).toEqual(packages.map((source) => source.package).sort());
      if (module === DEFINITIONS) for (const upstream of UPSTREAMS) expect(text).toContain(`\t${upstream.module} v`);
      expect(existsSync(join(modules, module, 'go.sum'))).toBe(true);
    },
  );
});

/** Whether a process runs; a zombie does not. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/\) Z /.test(existsSync(`/proc/${pid}/stat`) ? readFileSync(`/proc/${pid}/stat`, 'utf8') : '');
  } catch {
    return false;
  }
}
