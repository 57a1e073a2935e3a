import { at, label, textAt } from '../../../lib/manifest.ts';
import { containersOfBoth, POD_KINDS, podsOf, portsOf } from '../pods.ts';
import { newFaults, rule, type Said } from '../rule.ts';

/** How long a probe bears a container that does not answer, in seconds; with the API server's defaults. */
function patience(probe: unknown): number {
  const [period, failures] = [at(probe, 'periodSeconds') ?? 10, at(probe, 'failureThreshold') ?? 3];
  return Number(period) * Number(failures);
}

const timeout = (probe: unknown): number => Number(at(probe, 'timeoutSeconds') ?? 1);
const delay = (probe: unknown): number => Number(at(probe, 'initialDelaySeconds') ?? 0);

const liveness = rule('SLP-liveness-stricter', {
  severity: 'warn',
  about: 'A liveness probe is new or less patient: it restarts pods that are only slow',
  kinds: POD_KINDS,
  changed: (before, after) =>
    containersOfBoth(before, after).flatMap(({ old, now }): Said[] => {
      const [one, other] = [at(old.value, 'livenessProbe'), at(now.value, 'livenessProbe')];
      if (other === undefined) return [];
      const path = `${now.path}.livenessProbe`;
      const instead = 'let it bear what a garbage collection or a slow disk takes; readiness is for the load';
      if (one === undefined)
        return [
          {
            path,
            says: `Container ${now.name} of ${label(after)} is restarted whenever its new liveness probe fails for ${patience(other)} seconds`,
            instead,
          },
        ];
      const stricter = [
        ...(patience(other) < patience(one)
          ? [`it fails for ${patience(other)} seconds instead of ${patience(one)}`]
          : []),
        ...(timeout(other) < timeout(one)
          ? [`it answers later than ${timeout(other)} seconds instead of ${timeout(one)}`]
          : []),
        ...(delay(other) < delay(one) && at(now.value, 'startupProbe') === undefined
          ? [`it is not there ${delay(other)} seconds after its start instead of ${delay(one)}`]
          : []),
      ];
      return stricter.length > 0
        ? [
            {
              path,
              says: `Container ${now.name} of ${label(after)} is restarted sooner: if ${stricter.join(', or ')}`,
              instead,
            },
          ]
        : [];
    }),
});

const gone = (kind: 'startupProbe' | 'readinessProbe', says: string, instead: string) =>
  function removedProbes(before: Parameters<typeof label>[0], after: Parameters<typeof label>[0]): Said[] {
    return containersOfBoth(before, after)
      .filter(({ old, now }) => at(old.value, kind) !== undefined && at(now.value, kind) === undefined)
      .filter(({ now }) => kind === 'readinessProbe' || at(now.value, 'livenessProbe') !== undefined)
      .map(({ now }) => ({
        path: `${now.path}.${kind}`,
        says: `Container ${now.name} of ${label(after)} ${says}`,
        instead,
      }));
  };

const startup = rule('SLP-startup-probe-removed', {
  severity: 'danger',
  about: 'A startup probe is removed: the liveness probe counts from the start, and may never let the pod get ready',
  kinds: POD_KINDS,
  changed: gone(
    'startupProbe',
    'has no startup probe any more: its liveness probe restarts it while it still starts',
    'keep the startup probe, or give the liveness probe an initialDelaySeconds as long as the slowest start',
  ),
});

const readiness = rule('SLP-readiness-removed', {
  severity: 'warn',
  about: 'A readiness probe is removed: pods get requests before they can answer',
  kinds: POD_KINDS,
  changed: gone(
    'readinessProbe',
    'has no readiness probe any more: it gets requests as soon as it is started, in each rollout too',
    'keep a readiness probe',
  ),
});

const PROBES = ['startupProbe', 'livenessProbe', 'readinessProbe'] as const;

const probePort = rule('SLP-probe-port', {
  severity: 'danger',
  about: 'A probe asks a port by a name that its container does not have: it always fails',
  kinds: POD_KINDS,
  written: newFaults((after) => {
    const pods = podsOf(after);
    return (pods?.containers ?? []).flatMap(({ name, path, value }) =>
      PROBES.flatMap((probe) =>
        ['httpGet', 'tcpSocket'].flatMap((type) => {
          const port = textAt(value, probe, type, 'port');
          const own = portsOf({ ...pods!, containers: pods!.containers.filter((one) => one.path === path) }) ?? [];
          if (port === undefined || /^\d+$/.test(port) || own.some((one) => one.name === port)) return [];
          return [
            {
              path: `${path}.${probe}.${type}.port`,
              says: `The ${probe} of container ${name} of ${label(after)} asks port ${port}, which the container does not have: it fails, and the pods are ${probe === 'readinessProbe' ? 'never ready' : 'restarted again and again'}`,
              instead: `name one of its ports: ${own.flatMap((one) => one.name ?? []).join(', ') || 'it declares none'}`,
            },
          ];
        }),
      ),
    );
  }),
});

/** Probes. */
export const PROBE_RULES = [liveness, startup, readiness, probePort];
