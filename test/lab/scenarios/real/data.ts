import { execFile } from 'node:child_process';
import { readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { textAt } from '../../../../charts/lib/manifest.ts';
import { say } from '../rehearsal.ts';
import type { RealGround } from './real-ground.ts';

const run = promisify(execFile);

const NAMESPACE = 'postfacto';
const BACKUP = 'drill';
/** Selects what a drill has restored. */
const RESTORED = '--selector=velero.io/restore-name=restore-drill';
/** Rows and documents. */
const ROWS = ['sprint 1', 'sprint 2', 'sprint 3'];

/** Backups of data that is then lost: restored as the runbooks say. */
export function testData(ground: () => RealGround): void {
  test('a backup by the schedule has what the databases hold', async ({ skip }) => {
    const { api, lab } = ground();
    if (!(await hasPostfacto()) && !(await hasMongo())) skip('the cluster has no database');
    symlinkSync(lab.props.kit.program('velero'), join(lab.argo.path, 'velero'));
    if (await hasPostfacto()) {
      await query(`INSERT INTO retros (name) VALUES ${ROWS.map((name) => `('${name}')`).join()}`);
      expect(await retros()).toEqual(ROWS);
    }
    if (await hasMongo()) {
      await mongosh(`drill.notes.insertMany(${JSON.stringify(ROWS.map((name) => ({ name })))})`);
      expect(await notes()).toEqual(ROWS);
    }
    await command('velero', 'backup', 'create', BACKUP, '--from-schedule', 'volumes', '--wait');
    expect(textAt(await api.get(`/apis/velero.io/v1/namespaces/velero/backups/${BACKUP}`), 'status', 'phase')).toBe(
      'Completed',
    );
  });

  test('documents that were deleted come back from the dump in the backup', async ({ skip }) => {
    if (!(await hasMongo())) skip('the cluster has no MongoDB');
    const { rehearsal, api } = ground();
    await mongosh('drill.notes.drop()');
    expect(await notes()).toEqual([]);
    const started = performance.now();
    await rehearsal.runRunbook('restore-mongo', 0, { BACKUP });
    const newest = newestOf('.archive.gz');
    await rehearsal.runRunbook('restore-mongo', 1, { '<newest>.archive.gz': newest });
    expect(await notes()).toEqual(ROWS);
    say(`restored by the runbook in ${((performance.now() - started) / 1000).toFixed(0)} s`);
    expect(await api.get('/api/v1/namespaces/mongo-restored')).toBeUndefined();
    await ground().settled();
  });

  test('a database whose namespace was deleted comes back from its backup', async ({ skip }) => {
    if (!(await hasPostfacto())) skip('the cluster has no Postfacto');
    const { rehearsal } = ground();
    await command('kubectl', 'delete', 'namespace', NAMESPACE, '--timeout=120s');
    // A sync that began to heal before the namespace was gone does not make it.
    const misses = async () =>
      /namespaces ".*" not found/.test(
        textAt(await rehearsal.application(NAMESPACE), 'status', 'operationState', 'message') ?? '',
      );
    await rehearsal.until(
      'Argo CD misses the namespace, or has made it',
      async () => (await hasPostfacto()) || misses(),
    );
    if (await misses()) await rehearsal.runRunbook('hanging-sync', 1, { APP: NAMESPACE });
    await ground().settled();
    expect(await retros()).toEqual([]);

    const started = performance.now();
    await rehearsal.runRunbook('restore-postfacto', 0, { BACKUP });
    await rehearsal.runRunbook('restore-postfacto', 1, { '<newest>.dump': newestOf('.dump') });
    expect(await retros()).toEqual(ROWS);
    say(`restored by the runbook in ${((performance.now() - started) / 1000).toFixed(0)} s`);
    await ground().settled();
  });

  test('the drill restores the newest backup elsewhere, verifies it, and removes what it has restored', async ({
    skip,
  }) => {
    if (!(await hasDrill())) skip('the cluster has no drill');
    const started = performance.now();
    await drill('now', 'Complete');
    say(`restored, verified and removed by the drill in ${((performance.now() - started) / 1000).toFixed(0)} s`);
    expect(await inDrill('get', 'pods,persistentvolumeclaims', RESTORED, '--output=name')).toBe('');
  });

  test('the drill fails with a damaged dump, which it leaves restored', async ({ skip }) => {
    if (!(await hasDrill()) || !(await hasMongo())) skip('the cluster has no drill, or no MongoDB');
    const dump = ['--namespace=mongo', 'mongo-dump-0'];
    // Without the hook the backup takes the dump that is there.
    await command('kubectl', 'annotate', 'pod', ...dump, 'pre.hook.backup.velero.io/command-');
    await command(
      'kubectl',
      'exec',
      ...dump,
      '--',
      'bash',
      '-c',
      'for dump in /dump/*.archive.gz; do echo >>"$dump"; done',
    );
    await command('velero', 'backup', 'create', 'damaged', '--from-schedule', 'volumes', '--wait');
    await drill('damaged', 'Failed');
    expect(await inDrill('logs', 'mongo-dump-0')).toMatch(/^failed: .* is not the file that was written/m);
    expect(await inDrill('get', 'pods', RESTORED, '--output=name')).toContain('pod/mongo-dump-0');

    await command('kubectl', 'delete', 'pod', ...dump);
    await ground().settled();
    await command('velero', 'backup', 'create', 'sound', '--from-schedule', 'volumes', '--wait');
    await drill('sound', 'Complete');
    expect(await inDrill('get', 'pods', RESTORED, '--output=name')).toBe('');
  });

  /** Runs the drill now, until its Job has a condition. */
  async function drill(name: string, condition: 'Complete' | 'Failed'): Promise<void> {
    await inDrill('create', 'job', name, '--from=cronjob/restore-drill');
    await inDrill('wait', `--for=condition=${condition}`, `job/${name}`, '--timeout=300s');
  }

  function inDrill(...args: readonly string[]): Promise<string> {
    return command('kubectl', '--namespace=restore-drill', ...args);
  }

  async function hasDrill(): Promise<boolean> {
    return exists('/apis/batch/v1/namespaces/restore-drill/cronjobs/restore-drill');
  }

  async function hasPostfacto(): Promise<boolean> {
    return exists(`/api/v1/namespaces/${NAMESPACE}/pods/${NAMESPACE}-postgres-0`);
  }

  async function hasMongo(): Promise<boolean> {
    return exists('/api/v1/namespaces/mongo/pods/mongo-0');
  }

  async function exists(path: string): Promise<boolean> {
    return (await ground().api.get(path)) !== undefined;
  }

  /** The newest file of a kind that a runbook has copied into the checkout. */
  function newestOf(extension: string): string {
    const files = readdirSync(join(ground().rehearsal.checkout.folder, 'dump'));
    return (
      files
        .filter((file) => file.endsWith(extension))
        .sort()
        .at(-1) ?? ''
    );
  }

  async function notes(): Promise<string[]> {
    return JSON.parse(await mongosh('drill.notes.find().sort({ name: 1 }).toArray().map(({ name }) => name)'));
  }

  /** Evaluates an expression as root at the replica set. @returns its value as JSON */
  async function mongosh(expression: string): Promise<string> {
    const hosts = [0, 1, 2].map((i) => `mongo-${i}.mongo.mongo.svc.cluster.local:27017`).join();
    const uri = `mongodb://root:${await rootPassword()}@${hosts}/?replicaSet=rs0&authSource=admin&tls=true&tlsCAFile=/run/tls/ca.crt`;
    const script = `const drill = db.getSiblingDB('drill'); print(JSON.stringify(${expression}))`;
    const inPod = ['--namespace', 'mongo', 'exec', 'mongo-0', '--container=mongod', '--'];
    return command('kubectl', ...inPod, 'mongosh', uri, '--quiet', '--norc', '--eval', script);
  }

  async function rootPassword(): Promise<string> {
    const secret = await ground().api.get('/api/v1/namespaces/mongo/secrets/mongo-users');
    return Buffer.from(textAt(secret, 'data', 'root') ?? '', 'base64').toString();
  }

  async function retros(): Promise<string[]> {
    return (await query('SELECT name FROM retros ORDER BY name')).split('\n').filter(Boolean);
  }

  function query(sql: string): Promise<string> {
    const psql = [
      'psql',
      '--username=postgres',
      '--dbname=postfacto',
      '--tuples-only',
      '--no-align',
      `--command=${sql}`,
    ];
    return command(
      'kubectl',
      '--namespace',
      NAMESPACE,
      'exec',
      `${NAMESPACE}-postgres-0`,
      '--container=postgres',
      '--',
      ...psql,
    );
  }

  async function command(program: string, ...args: readonly string[]): Promise<string> {
    return (await run(program, [...args], { env: ground().rehearsal.environment() })).stdout;
  }
}
