import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { buildImage, cachedImage, hasDatabase, IGNORED, remove, root, SERVICES, treeHash } from './build.ts';
import { canSwitchUser, Container } from './container.ts';
import { parseDockerfile } from './dockerfile.ts';
import { get } from './http.ts';

const images = inject('images');

/** A closed port: services start without their database. */
const NOWHERE = 'mongodb://127.0.0.1:1/nothing?serverSelectionTimeoutMS=500';

describe.each(SERVICES)('the image of %s', (service) => {
  const image = images[service] ?? cachedImage(service);
  const stages = parseDockerfile(readFileSync(join(root, 'apps', service, 'Dockerfile'), 'utf8'), service);
  const files = readdirSync(image.folder, { recursive: true, encoding: 'utf8' });
  const env: Record<string, string> = {
    PORT: '0',
    METRICS_PORT: '0',
    ...(hasDatabase(service) && { MONGODB_URI: NOWHERE }),
  };

  it('pins its base images by tag and digest', () => {
    for (const { base } of stages) expect(base).toMatch(/^[\w./-]+:[\w.-]+@sha256:[0-9a-f]{64}$/);
  });

  it('has the same Node version in the build stage, at run time and in CI', () => {
    const [build, run] = stages.map(({ base }) => /node(?:js|:)(\d+)/.exec(base)?.[1]);
    expect(build).toBe(run);
    expect(readFileSync(join(root, '.github', 'workflows', 'ci.yaml'), 'utf8')).toContain(`'${run}'`);
  });

  it('contains the compiled service, but no sources, tests or development tools', () => {
    expect(files).toContain(`srv/apps/${service}/build/main.js`);
    const own = files.filter((file) => file.startsWith('srv/apps/') && !file.includes('node_modules'));
    expect(own.filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))).toEqual([]);
    expect(files.filter((file) => /\.spec\.|\/testing(\/|$)/.test(file) && !file.includes('node_modules'))).toEqual([]);
    for (const tool of ['typescript', 'vitest', 'oxlint', '@types/node', '@nestjs/testing'])
      expect(existsSync(join(image.folder, 'srv/node_modules', tool))).toBe(false);
  });

  it('contains mongoose only if the service has a database', () => {
    expect(existsSync(join(image.folder, 'srv/node_modules/mongoose'))).toBe(hasDatabase(service));
  });

  it('contains no broken symbolic link', () => {
    const { stdout } = spawnSync('find', ['-L', image.folder, '-type', 'l'], { encoding: 'utf8' });
    expect(stdout).toBe('');
  });

  it('starts in under a second, and responds 200 to /livez', async () => {
    const starts: number[] = [];
    // Load on the machine can only slow a start down, so the fastest of five counts; CPU time hardly depends on load.
    for (let i = 0; i < 5 && Math.min(Infinity, ...starts) >= 1000; i += 1) {
      const container = new Container(image, image.folder, env);
      const { http } = await container.ports();
      const { startedInMs } = await container.line('listening');
      starts.push(Math.min(Number(startedInMs), container.processorMs() ?? Infinity));
      expect((await get(http, '/livez')).status).toBe(200);
      container.kill('SIGTERM');
      expect(await container.ended).toMatchObject({ code: 0 });
    }
    expect(Math.min(...starts)).toBeLessThan(1000);
  });

  it('writes no file in its folder, and logs only JSON', async () => {
    const before = treeHash(join(image.folder, 'srv', 'apps'));
    const container = new Container(image, image.folder, env);
    const { http } = await container.ports();
    await get(http, '/openapi.json');
    container.kill('SIGTERM');
    await container.ended;
    expect(container.noise).toEqual([]);
    expect(treeHash(join(image.folder, 'srv', 'apps'))).toEqual(before);
  });

  it.runIf(canSwitchUser)('cannot write its own files as its user', () => {
    const [uid, gid] = image.config.user.split(':').map(Number);
    const write = spawnSync(process.execPath, ['-e', `require('fs').writeFileSync('main.js', '')`], {
      cwd: join(image.folder, 'srv/apps', service, 'build'),
      uid,
      gid,
      encoding: 'utf8',
    });
    expect(write.stderr).toContain('EACCES');
  });

  it('logs all invalid settings in one fatal line, and exits with 1', async () => {
    const container = new Container(image, image.folder, { ...env, PORT: 'x', TRUSTED_PROXIES: '10.0.0.0/99' });
    expect(await container.ended).toMatchObject({ code: 1 });
    expect(container.log).toHaveLength(1);
    expect(container.log[0]).toMatchObject({ level: 'fatal' });
    expect(String(container.log[0]?.['message'])).toMatch(/PORT: .*"x"[\s\S]*TRUSTED_PROXIES: .*10\.0\.0\.0\/99/);
  });
});

/** The service that builds fastest, for tests that need only one; a fork may have none. */
const sample = SERVICES.find((service) => !hasDatabase(service)) ?? SERVICES[0];

describe('building', () => {
  it.skipIf(sample === undefined)('is reproducible: two builds have the same bytes', { timeout: 300_000 }, () => {
    const again = join(mkdtempSync(join(tmpdir(), 'slipway-again-')), 'image');
    try {
      buildImage(sample ?? '', again);
      expect(treeHash(again)).toEqual(treeHash(cachedImage(sample ?? '').folder));
    } finally {
      remove(join(again, '..'));
    }
  });

  it('excludes from its context the paths in .dockerignore', () => {
    const lines = readFileSync(join(root, '.dockerignore'), 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#') && !line.startsWith('!') && line !== '*');
    const examples = lines.map((line) => line.replace('**/*', 'apps/any/src/some').replace('**/', 'apps/any/'));
    expect(examples.filter((path) => !IGNORED.test(path))).toEqual([]);
    expect(lines).toHaveLength(5);
  });

  it('throws at an unsupported instruction, with file and line', () => {
    expect(() => parseDockerfile('FROM a:1 AS b\nHEALTHCHECK CMD true\n', 'x/Dockerfile')).toThrow(
      'x/Dockerfile:2: cannot be run without Docker: HEALTHCHECK CMD true',
    );
  });
});
