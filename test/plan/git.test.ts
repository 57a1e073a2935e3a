import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { dump } from 'js-yaml';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { Manifest } from '../../charts/lib/manifest.ts';
import type { Plan } from '../../charts/plan/model.ts';
import { plan as command } from '../../cli/plan/command.ts';
import { type Compared, planOf } from '../../cli/plan/plan.ts';
import type { NamedRing } from '../../cli/plan/seen.ts';
import { configMap, deployment, service } from './objects.ts';

const scratch = mkdtempSync(join(tmpdir(), 'slipway-plan-test-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

let root: string;
let count = 0;

/** Git without the settings of whoever runs the tests. */
function git(...args: readonly string[]): string {
  const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
  const options = ['-c', 'user.name=a', '-c', 'user.email=a@example.com', '-c', 'init.defaultBranch=main'];
  return execFileSync('git', [...options, ...args], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] }).toString();
}

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

function render(cluster: string, ...objects: readonly Manifest[]): void {
  for (const one of objects) write(`dist/${cluster}/app/${one.kind}.${one.metadata.name}.yaml`, dump(one));
}

function commit(message: string): string {
  git('add', '--all');
  git('commit', '--quiet', '--message', message);
  return git('rev-parse', 'HEAD').trim();
}

function plan(options: Compared = {}, names: readonly string[] = [], folder = root): Plan {
  const repository = { url: 'https://git.example/x.git', revision: 'main' };
  return planOf(
    {
      root: folder,
      dist: join(folder, 'dist'),
      repository,
      importer: { cluster: () => Promise.reject(new Error()), rings: () => Promise.reject(new Error()) },
    },
    names,
    options,
  );
}

const verdicts = ({ entries }: Plan): string[] =>
  entries.map(({ clusters, object, verdict }) => `${clusters.join('+')}: ${object} ${verdict}`);

beforeEach(() => {
  count += 1;
  root = join(scratch, `repository-${count}`);
  mkdirSync(root);
  git('init', '--quiet');
  render('eu', deployment(), service());
  render('us', deployment(), service());
  commit('Render');
});

describe('slipway plan', () => {
  it('compares what is on disk, committed or not, new or gone, and changes nothing of the repository', () => {
    render('eu', deployment({}, { replicas: 4 }), configMap({ a: '1' }));
    git('add', 'dist/eu/app/Deployment.app.yaml');
    rmSync(join(root, 'dist/us/app/Service.app.yaml'));
    const state = () => [
      git('status', '--porcelain'),
      git('count-objects', '-v'),
      readFileSync(join(root, '.git/index')).toString('hex'),
    ];
    const before = state();
    expect(verdicts(plan({ base: 'HEAD' })).toSorted()).toEqual([
      'eu: ConfigMap app/app create',
      'eu: Deployment app/app update',
      'us: Service app/app delete',
    ]);
    expect(state()).toEqual(before);
  });

  it('compares with where the histories part, not with what the base has become since', () => {
    git('checkout', '--quiet', '-b', 'topic');
    render('eu', deployment({}, { replicas: 4 }));
    commit('Scale');
    git('checkout', '--quiet', 'main');
    render('us', deployment({}, { replicas: 9 }));
    commit('Scale the other');
    git('checkout', '--quiet', 'topic');
    expect(verdicts(plan({ base: 'main' }))).toEqual(['eu: Deployment app/app update']);
  });

  it('compares two commits, whatever is on disk, with a detached head', () => {
    const first = git('rev-parse', 'HEAD').trim();
    render('eu', deployment({}, { replicas: 4 }));
    const second = commit('Scale');
    git('checkout', '--quiet', '--detach', first);
    write('dist/eu/app/Service.app.yaml', 'broken: [');
    const found = plan({ base: first, head: second });
    expect(verdicts(found)).toEqual(['eu: Deployment app/app update']);
    expect(found).toMatchObject({ base: first.slice(0, 7), head: second.slice(0, 7), clusters: ['eu', 'us'] });
  });

  it("asks for the remote's branch that the clusters sync from", () => {
    expect(() => plan()).toThrow('there is no commit "origin/main"');
    git('update-ref', 'refs/remotes/origin/main', 'HEAD');
    expect(plan().entries).toEqual([]);
  });

  it('makes one entry of the same change in both clusters, and looks at one if that is asked for', () => {
    render('eu', deployment({}, { replicas: 4 }));
    render('us', deployment({}, { replicas: 4 }));
    expect(verdicts(plan({ base: 'HEAD' }))).toEqual(['eu+us: Deployment app/app update']);
    expect(verdicts(plan({ base: 'HEAD' }, ['us']))).toEqual(['us: Deployment app/app update']);
    expect(() => plan({ base: 'HEAD' }, ['uk'])).toThrow('dist has no cluster "uk"');
  });

  it('says of each cluster what its own surroundings make of the same change', () => {
    const ports = [{ name: 'web', containerPort: 8080 }];
    const own = service({ ports: [{ name: 'http', port: 80, targetPort: 'web' }] });
    for (const name of ['asia', 'eu', 'us']) render(name, deployment({ ports }), name === 'us' ? own : service());
    const base = commit('Name the port');
    for (const name of ['asia', 'eu', 'us'])
      render(name, deployment({ ports: [{ name: 'http', containerPort: 8080 }] }));
    const found = plan({ base });
    expect(verdicts(found)).toEqual(['asia+eu: Deployment app/app restart', 'us: Deployment app/app restart']);
    expect(found.entries.map(({ findings }) => findings.map(({ rule }) => rule))).toEqual([[], ['SLP-target-port']]);
  });

  it('keeps the odd one of many clusters apart, whatever else the clusters share', () => {
    const names = Array.from({ length: 30 }, (_, i) => `c${i}`);
    for (const name of names) render(name, deployment({}, { replicas: 3 }), service(), configMap({ name }));
    const base = commit('Add clusters');
    for (const name of names)
      render(name, deployment({}, { replicas: name === 'c7' ? 2 : 4 }), configMap({ to: name }));
    const found = plan({ base }).entries.map(({ object, clusters }) => `${object}: ${clusters.length}`);
    expect(found.toSorted()).toEqual(['ConfigMap app/app: 30', 'Deployment app/app: 1', 'Deployment app/app: 29']);
  });

  it('knows the Application that syncs a folder of another name', () => {
    const application = (name: string, path: string): Manifest => ({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      metadata: { name, namespace: 'argocd' },
      spec: { source: { path } },
    });
    for (const [name, path] of [
      ['app', 'dist/eu/elsewhere'],
      ['shop', 'dist/eu/app'],
    ] as const)
      write(`dist/eu/applications/Application.${name}.yaml`, dump(application(name, path)));
    const base = commit('Name the Application');
    render('eu', deployment({}, { replicas: 4 }));
    expect(plan({ base }).entries.map((entry) => entry.application)).toEqual(['shop']);
  });

  it('sees a cluster that is new and one that is gone', () => {
    rmSync(join(root, 'dist/us'), { recursive: true });
    render('asia', service());
    expect(plan({ base: 'HEAD' }).clusters).toEqual(['asia', 'eu', 'us']);
    expect(verdicts(plan({ base: 'HEAD' })).toSorted()).toEqual([
      'asia: Service app/app create',
      'us: Deployment app/app delete',
      'us: Service app/app delete',
    ]);
  });

  it('reads accepted dangers from the commit that has them', () => {
    render('eu', service({ type: 'LoadBalancer' }));
    const line = {
      object: 'Service app/app',
      rule: 'SLP-service-public',
      because: 'it is a public API',
      until: '2026-12-31',
    };
    write('clusters/accepted.json', JSON.stringify([line]));
    const head = commit('Publish');
    const [entry] = plan({ base: 'HEAD~1', head, today: '2026-06-01' }).entries;
    expect(entry?.findings).toContainEqual(
      expect.objectContaining({ accepted: { because: line.because, until: line.until } }),
    );
    write('clusters/accepted.json', JSON.stringify([{ ...line, until: 'never' }]));
    expect(() => plan({ base: 'HEAD~1' })).toThrow('clusters/accepted.json:1');
    write('clusters/accepted.json', JSON.stringify([{ ...line, rule: 'SLP-service-publik' }]));
    expect(() => plan({ base: 'HEAD~1' })).toThrow('did you mean "SLP-service-public"?');
  });

  describe('with lines of clusters/accepted.json that accept nothing', () => {
    const line = {
      object: 'Service app/app',
      rule: 'SLP-service-public',
      because: 'it is a public API',
      until: '2026-12-31',
    };
    const accept = (...lines: readonly (typeof line & { readonly clusters?: readonly string[] })[]): void =>
      write('clusters/accepted.json', JSON.stringify(lines, null, 2));
    const unneeded = (options: Compared = {}, names: readonly string[] = []): string[] =>
      plan({ base: 'HEAD', today: '2026-06-01', ...options }, names).unneeded.map(
        ({ path, severity, object }) => `${path} ${severity} ${object}`,
      );

    it('asks to remove them once their change is in the base, from the next plan on', () => {
      render('eu', service({ type: 'LoadBalancer' }));
      accept(line);
      expect(unneeded()).toEqual([]);
      commit('Publish');
      expect(unneeded({ base: 'HEAD~1', head: 'HEAD' })).toEqual([]);
      expect(unneeded()).toEqual(['clusters/accepted.json:2 info Service app/app']);
      expect(unneeded({ today: '2027-01-01' })).toEqual(['clusters/accepted.json:2 warn Service app/app']);
      accept();
      expect(unneeded()).toEqual([]);
    });

    it('says what a new one may have meant', () => {
      render('eu', service({ type: 'LoadBalancer' }));
      accept({ ...line, object: 'Service app/ap' });
      expect(unneeded()).toEqual(['clusters/accepted.json:2 danger Service app/ap']);
      expect(plan({ base: 'HEAD' }).unneeded[0]?.instead).toBe('did you mean "Service app/app"?');
    });

    it('judges those of the clusters that are compared', () => {
      render('eu', service({ type: 'LoadBalancer' }));
      accept({ ...line, clusters: ['eu'] }, { ...line, clusters: ['us'] }, { ...line, object: 'Service app/other' });
      const ofUs = 'clusters/accepted.json:11 danger Service app/app';
      expect(unneeded()).toEqual([ofUs, 'clusters/accepted.json:20 danger Service app/other']);
      expect(unneeded({}, ['us'])).toEqual([ofUs]);
      expect(unneeded({}, ['eu'])).toEqual([]);
    });

    it('takes a cluster that is gone for no mistake of what the base has', () => {
      accept({ ...line, clusters: ['us'] });
      commit('Accept');
      rmSync(join(root, 'dist/us'), { recursive: true });
      commit('Remove the cluster');
      expect(unneeded()).toEqual(['clusters/accepted.json:2 info Service app/app']);
    });

    it('fails on a new one where dangers do, and on no other', async () => {
      const repository = { url: 'https://git.example/x.git', revision: 'main' };
      const none = () => Promise.reject(new Error());
      const importer = { cluster: none, rings: none };
      const workspace = { root, dist: join(root, 'dist'), repository, importer };
      const codeOf = async (...failOn: readonly ('danger' | 'none' | 'refused')[]): Promise<number> =>
        (await command(workspace, [], { base: 'HEAD', 'fail-on': failOn })).code;
      accept(line);
      expect([
        await codeOf('refused'),
        await codeOf('none'),
        await codeOf('refused', 'danger'),
        await codeOf('danger'),
      ]).toEqual([0, 0, 2, 2]);
      commit('Accept');
      expect(await codeOf('danger')).toBe(0);
    });
  });

  describe('says what the ring before has already', () => {
    const rings: readonly NamedRing[] = [
      { name: 'staging', clusters: ['eu'] },
      { name: 'production', clusters: ['us'] },
    ];
    const seen = (options: Compared = {}, folder = root) =>
      plan({ base: 'HEAD', rings, ...options }, [], folder).entries.map((entry) => entry.seen);

    it('with the time of the last change of the component there', () => {
      render('eu', deployment({ image: 'app:2' }, { replicas: 1 }));
      commit('Give staging version 2');
      const since = new Date(Number(git('log', '-1', '--format=%ct')) * 1000).toISOString();
      render('us', deployment({ image: 'app:2' }));
      expect(seen()).toEqual([{ ring: 'staging', cluster: 'eu', since }]);
      expect(seen({ rings: [] })).toEqual([undefined]);
    });

    it('and what not, as where both get it at once', () => {
      render('us', deployment({ image: 'app:2' }));
      expect(seen()).toEqual([{ ring: 'staging' }]);
      render('eu', deployment({ image: 'app:2' }));
      expect(plan({ base: 'HEAD', rings }).entries).toMatchObject([
        { clusters: ['eu', 'us'], seen: { ring: 'staging' } },
      ]);
    });

    it('but nothing of the first ring', () => {
      render('eu', deployment({ image: 'app:2' }));
      expect(seen()).toEqual([undefined]);
    });

    it('and not since when, in a shallow clone', () => {
      render('eu', deployment({ image: 'app:2' }));
      commit('Give staging version 2');
      const clone = join(scratch, `shallow-${count}`);
      git('clone', '--quiet', '--depth=1', `file://${root}`, clone);
      writeFileSync(join(clone, 'dist/us/app/Deployment.app.yaml'), dump(deployment({ image: 'app:2' })));
      expect(seen({}, clone)).toEqual([{ ring: 'staging', cluster: 'eu' }]);
    });

    it('and fails on the rest, if asked to', async () => {
      write('clusters/rings.ts', '');
      const repository = { url: 'https://git.example/x.git', revision: 'main' };
      const importer = {
        cluster: () => Promise.reject(new Error()),
        rings: () => Promise.resolve({ default: { staging: { clusters: ['eu'] }, production: { clusters: ['us'] } } }),
      };
      const codeOf = async () =>
        (
          await command({ root, dist: join(root, 'dist'), repository, importer }, [], {
            base: 'HEAD',
            'fail-on': ['new'],
          })
        ).code;
      render('eu', deployment({ image: 'app:2' }));
      expect(await codeOf()).toBe(0);
      commit('Give staging version 2');
      render('us', deployment({ image: 'app:2' }));
      expect(await codeOf()).toBe(0);
      render('us', deployment({ image: 'app:3' }));
      expect(await codeOf()).toBe(2);
    });
  });

  it('shows what Terraform reads, apart from what Argo CD syncs', () => {
    write('dist/eu/cluster.json', JSON.stringify({ name: 'eu', domain: 'eu.example.com' }));
    commit('Describe');
    write('dist/eu/cluster.json', JSON.stringify({ name: 'eu', domain: 'eu.example.org' }));
    expect(plan({ base: 'HEAD' }).entries).toMatchObject([
      { application: 'terraform', object: 'cluster.json eu', verdict: 'update', fields: [{ path: 'domain' }] },
    ]);
  });

  it('refuses a merge that is not finished', () => {
    git('checkout', '--quiet', '-b', 'topic');
    render('eu', deployment({}, { replicas: 4 }));
    commit('Scale');
    git('checkout', '--quiet', 'main');
    render('eu', deployment({}, { replicas: 5 }));
    commit('Scale otherwise');
    expect(() => git('merge', 'topic')).toThrow();
    expect(() => plan({ base: 'HEAD' })).toThrow(/a merge is not finished.*\n.*dist\/eu\/app\/Deployment.app.yaml/);
  });

  it('takes no notice of a conflict outside dist', () => {
    write('docs/a.md', 'one');
    commit('Document');
    git('checkout', '--quiet', '-b', 'topic');
    write('docs/a.md', 'two');
    commit('Document otherwise');
    git('checkout', '--quiet', 'main');
    write('docs/a.md', 'three');
    commit('Document a third way');
    expect(() => git('merge', 'topic')).toThrow();
    render('eu', deployment({}, { replicas: 4 }));
    expect(verdicts(plan({ base: 'HEAD' }))).toEqual(['eu: Deployment app/app update']);
  });

  it('says how to complete a shallow clone', () => {
    render('eu', deployment({}, { replicas: 4 }));
    commit('Scale');
    const shallow = join(scratch, 'shallow');
    git('clone', '--quiet', '--depth', '1', `file://${root}`, shallow);
    expect(() => plan({ base: 'HEAD~1' }, [], shallow)).toThrow('git fetch --unshallow');
  });

  it('names the file that is no object, and the folder that is in no repository', () => {
    write('dist/eu/app/Service.app.yaml', 'kind: [');
    expect(() => plan({ base: 'HEAD' })).toThrow(/no Kubernetes object[^]*dist\/eu\/app\/Service.app.yaml/);
    const outside = mkdtempSync(join(tmpdir(), 'slipway-no-repository-'));
    expect(() => plan({ base: 'HEAD' }, [], outside)).toThrow('this folder is in no Git repository');
    rmSync(outside, { recursive: true });
  });

  it('works in a folder of a larger repository', () => {
    const inner = join(root, 'platform');
    mkdirSync(inner);
    git('mv', 'dist', 'platform/dist');
    commit('Move');
    write('platform/dist/eu/app/Deployment.app.yaml', dump(deployment({}, { replicas: 4 })));
    expect(verdicts(plan({ base: 'HEAD' }, [], inner))).toEqual(['eu: Deployment app/app update']);
  });
});
