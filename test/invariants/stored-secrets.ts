import { label, listAt, type Manifest, textAt } from '../../charts/lib/manifest.ts';
import { ofKind, repeated, textsAt } from '../lib/cluster-objects.ts';
import { invariant } from './invariant.ts';

/** What is read from the secret store was written there, under the same name and with the key. */
export const storedSecretsWritten = invariant('what is read from the secret store is written there', (cluster) => {
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
      if (!keys) return [`${label(external)} reads "${name}", which nobody writes`];
      return keys.includes(property)
        ? []
        : [`${label(external)} reads "${property}" of "${name}", which has ${keys.join(', ')}`];
    }),
  );
});

/** One name of the store has one writer: two would each keep their own value, and the first would win. */
export const storedSecretsOnce = invariant('a name of the secret store has one writer', (cluster) =>
  repeated(ofKind(cluster, 'PushSecret').flatMap(remoteKeys)).map((name) => `"${name}" is written more than once`),
);

/** A password that is there stays: databases keep the one that they were made with. */
export const storedSecretsKept = invariant('what is in the secret store is never replaced or deleted', (cluster) =>
  ofKind(cluster, 'PushSecret').flatMap((push) => [
    ...(textAt(push, 'spec', 'updatePolicy') === 'IfNotExists' ? [] : [`${label(push)} replaces what is there`]),
    ...(textAt(push, 'spec', 'deletionPolicy') === 'None'
      ? []
      : [`${label(push)} deletes from the store when it goes`]),
    // Azure and AWS look for the name alone: with two entries for one name, the second would never be written.
    ...(listAt(push, 'spec', 'data').length === 1 ? [] : [`${label(push)} has more than one entry`]),
  ]),
);

/** Only the namespaces that use the store are let in, and all of them are. */
export const storeConditions = invariant('the secret store lets in the namespaces that use it', (cluster) => {
  const users = [
    ...new Set(ofKind(cluster, 'ExternalSecret', 'PushSecret').flatMap((m) => m.metadata.namespace ?? [])),
  ];
  return ofKind(cluster, 'ClusterSecretStore').flatMap((store) => {
    const admitted = listAt(store, 'spec', 'conditions').flatMap((condition) => textsAt(condition, 'namespaces'));
    return [
      ...users
        .filter((name) => !admitted.includes(name))
        .map((name) => `${label(store)} refuses ${name}, which uses it`),
      ...admitted
        .filter((name) => !users.includes(name))
        .map((name) => `${label(store)} lets in ${name}, which does not use it`),
    ];
  });
});

function remoteKeys(push: Manifest): string[] {
  return listAt(push, 'spec', 'data').flatMap((item) => textAt(item, 'match', 'remoteRef', 'remoteKey') ?? []);
}

/** The keys that the generator behind a PushSecret makes. */
function generated(push: Manifest, passwords: readonly Manifest[]): string[] {
  const name = textAt(push, 'spec', 'selector', 'generatorRef', 'name');
  const password = passwords.find((p) => p.metadata.namespace === push.metadata.namespace && p.metadata.name === name);
  return textsAt(password, 'spec', 'secretKeys');
}
