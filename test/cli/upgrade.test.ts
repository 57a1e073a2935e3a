import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sha256OfCode } from '../../cli/code/files.ts';
import { Git } from '../../cli/git.ts';
import { initialised } from '../../cli/upgrade/initialised.ts';
import { partsLeftOut } from '../../cli/upgrade/parts.ts';
import { servicesOf } from '../forks/edits.ts';
import { Fork } from '../forks/fork.ts';
import { IN_CLOUD, OTHER_FACTS } from './fleet-folder.ts';
import { GitFolder } from './git-folder.ts';
import { type ForkedRepository, UpstreamRepository } from './upstream-repository.ts';

/** A constant of the charts that every rendered service has. */
const DRAIN = 'charts/lib/drain.ts';
const SETTINGS = 'bootstrap/modules/settings/main.tf';
const ACME = [
  'init',
  '--yes',
  '--organization=acme',
  '--repository=https://github.com/acme/platform.git',
  '--domain=acme.dev',
  '--clusters=a,c',
  '--without=shop',
];

let upstream: UpstreamRepository;
let fork: ForkedRepository;
let first: string;

/** The commit of upstream that a fork is upgraded to. */
const tip = (): string => upstream.git('rev-parse', 'HEAD').trim();
const unmerged = (): string => fork.git('diff', '--name-only', '--diff-filter=U').trim();
const drains = (seconds: number): void =>
  upstream.edit(DRAIN, (text) => text.replace(/DRAIN_SECONDS = \d+/, `DRAIN_SECONDS = ${seconds}`));

/** A pin that only the new code asks for. */
const asksForProxy = (): void => {
  upstream.edit('charts/cluster.ts', (text) => text.replace("image('traefik')", "image('proxy')"));
  for (const ring of ['one', 'two'])
    upstream.edit(`clusters/pins/${ring}/gateway.json`, (text) => text.replace('"traefik": {', '"proxy": {'));
};

beforeAll(() => {
  upstream = new UpstreamRepository();
  first = tip();
  fork = upstream.forked('fork');
  fork.succeed(...ACME);
  fork.commit('Make it ours');
  fork.edit('clusters/a/cluster.ts', (text) => text.replace(/gateway: .*/, 'gateway: { replicas: 2 },'));
  fork.edit(SETTINGS, (text) => text.replace('90', '365'));
  fork.write('README.md', '# Our platform\n');
  fork.git('rm', '--quiet', '.github/workflows/whole.yaml');
  fork.render('Change what is ours');

  drains(11);
  asksForProxy();
  // Beside lines that init has written, and below one that the fork has changed.
  upstream.edit('CODEOWNERS', (text) => text.replace('/charts/', '/apps/ @example/apps\n/charts/'));
  upstream.edit(SETTINGS, (text) => text.replace('"example"\n', '"example"\n  region = "north"\n'));
  upstream.edit('renovate.json', (text) =>
    text.replace('"customManagers"', '"timezone": "Etc/UTC",\n  "customManagers"'),
  );
  upstream.edit('bootstrap/roots/c/main.tf', (text) => text.replace('images ', 'scan = true\n  images '));
  // Samples that the fork does not have, what it has of its own, and what it has removed.
  upstream.edit('clusters/b/cluster.ts', (text) => `// It is near.\n${text}`);
  upstream.edit('bootstrap/roots/b/main.tf', (text) => `# It is near.\n${text}`);
  upstream.write('apps/shop/src/discounts.ts', 'export const DISCOUNTS = [];\n');
  upstream.edit('apps/compose.yaml', (text) => text.replace('image: shop', 'image: shop:2'));
  upstream.edit('clusters/a/cluster.ts', (text) =>
    text.replace(/gateway: .*/, 'gateway: { replicas: 3 }, tenants: {},'),
  );
  upstream.write('.github/workflows/whole.yaml', 'on: pull_request\n');
  upstream.cluster('d', { ...IN_CLOUD, domain: 'd.example.com' });
  upstream.write('clusters/d/facts.json', OTHER_FACTS);
  upstream.terraform('d');
  upstream.edit('clusters/rings.ts', (text) => text.replace("'c'", "'c', 'd'"));
  upstream.edit('.github/workflows/terraform.yaml', (text) => text.replace('c]', 'c, d]'));
  upstream.edit('bootstrap/roots/remote-state-azure/main.tf', (text) => text.replace('"c"', '"c", "d"'));
  // What a fork takes along.
  upstream.edit('apps/whoami/package.json', (text) => text.replace('1.0.0', '1.1.0'));
  upstream.edit('README.md', () => '# Slipway, upstream\n');
  upstream.edit('CHANGELOG.md', (text) => text.replace('- The', '- What is new.\n- The'));
  upstream.render('Move on');
  fork.git('fetch', '--quiet', 'upstream');
}, 120_000);
afterAll(() => upstream?.remove());

/** In order: each test goes on from what the one before has left. */
describe('slipway upgrade', () => {
  let said: string;

  it('merges what a plain merge could not', () => {
    expect(() => fork.git('merge', '--no-commit', 'upstream/main')).toThrow();
    expect(unmerged().split('\n')).toEqual(
      expect.arrayContaining([
        'CODEOWNERS',
        SETTINGS,
        'apps/compose.yaml',
        'clusters/a/cluster.ts',
        'clusters/b/cluster.ts',
      ]),
    );
    fork.git('merge', '--abort');
    said = fork.succeed('upgrade');
    expect(said).toMatch(/\nUpgraded from [0-9a-f]+ to upstream\/main \([0-9a-f]+\) as [0-9a-f]+\n/);
    expect(fork.git('status', '--porcelain')).toBe('');
    expect(fork.git('log', '-1', '--format=%P').trim().split(' ')[1]).toBe(tip());
  });

  it('has rendered what upstream has changed, in the fork’s clusters', () => {
    expect(fork.read('dist/a/whoami/Deployment.whoami.yaml')).toContain("value: '11'");
    expect(fork.read('dist/c/whoami/HTTPRoute.whoami.yaml')).toContain('whoami.c.acme.dev');
    expect(fork.succeed('synth', '--check')).toContain('up to date');
  });

  it('keeps what is the fork’s', () => {
    expect(fork.git('diff', 'HEAD^', '--stat', '--', 'clusters', ':!clusters/pins')).toBe('');
    expect(fork.read('clusters/a/cluster.ts')).toContain('gateway: { replicas: 2 }');
    expect(fork.read('README.md')).toBe('# Our platform\n');
    expect(said).toContain('kept as this fork has it, though upstream has changed it, too:\n  README.md\n');
  });

  it('takes what is new beside what init has written, as the fork’s', () => {
    expect(fork.read('CODEOWNERS')).toBe('* @acme/platform\n/apps/ @acme/apps\n/charts/ @acme/charts\n');
    expect(fork.read(SETTINGS)).toBe(
      'locals {\n  organization = "acme"\n  region = "north"\n\n  log_retention_days = 365\n\n  github_subject_prefixes = ["repo:acme/platform"]\n}\n',
    );
    expect(fork.read('renovate.json')).toMatch(/"timezone"[^]*ghcr\.io\/acme\/platform\/\*\*/);
    expect(fork.read('bootstrap/roots/c/main.tf')).toMatch(/scan = true[^]*images {2}= \["whoami"\]/);
    expect(fork.read('apps/whoami/package.json')).toContain('1.1.0');
    expect(said).not.toContain("still the sample's");
  });

  it('leaves out what the fork has removed, and new samples', () => {
    for (const path of [
      'clusters/b',
      'clusters/d',
      'bootstrap/roots/b',
      'bootstrap/roots/d',
      'apps/shop',
      'dist/b',
      'dist/d',
    ])
      expect(fork.has(path), path).toBe(false);
    expect(fork.has('.github/workflows/whole.yaml')).toBe(false);
    expect(fork.read('apps/compose.yaml')).not.toContain('shop');
    expect(fork.read('.github/workflows/terraform.yaml')).toContain('options: [c]');
    expect(fork.read('bootstrap/roots/remote-state-azure/main.tf')).toContain('environments = ["c"]');
    expect(said).toContain(
      'not taken, since this fork does not have it:\n  apps/shop: 1 changed file\n  bootstrap/roots/b: 1 changed file\n  bootstrap/roots/d: 2 changed files\n  .github/workflows/whole.yaml: 1 changed file\n',
    );
  });

  it('brings pins that the new code asks for, and no others', () => {
    for (const ring of ['one', 'two'])
      expect(Object.keys(JSON.parse(fork.read(`clusters/pins/${ring}/gateway.json`)) as object)).toEqual(['proxy']);
    expect(fork.has('clusters/pins/two/shop.json')).toBe(false);
  });

  it('says what is new, and what is left to people', () => {
    expect(said).toContain('new in CHANGELOG.md:\n  - What is new.\n');
    expect(said).toMatch(
      /left to do by people:\n[^]*settings of clouds have changed: git diff [0-9a-f]+ [0-9a-f]+ -- bootstrap[^]*new sections in upstream’s cluster files[^\n]*: tenants\n/,
    );
    expect(said).not.toContain('npm install');
  });

  it('has nothing to do a second time, nor for an older commit, nor after a squash', () => {
    const nothing = /^this fork has .* already: nothing to upgrade/;
    expect(fork.succeed('upgrade')).toMatch(nothing);
    expect(fork.succeed('upgrade', '--from', first)).toMatch(nothing);
    const message = fork.git('log', '-1', '--format=%B');
    fork.git('reset', '--quiet', '--soft', 'HEAD^');
    fork.git('commit', '--quiet', '--message', `Upgrade (#12)\n\n${message}`);
    expect(fork.succeed('upgrade')).toMatch(nothing);
  });

  it('leaves sources that both have changed in one place to people, and can be given up', () => {
    fork.edit(DRAIN, (text) => text.replace('DRAIN_SECONDS = 11', 'DRAIN_SECONDS = 30'));
    fork.render('Drain for longer');
    drains(12);
    upstream.edit('package-lock.json', (text) => text.replace('{', '{\n  "x": 1,'));
    upstream.render('Drain for a second more');
    fork.git('fetch', '--quiet', 'upstream');
    const before = fork.git('rev-parse', 'HEAD');
    const { code, output } = fork.slipway('upgrade');
    expect(code).toBe(1);
    expect(output).toMatch(
      /^left to do by people:\n[^]*error: this fork and upstream\/main have changed 1 source in one place\n {2}charts\/lib\/drain\.ts\n[^]*npm install && npx slipway synth --prune-pins && git add --all && git commit; or give it up: git merge --abort/,
    );
    expect(unmerged()).toBe(DRAIN);
    fork.git('merge', '--abort');
    expect(fork.git('status', '--porcelain')).toBe('');
    expect(fork.git('rev-parse', 'HEAD')).toBe(before);
  });

  it('is ended by a commit, once people have resolved them', () => {
    expect(fork.slipway('upgrade').code).toBe(1);
    fork.git('checkout', '--quiet', '--ours', '--', DRAIN);
    fork.succeed('synth', '--prune-pins');
    fork.git('add', '--all');
    fork.git('commit', '--quiet', '--no-edit');
    expect(fork.git('log', '-1', '--format=%s %P')).toMatch(
      /^Merge upstream\/main \([0-9a-f]+\), initialised.* [0-9a-f]{40} [0-9a-f]{40}\n$/,
    );
    expect(fork.succeed('upgrade')).toContain('nothing to upgrade');
  });

  it('says so if what it has merged does not render', () => {
    upstream.edit('charts/cluster.ts', (text) => text.replaceAll("image('proxy')", "image('absent')"));
    upstream.commit('Ask for a pin that nobody has');
    fork.git('fetch', '--quiet', 'upstream');
    const { code, output } = fork.slipway('upgrade');
    expect(code).toBe(1);
    expect(output).toMatch(
      /Git has merged the sources, but they do not render together: [^]*absent[^]*git merge --abort/,
    );
    fork.git('merge', '--abort');
    expect(fork.git('status', '--porcelain')).toBe('');
  });

  it('begins nothing with uncommitted changes, or without upstream', () => {
    fork.write('notes.txt', '');
    expect(fork.slipway('upgrade').output).toContain('there are changes that are not committed');
    fork.git('clean', '--quiet', '--force');
    expect(fork.slipway('upgrade', '--from', 'nowhere').output).toContain('there is no commit "nowhere"');
    fork.git('remote', 'remove', 'upstream');
    expect(fork.slipway('upgrade').output).toMatch(/there is no remote "upstream"[^]*git remote add upstream URL/);
  });
});

describe('slipway upgrade of a copy without history', () => {
  beforeAll(() => {
    upstream.git('reset', '--quiet', '--hard', first);
    drains(11);
    asksForProxy();
    upstream.render('Move on');
  });

  it('finds the version that a template’s copy began with', () => {
    const copy = upstream.copied('template', first);
    copy.succeed(...ACME);
    copy.commit('Make it ours');
    expect(copy.succeed('upgrade')).toContain(`Upgraded from ${first.slice(0, 7)}`);
    expect(copy.read('dist/a/whoami/Deployment.whoami.yaml')).toContain("value: '11'");
    expect(copy.succeed('upgrade')).toContain('nothing to upgrade');
  });

  it('leaves a ring that earlier code renders as it is', () => {
    const copy = upstream.copied('lagging', first);
    const commit = copy.git('rev-parse', 'HEAD').trim();
    copy.write('clusters/code.json', `${JSON.stringify({ two: { commit, sha256: sha256OfCode(copy.root) } })}\n`);
    copy.commit('Keep the code of the second ring');
    expect(copy.succeed('upgrade')).toMatch(/\n {2}two keeps its code/);
    expect(copy.read('clusters/pins/one/gateway.json')).toContain('"proxy"');
    expect(copy.git('diff', 'HEAD^', '--stat', '--', 'clusters/pins/two', 'dist/b', 'dist/c')).toBe('');
  });

  it('asks once for the version that any other began with', () => {
    const copy = upstream.copied('copy', first);
    copy.write('notes.txt', '');
    copy.git('add', '--all');
    copy.git('commit', '--quiet', '--amend', '--no-edit');
    expect(copy.slipway('upgrade').output).toMatch(/have no commit in common[^]*--base COMMIT/);
    copy.succeed('upgrade', '--base', first);
    expect(copy.succeed('upgrade')).toContain('nothing to upgrade');
  });
});

describe('what an upgrade writes into a version of upstream', () => {
  let copy: Fork;
  let git: GitFolder;
  beforeAll(() => {
    copy = Fork.ofRepository();
    git = new GitFolder(copy.folder);
    git.begin();
    git.commit('Begin');
  });
  afterAll(() => copy?.delete());

  it('is what init has written into it, in this repository', async () => {
    const without = servicesOf(copy).slice(1);
    copy.run(
      'init',
      '--yes',
      '--organization=other',
      '--repository=https://github.com/other/platform.git',
      '--domain=other.dev',
      '--email=ops@other.dev',
      `--clusters=${copy.clusters.at(-1)}`,
      ...(without.length > 0 ? [`--without=${without.join(',')}`] : []),
    );
    const head = git.commit('Make it ours');
    const opened = Git.open(copy.folder);
    const parts = partsLeftOut(opened, 'HEAD^', 'HEAD^');
    const { tree } = await initialised(opened, 'HEAD^', { root: copy.folder, without: parts });
    expect(git.git('diff', '--name-status', head, tree)).toBe('');
  });
});
