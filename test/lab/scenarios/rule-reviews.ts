import { join } from 'node:path';
import { expect, test } from 'vitest';
import { at, label, listAt, type Manifest, textAt } from '../../../charts/lib/manifest.ts';
import type { ApiResponse } from '../api.ts';
import { readManifests } from '../control-plane.ts';
import { type Rehearsal, say } from './rehearsal.ts';

/** The process that serves the webhook. */
const PROCESS = 'prometheus-operator-prometheus-operator-webhook';
const CONFIGURATION =
  '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/prometheus-operator-webhook';

/** Tests that the real webhook of the Prometheus Operator reviews rules, and holds up nothing while it does not answer. */
export function testRuleReviews(rehearsal: () => Rehearsal): void {
  const apply = (manifest: Manifest, dryRun = true): Promise<ApiResponse> =>
    rehearsal().lab.plane.api.tryApply(manifest, { manager: 'e2e', dryRun });
  const reviewed = (): Manifest[] => {
    const { checkout, lab } = rehearsal();
    return readManifests(join(checkout.folder, 'dist', lab.props.cluster.name))
      .filter(({ kind }) => kind === 'PrometheusRule' || kind === 'AlertmanagerConfig')
      .map((manifest) => copyOf(manifest));
  };

  test('the API server accepts every rendered rule, and the configuration of Alertmanager', async () => {
    const objects = reviewed();
    say(`${objects.length} objects`);
    expect(objects.length).toBeGreaterThan(10);
    for (const manifest of objects) expect(refusal(await apply(manifest), manifest)).toBeUndefined();
  });

  test('it refuses each of them with a mistake, and says which', async () => {
    for (const manifest of reviewed()) {
      const { status, body } = await apply(withMistake(manifest));
      const { message, reason } = MISTAKES[manifest.kind as keyof typeof MISTAKES];
      expect([label(manifest), status, at(body, 'message')]).toEqual([label(manifest), 422, message]);
      expect(listAt(body, 'details', 'causes').map((cause) => textAt(cause, 'message'))).toEqual([
        expect.stringMatching(reason),
      ]);
    }
  });

  test('it accepts the names that Prometheus 3 permits', async () => {
    const labels = { 'service.name': 'web' };
    const manifest = rule({ record: 'http.server.duration:sum', expr: 'sum({"http.server.duration"})', labels });
    expect(refusal(await apply(manifest), manifest)).toBeUndefined();
  });

  test('a rule is accepted within the timeout while the webhook hangs, and can be labelled and deleted later', async () => {
    const { api } = rehearsal().lab.plane;
    const manifest = rule({ record: 'a:b', expr: 'sum(' });
    const timeout = Number(at(await api.get(CONFIGURATION), 'webhooks', 0, 'timeoutSeconds'));
    const pid = rehearsal().lab.processes.pid(PROCESS);
    if (pid === undefined) throw new Error(`${PROCESS} does not run`);
    const started = Date.now();
    process.kill(pid, 'SIGSTOP');
    try {
      expect(refusal(await apply(manifest, false), manifest)).toBeUndefined();
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    const seconds = (Date.now() - started) / 1000;
    say(`accepted after ${seconds.toFixed(1)} s`);
    // Not at once: the call to it was not refused, but got no answer.
    expect(seconds).toBeGreaterThan(timeout - 0.5);
    expect(seconds).toBeLessThan(2 * timeout);
    await rehearsal().until('the webhook answers', async () => (await apply(copyOf(manifest))).status === 422);

    const labelled = { ...manifest, metadata: { ...manifest.metadata, labels: { looked: 'at' } } };
    expect(refusal(await apply(labelled, false), manifest)).toBeUndefined();
    expect((await apply(rule({ record: 'a:b', expr: 'max(' }))).status).toBe(422);
    // The garbage collector removes its finalizer by an update.
    expect((await api.call('DELETE', `${await api.pathOf(manifest)}?propagationPolicy=Foreground`)).status).toBe(200);
    await rehearsal().until('it is deleted', async () => (await api.get(await api.pathOf(manifest))) === undefined);
  });
}

/** What the API server says of the mistakes below. */
const MISTAKES = {
  PrometheusRule: {
    message: 'admission webhook "prometheusrules.monitoring.coreos.com" denied the request: Rules are not valid',
    reason: /group ".+", rule 1, ".+": could not parse expression: .*parse error/,
  },
  AlertmanagerConfig: {
    message:
      'admission webhook "alertmanagerconfigs.monitoring.coreos.com" denied the request: AlertmanagerConfig is invalid',
    reason: /receiver "nobody-has-this-name" not found/,
  },
} as const;

/** The object with an expression that ends too early, or a route to a receiver that does not exist. */
function withMistake(manifest: Manifest): Manifest {
  const changed = structuredClone(manifest);
  if (manifest.kind === 'PrometheusRule')
    Object.assign(at(changed, 'spec', 'groups', 0, 'rules', 0) as object, { expr: 'sum(' });
  else Object.assign(at(changed, 'spec', 'route') as object, { receiver: 'nobody-has-this-name' });
  return changed;
}

/** The object under another name: of one that is there, only a change of its spec is reviewed. */
function copyOf(manifest: Manifest): Manifest {
  const { name, namespace } = manifest.metadata;
  return { ...manifest, metadata: { name: `${name}-copy`, namespace } };
}

/** A PrometheusRule with one rule. */
function rule(one: object): Manifest {
  return {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: { name: 'reviewed', namespace: 'default' },
    spec: { groups: [{ name: 'reviewed', rules: [one] }] },
  };
}

/** Why the API server refuses an object; undefined if it does not. */
function refusal({ status, body }: ApiResponse, manifest: Manifest): string | undefined {
  return status < 300 ? undefined : `${label(manifest)}: ${status} ${JSON.stringify(body)}`;
}
