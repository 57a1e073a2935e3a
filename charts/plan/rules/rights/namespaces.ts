import { label, type Manifest } from '../../../lib/manifest.ts';
import { rule, shown } from '../rule.ts';

/** The levels of the Pod Security Standards, weakest first; a namespace without one has the weakest. */
const LEVELS = ['privileged', 'baseline', 'restricted'];
const ENFORCE = 'pod-security.kubernetes.io/enforce';

const levelOf = (namespace: Manifest): number =>
  Math.max(0, LEVELS.indexOf(namespace.metadata.labels?.[ENFORCE] ?? ''));

const loosened = rule('SLP-pod-security-loosened', {
  severity: 'danger',
  about: 'A Namespace admits pods with more rights: its Pod Security level is lowered or removed',
  kinds: ['Namespace'],
  changed: (before, after) =>
    levelOf(after) < levelOf(before)
      ? [
          {
            path: `metadata.labels[${ENFORCE}]`,
            says: `${label(after)} admits pods up to the level ${LEVELS[levelOf(after)]}: it enforced ${shown(before.metadata.labels?.[ENFORCE])}, and enforces ${shown(after.metadata.labels?.[ENFORCE])}`,
            instead: 'move the pods that need it into a namespace of their own',
          },
        ]
      : [],
  created: (after) =>
    levelOf(after) === 0
      ? [
          {
            path: `metadata.labels[${ENFORCE}]`,
            says: `The new ${label(after)} admits pods with every right on their node: it enforces ${shown(after.metadata.labels?.[ENFORCE])}`,
            instead: `label it ${ENFORCE}: restricted`,
          },
        ]
      : [],
});

/** Namespaces. */
export const NAMESPACES = [loosened];
