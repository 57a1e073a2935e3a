import { KINDS } from '../../../kinds/index.ts';
import { groupOf, label, type Manifest, textAt } from '../../../lib/manifest.ts';
import type { Snapshot } from '../../change.ts';
import { cascades, isKept } from '../kept.ts';
import { listed, rule } from '../rule.ts';
import { upstreamOf } from '../sources.ts';

/** Labels of the objects of a kind that match. */
function labelsOf(snapshot: Snapshot, kinds: readonly string[], matches: (one: Manifest) => boolean): string[] {
  return kinds
    .flatMap((kind) => snapshot.ofKind(kind))
    .filter(({ manifest }) => matches(manifest))
    .map(({ manifest }) => label(manifest));
}

/** What keeps data in a namespace. */
const DATA_KINDS = ['PersistentVolumeClaim', 'StatefulSet', 'Prometheus', 'Alertmanager'];

const within = (namespace: Manifest, snapshot: Snapshot): string[] =>
  labelsOf(snapshot, DATA_KINDS, ({ metadata }) => metadata.namespace === namespace.metadata.name);

const namespaceWithVolumes = rule('SLP-namespace-with-volumes', {
  severity: 'block',
  about: 'A Namespace with volumes is pruned: Prune=false of a claim does not protect it from that',
  kinds: ['Namespace'],
  removed: (before, context) => {
    const data = within(before, context.before);
    return data.length > 0 && !isKept(before, context)
      ? [
          {
            says: `${label(before)} is deleted with everything in it, ${listed(data)} included, whatever their sync options are`,
            instead: 'add the sync options Prune=false,Delete=false to the Namespace in a commit of its own first',
          },
        ]
      : [];
  },
});

const namespaceRemoved = rule('SLP-namespace-removed', {
  severity: 'danger',
  about: 'A Namespace is pruned, with whatever is in it, also what is not in Git',
  kinds: ['Namespace'],
  removed: (before, context) =>
    within(before, context.before).length === 0 && !isKept(before, context)
      ? [
          {
            says: `${label(before)} is deleted with everything in it, also what is not in Git`,
            instead: 'look what is in the namespace first, and back it up',
          },
        ]
      : [],
});

const definitionRemoved = rule('SLP-definition-removed', {
  severity: 'block',
  about:
    'A CustomResourceDefinition is deleted, or the Application of definitions: all objects of its kinds go with it',
  kinds: ['CustomResourceDefinition', 'Application'],
  removed: (before, context) => {
    const kept = before.kind === 'Application' ? !cascades(before) : isKept(before, context);
    const upstream = before.kind === 'Application' ? upstreamOf(before) : undefined;
    if (kept || (before.kind === 'Application' && !upstream)) return [];
    const kinds = upstream
      ? KINDS.filter((kind) => kind.upstream === upstream)
      : [{ group: textAt(before, 'spec', 'group') ?? '', kind: textAt(before, 'spec', 'names', 'kind') ?? '' }];
    const gone = kinds.flatMap(({ group, kind }) => labelsOf(context.before, [kind], (one) => groupOf(one) === group));
    return [
      {
        says: `${label(before)} is deleted, and the API server deletes every object of ${kinds.length === 1 ? kinds[0]!.kind : 'its kinds'} with it${gone.length > 0 ? `: ${listed(gone)}` : ', in all namespaces'}`,
        instead:
          'add the sync option Prune=false, or remove the finalizer of the Application, in a commit of its own first',
      },
    ];
  },
});

const finalizerGone = rule('SLP-application-orphans', {
  severity: 'warn',
  about: 'An Application loses its finalizer: its objects stay when it is deleted',
  kinds: ['Application'],
  changed: (before, after) =>
    cascades(before) && !cascades(after)
      ? [
          {
            path: 'metadata.finalizers',
            says: `${label(after)} leaves all its objects in the cluster when it is deleted, and nobody looks after them`,
            instead: 'keep the finalizer, unless the objects are to be handed over',
          },
        ]
      : [],
});

/** What takes other objects along. */
export const CASCADES = [namespaceWithVolumes, namespaceRemoved, definitionRemoved, finalizerGone];
