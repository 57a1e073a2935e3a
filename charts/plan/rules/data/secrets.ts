import { groupOf, identityOf, label, listAt, type Manifest, textAt } from '../../../lib/manifest.ts';
import { referencesOf } from '../../../kinds/references.ts';
import { KINDS } from '../../../kinds/index.ts';
import { isKept } from '../kept.ts';
import { type Context, listed, rule, shown } from '../rule.ts';

const GENERATORS = 'generators.external-secrets.io';

/** What asks a generator for a value again: an ExternalSecret each time, a PushSecret unless it only writes once. */
function askers(generator: Manifest, { after }: Context): Manifest[] {
  const wanted = identityOf(generator);
  return ['ExternalSecret', 'PushSecret']
    .flatMap((kind) => after.ofKind(kind))
    .map(({ manifest }) => manifest)
    .filter((one) => textAt(one, 'spec', 'updatePolicy') !== 'IfNotExists')
    .filter((one) => referencesOf(one).some(({ wants }) => wants === wanted));
}

const regenerated = rule('SLP-password-regenerated', {
  severity: 'danger',
  about: 'A generator changes whose values are stored anew: what has the old password no longer gets in',
  kinds: KINDS.filter(({ group }) => group === GENERATORS).map(({ kind }) => kind),
  changed: (before, after, context) => {
    if (groupOf(after) !== GENERATORS || JSON.stringify(before['spec']) === JSON.stringify(after['spec'])) return [];
    return askers(after, context).map((asker) => ({
      path: 'spec',
      says: `${label(asker)} stores a new value of ${label(after)}, while a database or a key made with the old one stays as it is`,
      instead: 'let a PushSecret with the updatePolicy IfNotExists store it, and rotate it where it is used',
    }));
  },
});

/** Entries of the store by the key of the Secret that they are written to. */
function entriesOf(secret: Manifest): Map<string, string> {
  return new Map(
    listAt(secret, 'spec', 'data').map((item) => [
      textAt(item, 'secretKey') ?? '',
      [textAt(item, 'remoteRef', 'key'), textAt(item, 'remoteRef', 'property')].filter(Boolean).join('.'),
    ]),
  );
}

/** Entries of the store that a PushSecret writes. */
function written(push: Manifest): string[] {
  return listAt(push, 'spec', 'data').map((item) => textAt(item, 'match', 'remoteRef', 'remoteKey') ?? '');
}

const entryMoved = rule('SLP-secret-entry', {
  severity: 'danger',
  about:
    'A Secret reads another entry of the store, or an entry is written under another name: its value is another one',
  kinds: ['ExternalSecret', 'PushSecret'],
  changed: (before, after) => {
    if (after.kind === 'PushSecret')
      return written(before)
        .filter((key) => !written(after).includes(key))
        .map((key) => ({
          path: 'spec.data',
          says: `${label(after)} writes ${listed(written(after))} and no longer ${key}: a generated value is made anew under the new name`,
          instead: 'copy the entry in the store first',
        }));
    const now = entriesOf(after);
    return [...entriesOf(before)]
      .filter(([key, entry]) => now.has(key) && now.get(key) !== entry)
      .map(([key, entry]) => ({
        path: `spec.data[${key}].remoteRef`,
        says: `Key ${key} of the Secret of ${label(after)} comes from the entry ${now.get(key)} instead of ${entry}`,
        instead: 'copy the entry in the store first, if the value must stay',
      }));
  },
});

const targetOf = (secret: Manifest): string => textAt(secret, 'spec', 'target', 'name') ?? secret.metadata.name;

const target = rule('SLP-secret-target', {
  severity: 'danger',
  about: 'The Secret of an ExternalSecret is renamed, owned in another way, or deleted with its entries',
  kinds: ['ExternalSecret'],
  changed: (before, after) => {
    const policy = (one: Manifest, field: string, standard: string): string =>
      textAt(one, 'spec', 'target', field) ?? standard;
    const [old, now] = [before, after].map((one) => policy(one, 'creationPolicy', 'Owner'));
    const deletes = (one: Manifest): boolean => policy(one, 'deletionPolicy', 'Retain') === 'Delete';
    return [
      ...(targetOf(before) === targetOf(after)
        ? []
        : [
            {
              path: 'spec.target.name',
              says: `${label(after)} writes Secret ${targetOf(after)}${old === 'Owner' ? `, and Secret ${targetOf(before)} is deleted` : `, and Secret ${targetOf(before)} is no longer updated`}`,
              instead: 'add a second ExternalSecret, and remove this one once nothing reads its Secret',
            },
          ]),
      ...(old === now
        ? []
        : [
            {
              path: 'spec.target.creationPolicy',
              says: `The creation policy of ${label(after)} was ${shown(old)}, and is ${shown(now)}: ${now === 'Owner' ? 'its Secret is deleted with it' : 'a Secret that somebody else must create is needed'}`,
              instead: 'check who creates the Secret, and who deletes it',
            },
          ]),
      ...(deletes(after) && !deletes(before)
        ? [
            {
              path: 'spec.target.deletionPolicy',
              says: `Secret ${targetOf(after)} is deleted when its entries are not in the store: the policy is Delete from now on`,
              instead: 'keep Retain, so that a fault of the store takes no Secret from running pods',
            },
          ]
        : []),
    ];
  },
});

const deletesEntries = (push: Manifest): boolean => textAt(push, 'spec', 'deletionPolicy') === 'Delete';

const pushDeletes = rule('SLP-push-deletes', {
  severity: 'danger',
  about: 'A PushSecret deletes its entries of the store, now or once it is removed',
  kinds: ['PushSecret'],
  changed: (before, after) =>
    deletesEntries(after) && !deletesEntries(before)
      ? [
          {
            path: 'spec.deletionPolicy',
            says: `${label(after)} deletes ${listed(written(after))} from the store once it is deleted itself`,
            instead: 'keep None: the store must outlive the cluster',
          },
        ]
      : [],
  removed: (before, context) =>
    deletesEntries(before) && !isKept(before, context)
      ? [
          {
            says: `${label(before)} is deleted, and deletes ${listed(written(before))} from the store`,
            instead: 'set its deletionPolicy to None in a commit of its own and let it sync first',
          },
        ]
      : [],
});

/** Secrets of the store. */
export const STORED_SECRETS = [regenerated, entryMoved, target, pushDeletes];
