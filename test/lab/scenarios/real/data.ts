import { execFile } from 'node:child_process';
import { readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { textAt } from '../../../../charts/lib/manifest.ts';
import { say } from '../rehearsal.ts';
import type { RealGround } from './ground.ts';

const run = promisify(execFile);

const NAMESPACE = 'postfacto';
const BACKUP = 'drill';
const ROWS = ['sprint 1', 'sprint 2', 'sprint 3'];

/** Backups of data that is then lost: restored as the runbooks say. */
export function testData(ground: () => RealGround): void {
  test('a database whose namespace was deleted comes back from its backup', async ({ skip }) => {
    const { api, lab, rehearsal } = ground();
    const pod = `/api/v1/namespaces/${NAMESPACE}/pods/${NAMESPACE}-postgres-0`;
    if (!(await api.get(pod))) skip('the cluster has no Postfacto');
    symlinkSync(lab.props.kit.program('velero'), join(lab.argo.path, 'velero'));
    await query(`INSERT INTO retros (name) VALUES ${ROWS.map((name) => `('${name}')`).join()}`);
    expect(await retros()).toEqual(ROWS);

    await command('velero', 'backup', 'create', BACKUP, '--from-schedule', 'volumes', '--wait');
    expect(textAt(await api.get(`/apis/velero.io/v1/namespaces/velero/backups/${BACKUP}`), 'status', 'phase')).toBe(
      'Completed',
    );

    await command('kubectl', 'delete', 'namespace', NAMESPACE, '--timeout=120s');
    // A sync that began to heal before the namespace was gone does not make it.
    const misses = async () =>
      /namespaces ".*" not found/.test(
        textAt(await rehearsal.application(NAMESPACE), 'status', 'operationState', 'message') ?? '',
      );
    await rehearsal.until(
      'Argo CD misses the namespace, or has made it',
      async () => (await api.get(pod)) !== undefined || misses(),
    );
    if (await misses()) await rehearsal.runRunbook('hanging-sync', 1, { APP: NAMESPACE });
    await ground().settled();
    expect(await retros()).toEqual([]);

    const started = performance.now();
    await rehearsal.runRunbook('restore-postfacto', 0, { BACKUP });
    const newest = readdirSync(join(rehearsal.checkout.folder, 'dump')).find((file) => file.endsWith('.dump')) ?? '';
    await rehearsal.runRunbook('restore-postfacto', 1, { '<newest>.dump': newest });
    expect(await retros()).toEqual(ROWS);
    say(`restored by the runbook in ${((performance.now() - started) / 1000).toFixed(0)} s`);
    await ground().settled();
  });

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
