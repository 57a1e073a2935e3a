import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { dump } from 'js-yaml';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HOLDS_BACK_SECONDS } from '../../../charts/lib/argo.ts';
import { MANAGED_BY } from '../../../charts/lib/labels.ts';
import { renderTestFleet } from '../../lib/fleet.ts';
import { kit, type Kit } from '../build.ts';
import { say } from './rehearsal.ts';

/** What the rendered health checks say of objects, run by Argo CD; it needs no cluster for that. */
const APPLICATION = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Application',
  spec: { syncPolicy: { automated: {} } },
};
const CERTIFICATE = { apiVersion: 'cert-manager.io/v1', kind: 'Certificate' };

let folder: string;
let programs: Kit;

beforeAll(async () => {
  programs = await kit({ say });
  folder = mkdtempSync(join(tmpdir(), 'slipway-health-'));
  const [first] = await renderTestFleet();
  const settings = first?.objects.find(({ manifest }) => manifest.metadata.name === 'argocd-cm');
  if (settings === undefined) throw new Error('the first cluster of the test fleet has no settings of Argo CD');
  writeFileSync(join(folder, 'argocd-cm.yaml'), dump(settings.manifest));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the health of an Application, as the root sees it', () => {
  const synced = { sync: { status: 'Synced' }, health: { status: 'Healthy' } };
  const waitedFor = { [HOLDS_BACK_SECONDS]: '600' };
  test.each([
    ['one that nothing waits for, unhealthy', {}, { health: { status: 'Degraded' } }, 'Healthy'],
    ['one that is new', waitedFor, {}, 'Progressing'],
    ['one that is synced and healthy', waitedFor, synced, 'Healthy'],
    [
      'one whose sync fails, since five minutes',
      waitedFor,
      { ...synced, operationState: { phase: 'Running', startedAt: ago(300) } },
      'Progressing',
    ],
    [
      'one whose sync fails, since a quarter of an hour',
      waitedFor,
      { ...synced, operationState: { phase: 'Running', startedAt: ago(900) } },
      'Healthy',
    ],
    [
      'one that is degraded, since a minute',
      waitedFor,
      { ...synced, health: { status: 'Degraded', lastTransitionTime: ago(60) } },
      'Progressing',
    ],
    [
      'one that is degraded, since an hour',
      waitedFor,
      { ...synced, health: { status: 'Degraded', lastTransitionTime: ago(3600) } },
      'Healthy',
    ],
    ['one that is not synced yet', waitedFor, { ...synced, sync: { status: 'OutOfSync' } }, 'Progressing'],
    [
      'one that cannot be compared, since an hour',
      waitedFor,
      { ...synced, sync: { status: 'Unknown' }, conditions: [{ lastTransitionTime: ago(3600) }] },
      'Healthy',
    ],
  ])('%s', async (_, annotations, status, health) => {
    const metadata = { name: 'it', labels: { [MANAGED_BY]: 'slipway' }, annotations, creationTimestamp: ago(1) };
    expect(await healthOf(APPLICATION, { metadata, status })).toBe(health);
  });

  test('one of others is as healthy as its objects', async () => {
    const status = { health: { status: 'Degraded' } };
    expect(await healthOf(APPLICATION, { metadata: { name: 'it' }, status })).toBe('Degraded');
  });
});

describe('the health of a Certificate', () => {
  const issuing = { type: 'Issuing', status: 'True', observedGeneration: 2 };
  const ready = (status: 'True' | 'False', observedGeneration = 2): object => ({
    type: 'Ready',
    status,
    observedGeneration,
    message: `Ready is ${status}`,
  });
  test.each([
    ['one that no controller has seen', undefined, 'Progressing'],
    ['one whose controller has only said that it is not ready yet', { conditions: [ready('False')] }, 'Progressing'],
    ['one that is issued for the first time', { conditions: [issuing, ready('False')] }, 'Progressing'],
    ['one that is issued', { conditions: [ready('True')] }, 'Healthy'],
    ['one that is valid and renewed', { conditions: [issuing, ready('True')] }, 'Healthy'],
    ['one that was issued for a host that has changed since', { conditions: [ready('True', 1)] }, 'Progressing'],
    [
      'one that could not be issued',
      { conditions: [ready('False')], lastFailureTime: ago(60), failedIssuanceAttempts: 1 },
      'Degraded',
    ],
    [
      'one that could not be issued and is tried again',
      { conditions: [ready('False'), issuing], lastFailureTime: ago(3600), failedIssuanceAttempts: 1 },
      'Progressing',
    ],
    [
      'one that is valid and could not be renewed yet',
      { conditions: [ready('True')], lastFailureTime: ago(60), failedIssuanceAttempts: 1 },
      'Healthy',
    ],
  ])('%s', async (_, status, health) => {
    const metadata = { name: 'it', namespace: 'gateway', generation: 2 };
    expect(await healthOf(CERTIFICATE, { metadata, status })).toBe(health);
  });
});

/** A moment in the past, as Kubernetes writes it. */
function ago(seconds: number): string {
  return new Date(Date.now() - seconds * 1000).toISOString().replace(/\.\d+/, '');
}

async function healthOf(kind: object, object: object): Promise<string | undefined> {
  const file = join(folder, 'object.yaml');
  writeFileSync(file, dump({ ...kind, ...object }, { skipInvalid: true }));
  const { stdout } = await promisify(execFile)(
    programs.program('argocd'),
    ['admin', 'settings', 'resource-overrides', 'health', file, '--argocd-cm-path', join(folder, 'argocd-cm.yaml')],
    // Far from UTC: the times in a status are UTC wherever Argo CD runs.
    { env: { ...process.env, ARGOCD_BINARY_NAME: 'argocd', HOME: folder, TZ: 'Asia/Tokyo' } },
  );
  return /STATUS: (\w+)/.exec(stdout)?.[1];
}
