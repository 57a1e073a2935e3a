import type { SecretStoreProvider } from '../../lib/types/external-secrets.ts';
import type { GenericFacts } from './facts.ts';
import { IN_CLUSTER_COMMANDS, IN_CLUSTER_STORE } from '../in-cluster-store.ts';
import { jsonFile, type SecretCommands } from '../secret-commands.ts';

/** The facts of a secret store. */
export type StoreFacts = GenericFacts['secret_store'];

/** How External Secrets reaches the store. */
export function secretStore(store: StoreFacts): SecretStoreProvider {
  if (store.provider === 'kubernetes') return IN_CLUSTER_STORE;
  // Without further settings the controller signs in as its own workload identity.
  if (store.provider === 'google') return { gcpsm: { projectID: store.project } };
  const { server, path, ca_bundle: caBundle, auth_path: mountPath, role } = store;
  // Without a reference the controller signs in with the token of its own ServiceAccount.
  return { vault: { server, path, version: 'v2', caBundle, auth: { kubernetes: { mountPath, role } } } };
}

/** How people write and read its entries. */
export function secretCommands(store: StoreFacts): SecretCommands {
  if (store.provider === 'kubernetes') return IN_CLUSTER_COMMANDS;
  return store.provider === 'google' ? secretManagerCommands(store.project) : vaultCommands(store);
}

/** Google's command line, for Secret Manager of a project. */
function secretManagerCommands(project: string): SecretCommands {
  return {
    store: `Secret Manager of the project ${project}`,
    write: (entry) => {
      const { path, text } = jsonFile(entry);
      const flags = `${entry.remoteKey} --project=${project} --data-file=${path}`;
      return {
        files: { [path]: text },
        create: `gcloud secrets create ${flags} --replication-policy=automatic`,
        update: `gcloud secrets versions add ${flags}`,
      };
    },
    read: (name) => `gcloud secrets versions access latest --secret=${name} --project=${project}`,
  };
}

/** Vault's command line, for a key/value engine of version 2. */
function vaultCommands({ server, path: mount }: Extract<StoreFacts, { readonly provider: 'vault' }>): SecretCommands {
  const vault = (verb: string, name: string): string => `VAULT_ADDR=${server} vault kv ${verb} -mount=${mount} ${name}`;
  return {
    store: `Vault at ${server}, path ${mount}`,
    write: (entry) => {
      const { path, text } = jsonFile(entry);
      return { files: { [path]: text }, create: `${vault('put', entry.remoteKey)} @${path}` };
    },
    read: (name) => vault('get', name),
  };
}
