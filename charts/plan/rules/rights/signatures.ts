import { at, listAt, type Manifest, textAt } from '../../../lib/manifest.ts';
import { ROOT } from '../../../lib/argo.ts';
import { type Context, listed, rule, type Said, shown, without } from '../rule.ts';

/** What a project asks of commits: a mode of Argo CD, and key ids; it asks nothing by `none`. */
interface Demand {
  readonly mode: string;
  readonly keys: readonly string[];
}

/** Modes by how much they ask for. */
const MODES = ['none', 'head', 'strict'];
const NOTHING: Demand = { mode: 'none', keys: [] };

/** The first policy: all that are rendered have one. */
function demandOf(project: Manifest | undefined): Demand {
  const [policy] = listAt(project, 'spec', 'sourceIntegrity', 'git', 'policies');
  if (policy === undefined) return NOTHING;
  return { mode: textAt(policy, 'gpg', 'mode') ?? 'none', keys: listAt(policy, 'gpg', 'keys').map(String) };
}

/** Projects ask for the same; the root's decides what the others become. */
function isRoot({ metadata }: Manifest): boolean {
  return metadata.name === ROOT;
}

/** Ids of the keys that Argo CD has before the change. */
function keyring({ before }: Context): string[] {
  const found = before.ofKind('ConfigMap').find(({ manifest }) => manifest.metadata.name === 'argocd-gpg-keys-cm');
  return Object.keys(at(found?.manifest, 'data') ?? {});
}

const keyMissing = rule('SLP-signature-key-missing', {
  severity: 'danger',
  about: 'Commits must be signed by keys none of which Argo CD has yet: it refuses the very commit that brings them',
  kinds: ['AppProject'],
  changed: (before, after, context) => {
    const { mode, keys } = demandOf(after);
    if (!isRoot(after) || mode === 'none' || demandOf(before).mode !== 'none') return [];
    const known = keyring(context);
    if (keys.some((key) => known.includes(key))) return [];
    return [
      {
        path: 'spec.sourceIntegrity',
        says: `Argo CD has none of the keys ${listed(keys)}, and takes them from no commit that it cannot verify: nothing is synced any more`,
        instead: "set signatures.mode to 'none' first, which gives Argo CD the keys, and this once that is synced",
      },
    ];
  },
});

const looser = rule('SLP-signatures-looser', {
  severity: 'danger',
  about: 'Argo CD asks for fewer signatures, or trusts another key: more people can change the cluster',
  kinds: ['AppProject'],
  changed: (before, after): Said[] => {
    if (!isRoot(after)) return [];
    const [old, now] = [demandOf(before), demandOf(after)];
    if (MODES.indexOf(now.mode) < MODES.indexOf(old.mode))
      return [
        {
          path: 'spec.sourceIntegrity',
          says: `The mode of signatures turns from ${shown(old.mode)} to ${shown(now.mode)}: commits are synced that were refused before`,
          instead: 'keep the mode; a key that is lost can be replaced beside it',
        },
      ];
    const added = old.mode === 'none' ? [] : without(now.keys, old.keys);
    return added.map((key) => ({
      path: 'spec.sourceIntegrity',
      says: `Whoever has the key ${key} can change the cluster, too`,
      instead: 'ask its owner whether it is theirs: gpg --fingerprint',
    }));
  },
});

/** What Argo CD asks of commits. */
export const SIGNATURES = [keyMissing, looser];
