import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { buildImage, cachedImage, IGNORED, remove, root, SERVICES, treeHash } from './build.ts';
import { canSwitchUser, Container } from './container.ts';
import { parseDockerfile } from './dockerfile.ts';
import { ask } from './http.ts';

const images = inject('images');

/** A port where nobody listens: services start without their database. */
const NOWHERE = 'mongodb://127.0.0.1:1/nothing?serverSelectionTimeoutMS=500';

/** True if the service asks for a library of a database. */
function hasDatabase(service: string): boolean {
  const { dependencies } = JSON.parse(readFileSync(join(root, 'apps', service, 'package.json'), 'utf8')) as {
    readonly dependencies: Readonly<Record<string, string>>;
  };
  return 'mongoose' in dependencies;
}

/** Any of the services: what is said of it holds for each. */
const [SERVICE = ''] = SERVICES;

describe.each(SERVICES)('the image of %s', (service) => {
  const image = images[service] ?? cachedImage(service);
  const stages = parseDockerfile(readFileSync(join(root, 'apps', service, 'Dockerfile'), 'utf8'), service);
  const files = readdirSync(image.folder, { recursive: true, encoding: 'utf8' });
  const env: Record<string, string> = {
    PORT: '0',
    METRICS_PORT: '0',
    ...(hasDatabase(service) && { MONGODB_URI: NOWHERE }),
  };

  it('starts from bases that are pinned by tag and digest', () => {
    for (const { base } of stages) expect(base).toMatch(/^[\w./-]+:[\w.-]+@sha256:[0-9a-f]{64}$/);
  });

  it('runs on the same Node that it was built with', () => {
    const [build, run] = stages.map(({ base }) => /node(?:js|:)(\d+)/.exec(base)?.[1]);
    expect(build).toBe(run);
    expect(readFileSync(join(root, '.github', 'workflows', 'ci.yaml'), 'utf8')).toContain(`'${run}'`);
  });

  it('has what runs, and neither sources, tests nor tools', () => {
    expect(files).toContain(`srv/apps/${service}/build/main.js`);
    const own = files.filter((file) => file.startsWith('srv/apps/') && !file.includes('node_modules'));
    expect(own.filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))).toEqual([]);
    expect(files.filter((file) => /\.spec\.|\/testing(\/|$)/.test(file) && !file.includes('node_modules'))).toEqual([]);
    for (const tool of ['typescript', 'vitest', 'oxlint', '@types/node', '@nestjs/testing'])
      expect(existsSync(join(image.folder, 'srv/node_modules', tool))).toBe(false);
  });

  it('has a database library only if the service has a database', () => {
    expect(existsSync(join(image.folder, 'srv/node_modules/mongoose'))).toBe(hasDatabase(service));
  });

  it('has every link lead somewhere', () => {
    const { stdout } = spawnSync('find', ['-L', image.folder, '-type', 'l'], { encoding: 'utf8' });
    expect(stdout).toBe('');
  });

  it('starts in under a second, and answers', async () => {
    const starts: number[] = [];
    // Other work on the machine makes a start slow; it cannot make one fast. A processor's time hardly depends on it.
    for (let i = 0; i < 5 && Math.min(Infinity, ...starts) >= 1000; i += 1) {
      const container = new Container(image, image.folder, env);
      const { http } = await container.ports();
      const { startedInMs } = await container.line('listening');
      starts.push(Math.min(Number(startedInMs), container.processorMs() ?? Infinity));
      expect((await ask(http, '/livez')).status).toBe(200);
      container.kill('SIGTERM');
      expect(await container.ended).toMatchObject({ code: 0 });
    }
    expect(Math.min(...starts)).toBeLessThan(1000);
  });

  it('writes nothing where it is, and logs nothing but JSON', async () => {
    const before = treeHash(join(image.folder, 'srv', 'apps'));
    const container = new Container(image, image.folder, env);
    const { http } = await container.ports();
    await ask(http, '/openapi.json');
    container.kill('SIGTERM');
    await container.ended;
    expect(container.noise).toEqual([]);
    expect(treeHash(join(image.folder, 'srv', 'apps'))).toEqual(before);
  });

  it.runIf(canSwitchUser)('cannot write to its own files as its own user', () => {
    const [uid, gid] = image.config.user.split(':').map(Number);
    const write = spawnSync(process.execPath, ['-e', `require('fs').writeFileSync('main.js', '')`], {
      cwd: join(image.folder, 'srv/apps', service, 'build'),
      uid,
      gid,
      encoding: 'utf8',
    });
    expect(write.stderr).toContain('EACCES');
  });

  it('says all that is wrong with its settings in one line, and ends', async () => {
    const container = new Container(image, image.folder, { ...env, PORT: 'x', TRUSTED_PROXIES: '10.0.0.0/99' });
    expect(await container.ended).toMatchObject({ code: 1 });
    expect(container.log).toHaveLength(1);
    expect(container.log[0]).toMatchObject({ level: 'fatal' });
    expect(String(container.log[0]?.['message'])).toMatch(/PORT: .*"x"[\s\S]*TRUSTED_PROXIES: .*10\.0\.0\.0\/99/);
  });
});

describe.runIf(SERVICE)('publishing', () => {
  it('refuses a tag that is not the version of the code', () => {
    const { status, stderr } = spawnSync('bash', ['.github/scripts/publish-image.sh', `${SERVICE}-99.0.0`], {
      cwd: root,
      encoding: 'utf8',
    });
    expect(status).toBe(1);
    expect(stderr).toMatch(
      new RegExp(String.raw`^The tag says ${SERVICE} 99\.0\.0, but apps/${SERVICE}/package\.json says \d+\.\d+\.\d+\.`),
    );
  });
});

describe('building', () => {
  it.runIf(SERVICE)('gives the same bytes twice', { timeout: 300_000 }, () => {
    const again = join(mkdtempSync(join(tmpdir(), 'slipway-again-')), 'image');
    try {
      buildImage(SERVICE, again);
      expect(treeHash(again)).toEqual(treeHash(cachedImage(SERVICE).folder));
    } finally {
      remove(join(again, '..'));
    }
  });

  it('leaves out of its context what .dockerignore leaves out', () => {
    const lines = readFileSync(join(root, '.dockerignore'), 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#') && !line.startsWith('!') && line !== '*');
    const examples = lines.map((line) =>
      line.replace('**/*', `apps/${SERVICE}/src/some`).replace('**/', `apps/${SERVICE}/`),
    );
    expect(examples.filter((path) => !IGNORED.test(path))).toEqual([]);
    expect(lines).toHaveLength(5);
  });

  it('stops at an instruction that it cannot follow', () => {
    expect(() => parseDockerfile('FROM a:1 AS b\nHEALTHCHECK CMD true\n', 'x/Dockerfile')).toThrow(
      'x/Dockerfile:2: cannot be run without Docker: HEALTHCHECK CMD true',
    );
  });
});
