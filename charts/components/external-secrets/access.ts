import { type Problem, throwIfAny } from '../../fault.ts';
import { at, groupOf, label, listAt, type Manifest, textAt } from '../../lib/manifest.ts';

/** Names by namespace; the empty namespace is that of objects without one. */
type Names = ReadonlyMap<string, ReadonlySet<string>>;

/** What a cluster's manifests do with its secret store: nothing else is admitted. */
export interface StoreAccess {
  /** Entries of the store that ExternalSecrets read, by their namespace. */
  readonly reads: Names;
  /** Entries that PushSecrets write, by their namespace. */
  readonly writes: Names;
  /** Stores and generators that both refer to, as `ClusterSecretStore/cluster`, by the namespace that refers to them. */
  readonly uses: Names;
  /** The stores and generators themselves, as `Password/root`, by their namespace. */
  readonly objects: Names;
}

const GROUP = 'external-secrets.io';
const GENERATORS = `generators.${GROUP}`;

/**
 * Reads from manifests what they do with the store.
 *
 * @throws Fault for what cannot be confined to entries by name, and for kinds that no controller reconciles
 */
export function accessOf(manifests: readonly Manifest[]): StoreAccess {
  const own = manifests.filter((manifest) => [GROUP, GENERATORS].includes(groupOf(manifest)));
  throwIfAny(own.flatMap(unconfined));
  const readers = own.filter(({ kind }) => kind === 'ExternalSecret');
  const writers = own.filter(({ kind }) => kind === 'PushSecret');
  return {
    reads: byNamespace(readers, entriesRead),
    writes: byNamespace(writers, (push) =>
      listAt(push, 'spec', 'data').map((item) => textAt(item, 'match', 'remoteRef', 'remoteKey')),
    ),
    uses: byNamespace([...readers, ...writers], references),
    objects: byNamespace(
      own.filter(({ kind }) => kind !== 'ExternalSecret' && kind !== 'PushSecret'),
      ({ kind, metadata }) => [`${kind}/${metadata.name}`],
    ),
  };
}

/** The namespaces that use a store. */
export function namespacesUsing({ uses }: StoreAccess, store: string): string[] {
  return [...uses]
    .flatMap(([namespace, names]) => (names.has(`ClusterSecretStore/${store}`) ? [namespace] : []))
    .sort();
}

function entriesRead(external: Manifest): (string | undefined)[] {
  return [
    ...listAt(external, 'spec', 'data').map((item) => textAt(item, 'remoteRef', 'key')),
    ...listAt(external, 'spec', 'dataFrom').map((item) => textAt(item, 'extract', 'key')),
  ];
}

function references(manifest: Manifest): (string | undefined)[] {
  const items = [...listAt(manifest, 'spec', 'data'), ...listAt(manifest, 'spec', 'dataFrom')];
  return [
    at(manifest, 'spec', 'secretStoreRef'),
    ...listAt(manifest, 'spec', 'secretStoreRefs'),
    ...items.map((item) => at(item, 'sourceRef', 'storeRef')),
    at(manifest, 'spec', 'selector', 'generatorRef'),
    ...items.map((item) => at(item, 'sourceRef', 'generatorRef')),
  ].map((reference) => {
    const name = textAt(reference, 'name');
    return name === undefined ? undefined : `${textAt(reference, 'kind') ?? 'SecretStore'}/${name}`;
  });
}

/** What would have to be admitted without knowing the entries. */
function unconfined(manifest: Manifest): Problem[] {
  const problem = (what: string, fix: string): Problem => ({ what, where: label(manifest), fix });
  if (manifest.kind === 'ClusterExternalSecret' || manifest.kind === 'ClusterPushSecret')
    return [
      problem(
        `${manifest.kind}s are not reconciled: they would copy secrets to namespaces by labels`,
        'write one of the namespaced kind in each namespace',
      ),
    ];
  const patterns = listAt(manifest, 'spec', 'dataFrom').some((item) => at(item, 'find') !== undefined);
  const selected = listAt(manifest, 'spec', 'secretStoreRefs').some((ref) => at(ref, 'labelSelector') !== undefined);
  return [
    ...(patterns
      ? [
          problem(
            'it finds entries of the secret store by a pattern',
            'name them, in spec.data or spec.dataFrom[].extract',
          ),
        ]
      : []),
    ...(at(manifest, 'spec', 'dataTo') !== undefined
      ? [problem('it names entries of the secret store by a pattern', 'name them, in spec.data[].match.remoteRef')]
      : []),
    ...(selected ? [problem('it selects secret stores by labels', 'name them, in spec.secretStoreRefs[].name')] : []),
  ];
}

function byNamespace(
  manifests: readonly Manifest[],
  names: (manifest: Manifest) => readonly (string | undefined)[],
): Names {
  const result = new Map<string, Set<string>>();
  for (const manifest of manifests) {
    const { namespace = '' } = manifest.metadata;
    const known = result.get(namespace) ?? new Set<string>();
    for (const name of names(manifest)) if (name !== undefined) known.add(name);
    if (known.size > 0) result.set(namespace, known);
  }
  return result;
}
