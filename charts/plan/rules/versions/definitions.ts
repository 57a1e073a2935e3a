import { at, groupOf, label, listAt, type Manifest, textAt } from '../../../lib/manifest.ts';
import { listed, rule } from '../rule.ts';
import { sourcesOf, upstreamOf } from '../sources.ts';

const CRD = ['CustomResourceDefinition'];

/** The versions of a definition for which a field is true. */
function versionsWith(definition: Manifest, field: 'served' | 'storage'): string[] {
  return listAt(definition, 'spec', 'versions')
    .filter((version) => at(version, field) === true)
    .map((version) => textAt(version, 'name') ?? '');
}

const notServed = rule('SLP-version-not-served', {
  severity: 'danger',
  about: 'A CustomResourceDefinition no longer serves a version that objects in Git have',
  kinds: CRD,
  changed: (before, after, context) => {
    const [group, kind] = [textAt(after, 'spec', 'group') ?? '', textAt(after, 'spec', 'names', 'kind') ?? ''];
    const objects = context.after.ofKind(kind).filter(({ manifest }) => groupOf(manifest) === group);
    return versionsWith(before, 'served')
      .filter((version) => !versionsWith(after, 'served').includes(version))
      .flatMap((version) => {
        const users = objects.filter(({ manifest }) => manifest.apiVersion === `${group}/${version}`);
        return users.length > 0
          ? [
              {
                path: `spec.versions[${version}].served`,
                says: `The API server no longer knows ${group}/${version} of ${kind}, and refuses ${listed(users.map(({ manifest }) => label(manifest)))}`,
                instead: `change them to ${versionsWith(after, 'served').join(' or ')} first`,
              },
            ]
          : [];
      });
  },
});

const stored = rule('SLP-version-stored', {
  severity: 'warn',
  about:
    'A CustomResourceDefinition loses a version in which objects may still be stored: the API server then refuses it',
  kinds: CRD,
  changed: (before, after) => {
    const names = new Set(listAt(after, 'spec', 'versions').map((version) => textAt(version, 'name')));
    return versionsWith(before, 'storage')
      .filter((version) => !names.has(version))
      .map((version) => ({
        path: `spec.versions[${version}]`,
        says: `${label(after)} loses version ${version}, in which its objects were stored: as long as status.storedVersions lists it, the API server refuses that`,
        instead: 'store every object anew first, and take the version out of status.storedVersions',
      }));
  },
});

/** The version of an Application in words, if it says one beside the commit. */
function revision(application: Manifest): string {
  const info = listAt(application, 'spec', 'info').find((item) => textAt(item, 'name') === 'Version');
  return textAt(info, 'value') ?? listed(sourcesOf(application).map((source) => source.revision));
}

const upstream = rule('SLP-upstream-schema', {
  severity: 'warn',
  about: 'Definitions come from upstream at another commit, so that no file in Git shows what changes',
  kinds: ['Application'],
  changed: (before, after) => {
    const definitions = upstreamOf(after);
    const old = sourcesOf(before);
    // Several sources of one repository have one commit.
    const moved = sourcesOf(after).find(
      ({ repository, revision: now }) =>
        repository === definitions?.repository &&
        old.some((one) => one.repository === repository && one.revision !== now),
    );
    const from = old.find(({ repository }) => repository === moved?.repository);
    return moved && from
      ? [
          {
            path: 'spec.source.targetRevision',
            says: `The schema comes from upstream: ${label(after)} goes from ${revision(before)} to ${revision(after)} of ${moved.repository}, and fields or versions may go`,
            instead: `compare ${moved.repository}/compare/${from.revision}...${moved.revision} in ${listed(definitions?.paths ?? [])}`,
          },
        ]
      : [];
  },
});

/** Definitions of custom resources. */
export const DEFINITIONS = [notServed, stored, upstream];
