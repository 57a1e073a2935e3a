import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { freePorts } from '../../apps/common/src/testing/free-ports.ts';
import { type Content, writeLayout } from './oci-layout.ts';
import { CAN_PUSH, Registry } from './registry.ts';
import { pinOf, type Ran, ScriptRepository } from './repository.ts';

let repository: ScriptRepository;
beforeEach(() => {
  repository = new ScriptRepository();
  repository.commit({ 'apps/whoami/package.json': '{ "version": "1.2.0" }' });
});
afterEach(() => repository.remove());

const folder = (): string => join(repository.scratch, 'image');
const head = (): string => repository.git('rev-parse', 'HEAD');
const build = (content: Content = {}, version = '1.2.0', revision = head()): void =>
  writeLayout(folder(), {
    ...content,
    labels: { 'org.opencontainers.image.version': version, 'org.opencontainers.image.revision': revision },
  });

describe('build-image.sh', () => {
  /** What Docker is asked for: no machine of these tests has one, so this does not prove that it builds. */
  function asked(): string {
    repository.program('docker', `printf '%s\\n' "$@" >>"${repository.scratch}/asked"`);
    expect(repository.run('build-image.sh', ['whoami', folder()])).toMatchObject({ status: 0, stderr: '' });
    return readFileSync(join(repository.scratch, 'asked'), 'utf8');
  }

  it('builds what is committed into a folder, with SBOM and provenance, by pinned programs, and pushes nothing', () => {
    const said = asked();
    expect(said).toContain(`org.opencontainers.image.version=1.2.0\n`);
    expect(said).toContain(`org.opencontainers.image.revision=${head()}\n`);
    expect(said).toContain(`type=oci,tar=false,dest=${folder()},rewrite-timestamp=true\n`);
    expect(said).toMatch(/--provenance=mode=max\n--sbom=generator=\S+@sha256:[0-9a-f]{64}\n/);
    expect(said).not.toContain('push');
  });

  it('says of an image that it has changes which are in no commit', () => {
    repository.write('apps/whoami/src/main.ts', '');
    expect(asked()).toContain(`org.opencontainers.image.revision=${head()}-dirty\n`);
  });
});

describe('scan-image.sh', () => {
  const FILE = 'apps/accepted-vulnerabilities.json';
  const match = (id: string, severity = 'High', state = 'fixed', related: readonly string[] = []): object => ({
    vulnerability: { id, severity, fix: { state, versions: ['4.17.21'] } },
    relatedVulnerabilities: related.map((one) => ({ id: one })),
    artifact: { name: 'lodash', version: '4.17.15' },
  });

  /**
   * Scans with a grype that finds this on one platform, and nothing on the other one. It does not prove what the real one finds,
   * whose database no registry of packages has.
   */
  function scan(matches: readonly object[], platform = 'linux/amd64'): Ran {
    build();
    const found = JSON.stringify({ matches });
    repository.program(
      'grype',
      `case "$*" in\n  *"--platform ${platform} oci-dir:${folder()}") echo '${found}' ;;\n  *) echo '{ "matches": [] }' ;;\nesac\n`,
    );
    return repository.run('scan-image.sh', [folder()]);
  }

  it.each(['linux/amd64', 'linux/arm64'])('fails on what a newer version fixes, on %s', (platform) => {
    const { status, stderr } = scan([match('CVE-2026-1'), match('CVE-2026-2', 'Critical')], platform);
    expect([status, stderr]).toEqual([
      1,
      `Critical CVE-2026-2 in lodash 4.17.15, fixed in 4.17.21\nHigh CVE-2026-1 in lodash 4.17.15, fixed in 4.17.21\nTake the version that fixes it: a newer package, or base image. If that cannot be, accept it for a while in ${FILE}.\n`,
    ]);
  });

  it('passes what is less, and what nothing fixes', () => {
    const found = [match('CVE-2026-1', 'Medium'), match('CVE-2026-2', 'Critical', 'not-fixed')];
    expect(scan(found)).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  it('passes what is accepted, by its own name or that of its CVE, and says why', () => {
    const because = 'the parser is never given input of others';
    const accepted = { 'CVE-2026-1': { because, until: '2099-12-31' }, 'GHSA-2': { because, until: '2099-12-31' } };
    repository.write(FILE, JSON.stringify(accepted));
    expect(scan([match('GHSA-1', 'High', 'fixed', ['CVE-2026-1']), match('GHSA-2')])).toEqual({
      status: 0,
      stdout: ['GHSA-1', 'GHSA-2']
        .map((id) => `accepted until 2099-12-31: High ${id} in lodash 4.17.15, fixed in 4.17.21: ${because}\n`)
        .join(''),
      stderr: '',
    });
    expect(scan([match('GHSA-2'), match('GHSA-3')])).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/^High GHSA-3 [^\n]*\nTake/) as string,
    });
  });

  it('fails on what was accepted until yesterday', () => {
    const until = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
    repository.write(FILE, JSON.stringify({ 'CVE-2026-1': { because: 'a newer one breaks the start', until } }));
    expect(scan([match('CVE-2026-1')])).toMatchObject({ status: 1, stdout: '' });
  });

  it.each([
    ['a reason', { until: '2099-12-31' }],
    ['an end', { because: 'a newer one breaks the start' }],
    ['a day as its end', { because: 'a newer one breaks the start', until: 'later' }],
  ])('refuses to accept without %s', (_, entry) => {
    repository.write(FILE, JSON.stringify({ 'CVE-2026-1': entry }));
    const { status, stderr } = scan([]);
    expect([status, stderr.split('\n').slice(1)]).toEqual([1, ['CVE-2026-1', '']]);
  });

  it('fails if the scanner does', () => {
    build();
    repository.program('grype', 'echo "no database" >&2; exit 1\n');
    expect(repository.run('scan-image.sh', [folder()])).toEqual({ status: 1, stdout: '', stderr: 'no database\n' });
  });
});

describe.skipIf(!CAN_PUSH)('push-image.sh, with a real registry', () => {
  let registry: Registry;
  beforeAll(async () => {
    registry = await Registry.start();
  });
  afterAll(() => registry?.stop());
  beforeEach(() => repository.git('update-ref', 'refs/remotes/origin/main', 'HEAD'));

  /** Pushes what the pins name so, which were committed with it. */
  function push(name: string, host = registry.host): Ran {
    repository.write('clusters/pins/one/whoami.json', pinOf(`${host}/acme/${name}/whoami`));
    return repository.run('push-image.sh', ['whoami', folder()], registry.env);
  }
  const indexOf = (): string =>
    (JSON.parse(readFileSync(join(folder(), 'index.json'), 'utf8')) as { manifests: { digest: string }[] })
      .manifests[0]!.digest;

  it('pushes the index with all that is in it, as it was built, and prints name, version and digest', async () => {
    build();
    const name = `${registry.host}/acme/pushed/whoami:1.2.0`;
    expect(push('pushed')).toEqual({ status: 0, stdout: `${name}@${indexOf()}\n`, stderr: '' });
    const answer = await fetch(`http://${registry.host}/v2/acme/pushed/whoami/manifests/1.2.0`, {
      headers: { accept: 'application/vnd.oci.image.index.v1+json' },
    });
    const text = await answer.text();
    expect(`sha256:${createHash('sha256').update(text).digest('hex')}`).toBe(indexOf());
    expect((JSON.parse(text) as { manifests: object[] }).manifests).toHaveLength(4);
  });

  it('prints what is published if that is the same, whenever its attestations were made', () => {
    build({ built: 'yesterday' });
    const first = push('again');
    build({ built: 'today' });
    expect(first.stdout).not.toContain(indexOf());
    expect(push('again')).toEqual({
      status: 0,
      stdout: first.stdout,
      stderr: `${registry.host}/acme/again/whoami:1.2.0 is already published, with the same content\n`,
    });
  });

  it('refuses a version that is published with other content', () => {
    build();
    expect(push('other').status).toBe(0);
    repository.commit({ 'apps/whoami/src/main.ts': '1' });
    repository.git('update-ref', 'refs/remotes/origin/main', 'HEAD');
    build({ layer: Buffer.alloc(2048) });
    expect(push('other')).toEqual({
      status: 1,
      stdout: '',
      stderr: `${registry.host}/acme/other/whoami:1.2.0 is already published, with other content: raise the version in apps/whoami/package.json.\n`,
    });
  });

  it('refuses what is not on main, and what a merge has brought there', () => {
    repository.git('switch', '--quiet', '--create', 'topic');
    const topic = repository.commit({ 'apps/whoami/src/main.ts': '1' });
    build();
    const refused = {
      status: 1,
      stdout: '',
      stderr: expect.stringContaining(`${topic} is not what main is`) as string,
    };
    expect(push('topic')).toEqual(refused);
    repository.git('switch', '--quiet', 'main');
    repository.git('merge', '--quiet', '--no-ff', '--no-edit', 'topic');
    repository.git('update-ref', 'refs/remotes/origin/main', 'HEAD');
    repository.git('switch', '--quiet', 'topic');
    expect(push('topic')).toEqual(refused);
    repository.git('switch', '--quiet', 'main');
    build();
    expect(push('topic').status).toBe(0);
  });

  it.each([
    ['of another version', '1.1.0', undefined],
    ['of another commit', '1.2.0', 'a'.repeat(40)],
    ['with changes that are not committed', '1.2.0', 'dirty'],
  ])('refuses an image %s', (_, version, revision) => {
    build({}, version, revision === 'dirty' ? `${head()}-dirty` : revision);
    const { status, stderr } = push('labels');
    expect([status, stderr]).toEqual([
      1,
      expect.stringContaining(`but apps/whoami/package.json says 1.2.0 of ${head()}: build it again`) as string,
    ]);
  });

  it('refuses to guess whether a version is published', async () => {
    build();
    const { status, stdout, stderr } = push('away', `127.0.0.1:${(await freePorts(1))[0]}`);
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^Whether \S+\/acme\/away\/whoami:1\.2\.0 is published is not known:\n.*connection refused/);
  });
});

describe('push-image.sh, with a registry that is played', () => {
  it('says what to do where a registry has no repository of that name and makes none', () => {
    repository.git('update-ref', 'refs/remotes/origin/main', 'HEAD');
    repository.write(
      'clusters/pins/one/whoami.json',
      pinOf('111122223333.dkr.ecr.eu-west-1.amazonaws.com/acme/whoami'),
    );
    const said = "name unknown: The repository with name 'acme/whoami' does not exist in the registry";
    const labels = { version: '1.2.0', revision: head() };
    repository.program(
      'skopeo',
      `case "$*" in
  *--config*) printf '{ "config": { "Labels": { "org.opencontainers.image.version": "${labels.version}", "org.opencontainers.image.revision": "${labels.revision}" } } }' ;;
  *) echo "${said}" >&2; exit 1 ;;
esac\n`,
    );
    expect(repository.run('push-image.sh', ['whoami', folder()])).toEqual({
      status: 1,
      stdout: '',
      stderr: `${said}\nOn Amazon ECR, first apply the root of the cluster whose \`images\` name whoami.\n`,
    });
  });
});

describe('verify-image.sh', () => {
  it('asks for the signature of the workflow on main', () => {
    // In place of Sigstore, which cannot be reached here: it does not prove that a signature is right.
    repository.program('cosign', `printf '%s\\n' "$@" >"${repository.scratch}/asked"`);
    expect(repository.run('verify-image.sh', ['a/whoami@sha256:1'])).toMatchObject({ status: 0 });
    expect(readFileSync(join(repository.scratch, 'asked'), 'utf8').trim().split('\n')).toEqual([
      'verify',
      '--certificate-oidc-issuer',
      'https://token.actions.githubusercontent.com',
      '--certificate-identity',
      'https://github.com/Acme/fleet/.github/workflows/release.yaml@refs/heads/main',
      'a/whoami@sha256:1',
    ]);
    repository.program('cosign', 'echo "no matching signatures" >&2; exit 1\n');
    expect(repository.run('verify-image.sh', ['a/whoami@sha256:1'])).toEqual({
      status: 1,
      stdout: '',
      stderr: 'no matching signatures\n',
    });
  });
});
