import { identityOf, label, listAt, type Manifest, textAt } from '../../../lib/manifest.ts';
import type { Snapshot } from '../../change.ts';
import { POD_KINDS, type Pods, podsIn, podsOf, portsOf } from '../pods.ts';
import { isUnchanged, listed, rule } from '../rule.ts';
import { isMonitored } from './port-users.ts';

/** Names of ports that a PodMonitor reads and that none of the pods has. */
function missing(monitor: Manifest, snapshot: Snapshot, pods: readonly Pods[] = podsIn(snapshot)): string[] {
  const found = pods.filter((one) => isMonitored(monitor, one.namespace, one.labels));
  const ports = found.map(portsOf);
  if (found.length === 0 || ports.some((one) => one === undefined)) return [];
  const names = new Set(ports.flatMap((one) => one ?? []).map(({ name }) => name));
  return portsRead(monitor).filter((name) => !names.has(name));
}

/** Names of the ports that a PodMonitor reads. */
function portsRead(monitor: Manifest): string[] {
  return listAt(monitor, 'spec', 'podMetricsEndpoints').flatMap((endpoint) => textAt(endpoint, 'port') ?? []);
}

const podMonitor = rule('SLP-monitor-port', {
  severity: 'danger',
  about: 'A PodMonitor reads a port by a name that its pods do not have: metrics and their alerts are missing',
  kinds: ['PodMonitor', ...POD_KINDS],
  changed: (before, after, context) => {
    if (after.kind === 'PodMonitor') {
      const found = missing(after, context.after);
      const known = found.length > 0 ? missing(before, context.before) : [];
      return found
        .filter((name) => !known.includes(name))
        .map((name) => ({
          path: 'spec.podMetricsEndpoints',
          says: `${label(after)} reads port ${name}, which none of its pods has: it finds no metrics`,
          instead: 'name a port of the container',
        }));
    }
    const pods = podsOf(after);
    const names = new Set(pods && portsOf(pods)?.map(({ name }) => name));
    const monitors = context.after.ofKind('PodMonitor').filter(
      ({ manifest }) =>
        pods &&
        isMonitored(manifest, pods.namespace, pods.labels) &&
        // What the workload itself has is not missing, whatever other pods have.
        portsRead(manifest).some((name) => !names.has(name)) &&
        isUnchanged(context.before.find(identityOf(manifest))?.manifest, manifest),
    );
    return monitors.flatMap(({ manifest }) => {
      const lost = missing(manifest, context.after).filter((name) => !missing(manifest, context.before).includes(name));
      return lost.length > 0
        ? [
            {
              path: `${pods!.path}.containers`,
              says: `${label(after)} has no port ${listed(lost)} any more, which ${label(manifest)} reads: its metrics and their alerts are missing`,
              instead: 'keep the name of the port, or change the monitor in the same commit',
            },
          ]
        : [];
    });
  },
});

/** Monitors. */
export const MONITORS = [podMonitor];
