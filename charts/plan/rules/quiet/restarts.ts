import { label, type Manifest } from '../../../lib/manifest.ts';
import { podsOf } from '../pods.ts';
import { listed, rule } from '../rule.ts';
import { isRolled } from '../../../kinds/readings.ts';

/** A pod template without its annotations, as text. */
function templateOf(workload: Manifest): string {
  const pods = podsOf(workload);
  return JSON.stringify([pods?.spec, pods?.labels]);
}

const annotationsOnly = rule('SLP-restart-by-annotation', {
  severity: 'info',
  about:
    'Pods are replaced although only an annotation of their template changes, such as a checksum of what they read',
  kinds: ['DaemonSet', 'Deployment', 'Rollout', 'StatefulSet'],
  changed: (before, after) => {
    const [old, now] = [podsOf(before)?.annotations ?? {}, podsOf(after)?.annotations ?? {}];
    const keys = [...new Set([...Object.keys(old), ...Object.keys(now)])].filter((key) => old[key] !== now[key]);
    const rolled = isRolled(after) || after.kind === 'Rollout';
    return rolled && keys.length > 0 && templateOf(before) === templateOf(after)
      ? [
          {
            path: `spec.template.metadata.annotations[${keys[0]}]`,
            says: `Pods of ${label(after)} are replaced, and nothing of them changes but ${listed(keys)}`,
            instead: 'look at the ConfigMaps and Secrets that they read',
          },
        ]
      : [];
  },
});

/** Restarts that one does not see. */
export const RESTARTS = [annotationsOnly];
