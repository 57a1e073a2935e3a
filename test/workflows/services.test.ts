import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { REPOSITORY } from '../lib/load-fleet.ts';
import { SERVICES } from '../offline/images/build.ts';
import { parseDockerfile } from '../offline/images/dockerfile.ts';
import { ScriptRepository } from './repository.ts';

const dockerfile = (service: string, more = ''): string => `FROM node AS build
COPY package.json package-lock.json ./
COPY --chown=1:1 apps/common apps/common/
COPY apps/${service} apps/${service}/
${more}FROM scratch
COPY --from=build /srv/charts charts/
`;
const BEGIN = {
  '.dockerignore': '*\n!package.json\n!apps/\n**/*.spec.ts\napps/common/src/testing\n',
  'package.json': '{}',
  'package-lock.json': '{}',
  'charts/a.ts': '',
  'apps/common/src/a.ts': '',
  'apps/items/Dockerfile': dockerfile('items'),
  'apps/items/package.json': '{ "version": "1.0.0" }',
  'apps/whoami/Dockerfile': dockerfile('whoami'),
  'apps/whoami/package.json': '{ "version": "1.0.0" }',
};

let repository: ScriptRepository;
beforeEach(() => {
  repository = new ScriptRepository();
  repository.commit(BEGIN);
});
afterEach(() => repository.remove());

/** What it prints of the last commit. */
function names(...args: readonly string[]): string[] {
  const { status, stdout, stderr } = repository.run('services.sh', args);
  expect([status, stderr]).toEqual([0, '']);
  return stdout.split('\n').slice(0, -1);
}

describe('services.sh changed', () => {
  it.each([
    ['its own folder', { 'apps/whoami/src/main.ts': '1' }, ['whoami']],
    ['its Dockerfile', { 'apps/whoami/Dockerfile': dockerfile('whoami', 'USER 1\n') }, ['whoami']],
    ['what all share', { 'apps/common/src/a.ts': '1' }, ['items', 'whoami']],
    ['a file that all copy', { 'package-lock.json': '{ "a": 1 }' }, ['items', 'whoami']],
    ['what images may see', { '.dockerignore': '*\n' }, ['items', 'whoami']],
    ['what builds them', { '.github/scripts/build-image.sh': '1' }, ['items', 'whoami']],
    ['a new service', { 'apps/new/Dockerfile': dockerfile('new') }, ['new']],
    ['tests alone', { 'apps/whoami/src/a.spec.ts': '1', 'apps/common/src/testing/a.ts': '1' }, []],
    ['what no image has', { 'charts/a.ts': '1', 'README.md': '1', 'apps/README.md': '1' }, []],
  ])('of %s', (_, files, expected) => {
    repository.commit(files);
    expect(names('changed', 'HEAD~1')).toEqual(expected);
  });

  it('of what is removed', () => {
    repository.git('rm', '--quiet', '-r', 'apps/whoami', 'apps/common');
    repository.commit();
    expect(names('changed', 'HEAD~1')).toEqual(['items']);
  });

  it.each([
    ['goes on in the next line', 'COPY charts \\\n  charts/\n'],
    ['is JSON', 'COPY ["charts", "charts/"]\n'],
    ['mounts', 'RUN --mount=type=bind,target=/srv make\n'],
    ['is in small letters', 'copy charts charts/\n'],
    ['has a pattern', 'COPY cha*/*.ts charts/\n'],
    ['takes all', 'COPY . .\n'],
    ['adds', 'ADD charts charts/\n'],
  ])('of a Dockerfile whose instruction %s', (_, instruction) => {
    repository.commit({ 'apps/whoami/Dockerfile': dockerfile('whoami', instruction) });
    repository.commit({ 'charts/a.ts': '1' });
    expect(names('changed', 'HEAD~1')).toEqual(['whoami']);
  });

  it('of what .dockerignore takes back', () => {
    repository.commit({ '.dockerignore': '**/*.spec.ts\n!apps/whoami/src/a.spec.ts\n' });
    repository.commit({ 'apps/whoami/src/a.spec.ts': '1' });
    expect(names('changed', 'HEAD~1')).toEqual(['whoami']);
  });

  it('of this branch, and not of what its base has got since', () => {
    repository.git('switch', '--quiet', '--create', 'topic');
    repository.commit({ 'apps/whoami/src/main.ts': '1' });
    repository.git('switch', '--quiet', 'main');
    repository.commit({ 'apps/items/src/main.ts': '1' });
    repository.git('switch', '--quiet', 'topic');
    expect(names('changed', 'main')).toEqual(['whoami']);
  });

  it('of nothing, where a fork has no services', () => {
    repository.git('rm', '--quiet', '-r', 'apps', '.dockerignore');
    repository.commit();
    repository.commit({ 'package.json': '{ "a": 1 }' });
    expect([names('all'), names('changed', 'HEAD~1'), names('released', 'HEAD~1')]).toEqual([[], [], []]);
  });

  it('of a base that there is not', () => {
    expect(repository.run('services.sh', ['changed', 'none'])).toMatchObject({
      status: 128,
      stderr: expect.stringContaining('none') as string,
    });
  });
});

describe('services.sh released', () => {
  it('of those whose version is another one', () => {
    repository.commit({ 'apps/whoami/package.json': '{ "version": "1.1.0" }', 'apps/items/src/main.ts': '1' });
    expect(names('released', 'HEAD~1')).toEqual(['whoami']);
    repository.commit({ 'apps/items/package.json': '{ "version": "1.0.0", "a": 1 }' });
    expect(names('released', 'HEAD~1')).toEqual([]);
  });

  it('of all that are new', () => {
    repository.commit({ 'apps/new/Dockerfile': dockerfile('new'), 'apps/new/package.json': '{ "version": "1.0.0" }' });
    expect(names('released', 'HEAD~1')).toEqual(['new']);
    expect(names('released', '0'.repeat(40))).toEqual(['items', 'new', 'whoami']);
  });
});

describe.skipIf(SERVICES.length === 0)('services.sh, of this repository', () => {
  const sources = (service: string): string[] => {
    const file = `apps/${service}/Dockerfile`;
    const steps = parseDockerfile(readFileSync(join(REPOSITORY, file), 'utf8'), file).flatMap((stage) => stage.steps);
    return steps.flatMap((step) => (step.do === 'copy' && step.from === undefined ? [...step.sources] : []));
  };

  it('of each file that a Dockerfile copies', () => {
    const all = [...new Set(SERVICES.flatMap(sources))];
    const tracked = execFileSync('git', ['ls-files', '--', ...all, '.dockerignore', 'apps/*/Dockerfile'], {
      cwd: REPOSITORY,
      encoding: 'utf8',
    });
    for (const path of tracked.trim().split('\n')) repository.write(path, readFileSync(join(REPOSITORY, path), 'utf8'));
    repository.commit();
    expect(all).not.toEqual([]);
    for (const source of all) {
      const file = execFileSync('git', ['ls-files', '--', source], { cwd: REPOSITORY, encoding: 'utf8' }).split(
        '\n',
      )[0]!;
      repository.commit({ [file]: `changed as ${source}` });
      const expected = SERVICES.filter((service) => sources(service).some((one) => `${file}/`.startsWith(`${one}/`)));
      expect(names('changed', 'HEAD~1'), file).toEqual(expected);
    }
  });
});
