import { Fault, suggest } from '../../fault.ts';
import type { SecretStore } from '../../lib/secrets.ts';
import type { ExternalSecretsProps } from './external-secrets.ts';

/** References to the entries that people keep in the store. */
export function givenBy({ given, keyPrefix }: Pick<ExternalSecretsProps, 'given' | 'keyPrefix'>): SecretStore['given'] {
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
