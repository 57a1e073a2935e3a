import { Fault, suggest } from '../../fault.ts';
import type { SecretStore } from '../../lib/secrets.ts';

/** Entries that people keep in the store. */
interface GivenEntries {
  /** Their names, without the prefix. */
  readonly given: readonly string[];
  /** Prefix of every name in the store. */
  readonly keyPrefix: string;
}

/** References to the entries that people keep in the store. */
export function givenBy({ given, keyPrefix }: GivenEntries): SecretStore['given'] {
  return (name, reader) => {
    if (given.includes(name)) return { name, remoteKey: `${keyPrefix}${name}` };
    const declare = `declare "${name}" in "secrets" of the cluster file`;
    throw new Fault({
      what: `${reader ?? 'a component'} reads the secret "${name}" of the store, which the cluster does not declare`,
      where: reader,
      seen: name,
      fix: given.length > 0 ? `${declare}, or ${suggest(name, given)}` : declare,
    });
  };
}
