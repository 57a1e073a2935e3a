import { SYNC_OPTIONS } from '../../../lib/argo.ts';
import { at, label, type Manifest } from '../../../lib/manifest.ts';
import { cascades, syncOptions } from '../kept.ts';
import { listed, rule } from '../rule.ts';
import { sourcesOf } from '../sources.ts';

/** How well an object is protected from being pruned, or deleted with its Application. */
function protection(manifest: Manifest, of: 'Prune' | 'Delete'): number {
  const options = syncOptions(manifest);
  return options.includes(`${of}=false`) ? 2 : options.includes(`${of}=confirm`) ? 1 : 0;
}

const PROTECTED = ['not at all', 'until a person confirms', 'always'];

const protectionGone = rule('SLP-protection-gone', {
  severity: 'danger',
  about: 'Prune=false, Delete=false or the need to confirm is taken off an object',
  changed: (before, after) =>
    (['Prune', 'Delete'] as const)
      .filter((of) => protection(after, of) < protection(before, of))
      .map((of) => ({
        path: `metadata.annotations[${SYNC_OPTIONS}]`,
        says: `${label(after)} is no longer protected from being ${of === 'Prune' ? 'pruned when it leaves Git' : 'deleted with its Application'}: ${PROTECTED[protection(before, of)]} before, ${PROTECTED[protection(after, of)]} from now on`,
        instead: 'keep the option as long as the object holds something that Git does not',
      })),
});

const finalizer = rule('SLP-application-cascades', {
  severity: 'warn',
  about: 'An Application gets a finalizer: deleting it deletes its objects too',
  kinds: ['Application'],
  changed: (before, after) =>
    cascades(after) && !cascades(before)
      ? [
          {
            path: 'metadata.finalizers',
            says: `${label(after)} deletes all its objects when it is deleted; before, they stayed`,
            instead: 'check that whatever must outlive it has the sync option Delete=false',
          },
        ]
      : [],
});

/** True if Argo CD by itself deletes what leaves Git. */
function prunes(application: Manifest): boolean {
  return at(application, 'spec', 'syncPolicy', 'automated', 'prune') === true;
}

const placesOf = (application: Manifest): string[] =>
  sourcesOf(application).map(({ repository, path }) => `${repository} ${path}`);

const sourceChanged = rule('SLP-application-path', {
  severity: 'danger',
  about: 'An Application that prunes reads another path or repository: what the old one alone has is deleted',
  kinds: ['Application'],
  changed: (before, after) => {
    const now = placesOf(after);
    const gone = placesOf(before).filter((source) => !now.includes(source));
    return gone.length > 0 && prunes(after)
      ? [
          {
            path: 'spec.source.path',
            says: `${label(after)} reads ${listed(now)} instead of ${listed(gone)}, and deletes every object that is not there`,
            instead: 'turn prune off, let it sync, compare, and turn it on again',
          },
        ]
      : [];
  },
});

const prune = rule('SLP-application-prunes', {
  severity: 'warn',
  about: 'An Application starts to prune: objects that left Git earlier are deleted too',
  kinds: ['Application'],
  changed: (before, after) =>
    prunes(after) && !prunes(before)
      ? [
          {
            path: 'spec.syncPolicy.automated.prune',
            says: `${label(after)} deletes what is not in Git from now on, and at once whatever was left over`,
            instead: 'look in Argo CD for objects that it would prune first',
          },
        ]
      : [],
});

/** Protection of objects, and Applications that delete. */
export const PROTECTION = [protectionGone, finalizer, sourceChanged, prune];
