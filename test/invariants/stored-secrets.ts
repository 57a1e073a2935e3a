import { capability } from '../../charts/kinds/kind.ts';
import { at, label, listAt, type Manifest, textAt } from '../../charts/lib/manifest.ts';
import { type ClusterObjects, ofKind, repeated, textsAt } from '../lib/cluster-objects.ts';
import { invariant } from './invariant.ts';

/** Every ExternalSecret reads a name and key that a PushSecret writes, or a name that people keep in the store. */
export const storedSecretsWritten = invariant('every value read from the secret store is written there', (cluster) => {
  const passwords = ofKind(cluster, 'Password');
  const keysByName = new Map(
    ofKind(cluster, 'PushSecret').flatMap((push) =>
      remoteKeys(push).map((name) => [name, generated(push, passwords)] as const),
    ),
  );
  return ofKind(cluster, 'ExternalSecret').flatMap((external) =>
    listAt(external, 'spec', 'data').flatMap((item) => {
      const name = textAt(item, 'remoteRef', 'key') ?? '';
      const property = textAt(item, 'remoteRef', 'property') ?? '';
      const keys = keysByName.get(name);
      // Only people know the keys of an entry that they keep.
      if (!keys && cluster.preinstalled.has(capability.remoteSecret(name))) return [];
      if (!keys) return [`${label(external)} reads "${name}", which no PushSecret writes and nobody declares`];
      return keys.includes(property)
        ? []
        : [`${label(external)} reads "${property}" of "${name}", which has ${keys.join(', ')}`];
    }),
  );
});

/** Of two PushSecrets for one name, the first would win and the other keep a different value. */
export const storedSecretsOneWriter = invariant('every name in the secret store has one writer', (cluster) =>
  repeated(ofKind(cluster, 'PushSecret').flatMap(remoteKeys)).map((name) => `"${name}" is written more than once`),
);

/** An existing password must not change: a database keeps the one that it was created with. */
export const storedSecretsKept = invariant('values in the secret store are never replaced or deleted', (cluster) =>
  ofKind(cluster, 'PushSecret').flatMap((push) => [
    ...(textAt(push, 'spec', 'updatePolicy') === 'IfNotExists' ? [] : [`${label(push)} replaces existing values`]),
    ...(textAt(push, 'spec', 'deletionPolicy') === 'None'
      ? []
      : [`${label(push)} deletes from the secret store when it is deleted`]),
    // Azure and AWS are checked for the name alone: the second of two entries would never be written.
    ...(listAt(push, 'spec', 'data').length === 1 ? [] : [`${label(push)} has more than one entry`]),
  ]),
);

/**
 * A copy of the backups is worth nothing without the password of its repositories, and restored volumes hold the passwords
 * that their databases were created with.
 */
export const storedSecretsCopied = invariant(
  'every generated secret is copied to each region that holds a copy of the backups',
  (cluster) =>
    ofKind(cluster, 'PushSecret').flatMap((push) =>
      listAt(push, 'spec', 'data').flatMap((item) => {
        const copied = textsAt(at(item, 'metadata', 'spec'), 'replicationLocations');
        return cluster.secretReplicaRegions
          .filter((region) => !copied.includes(region))
          .map((region) => `${label(push)} is not copied to ${region}, where the backups are`);
      }),
    ),
);

/** The store's conditions list exactly the namespaces that use it. */
export const storeConditions = invariant('every secret store allows exactly the namespaces that use it', (cluster) => {
  const users = [
    ...new Set(ofKind(cluster, 'ExternalSecret', 'PushSecret').flatMap((m) => m.metadata.namespace ?? [])),
  ];
  return ofKind(cluster, 'ClusterSecretStore').flatMap((store) => {
    const allowed = listAt(store, 'spec', 'conditions').flatMap((condition) => textsAt(condition, 'namespaces'));
    return [
      ...users
        .filter((name) => !allowed.includes(name))
        .map((name) => `${label(store)} does not allow the namespace ${name}, which uses it`),
      ...allowed
        .filter((name) => !users.includes(name))
        .map((name) => `${label(store)} allows the namespace ${name}, which does not use it`),
    ];
  });
});

/** What the API server admits in a namespace is what the manifests do there. */
export const storeAccessConfined = invariant(
  'the admission policies permit each namespace exactly the entries of the secret store that it uses',
  (cluster) => {
    if (ofKind(cluster, 'ClusterSecretStore').length === 0) return [];
    return [
      ...confined(cluster, 'secret-store-reads', 'ExternalSecret', (external) => [
        ...listAt(external, 'spec', 'data').map((item) => textAt(item, 'remoteRef', 'key')),
        ...listAt(external, 'spec', 'dataFrom').map((item) => textAt(item, 'extract', 'key')),
      ]),
      ...confined(cluster, 'secret-store-writes', 'PushSecret', remoteKeys),
    ];
  },
);

function confined(
  cluster: ClusterObjects,
  name: string,
  kind: string,
  entriesOf: (manifest: Manifest) => readonly (string | undefined)[],
): string[] {
  const policy = ofKind(cluster, 'ValidatingAdmissionPolicy').find(({ metadata }) => metadata.name === name);
  const denies = ofKind(cluster, 'ValidatingAdmissionPolicyBinding').some(
    (binding) =>
      textAt(binding, 'spec', 'policyName') === name && textsAt(binding, 'spec', 'validationActions').includes('Deny'),
  );
  if (!policy || !denies) return [`no policy ${name} with a binding that denies`];
  const used = new Set(
    ofKind(cluster, kind).flatMap((manifest) =>
      entriesOf(manifest).flatMap((entry) => (entry === undefined ? [] : [`${manifest.metadata.namespace}/${entry}`])),
    ),
  );
  const permitted = permittedBy(policy);
  return [
    ...[...used]
      .filter((one) => !permitted.has(one))
      .map((one) => `${label(policy)} does not permit ${one}, which is used`),
    ...[...permitted]
      .filter((one) => !used.has(one))
      .map((one) => `${label(policy)} permits ${one}, which is not used`),
  ];
}

/** Namespaces with entries, from the map in CEL, which is JSON too. */
function permittedBy(policy: Manifest): Set<string> {
  const variable = listAt(policy, 'spec', 'variables').find((one) => textAt(one, 'name') === 'permitted');
  const map = (textAt(variable, 'expression') ?? '{}').replace(/\[\?request\..*$/s, '');
  return new Set(
    Object.entries(JSON.parse(map) as Record<string, string[]>).flatMap(([namespace, entries]) =>
      entries.map((entry) => `${namespace}/${entry}`),
    ),
  );
}

function remoteKeys(push: Manifest): string[] {
  return listAt(push, 'spec', 'data').flatMap((item) => textAt(item, 'match', 'remoteRef', 'remoteKey') ?? []);
}

/** The keys that the generator of a PushSecret creates. */
function generated(push: Manifest, passwords: readonly Manifest[]): string[] {
  const name = textAt(push, 'spec', 'selector', 'generatorRef', 'name');
  const password = passwords.find((p) => p.metadata.namespace === push.metadata.namespace && p.metadata.name === name);
  return textsAt(password, 'spec', 'secretKeys');
}
