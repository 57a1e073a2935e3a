import type { OutsideDatabase, OutsideDatabases } from '../../cloud/databases.ts';
import type { Component } from '../../component.ts';
import { Fault, type SettingPath } from '../../fault.ts';
import { trust } from '../../lib/internal-tls.ts';
import { connectOut, withoutMetadata } from '../../lib/network.ts';
import { type SecretStore, syncSecret } from '../../lib/secrets.ts';
import { type Database, waitFor } from './database.ts';
import { VERIFY_PARAMETERS } from './postgres-tls.ts';

/** Props of a database that others run. */
export interface ManagedDatabaseProps extends OutsideDatabase {
  readonly secrets: SecretStore;
  /** PostgreSQL's image, for its client. */
  readonly image: string;
}

/**
 * A database outside of the cluster. People keep an entry of the store for it, `<component>-database`: `password` is that of
 * the role, `ca.crt` the certificates, as PEM, of the authorities that may have signed the server's.
 *
 * @throws Fault if the cluster does not declare the entry
 */
export function managedDatabase(component: Component, props: ManagedDatabaseProps): Database {
  const { secrets, image, host, port, database, user, cidrs } = props;
  const name = `${component.name}-database`;
  const entry = secrets.given(name, `component ${component.name}`);
  const authority = syncSecret(component, secrets, name, {
    values: { authority: { secret: entry, key: 'ca.crt' } },
    templates: { 'ca.crt': '{{ .authority }}' },
  });
  const opening = { peers: cidrs.map(withoutMetadata), tcp: [port] };
  return {
    password: entry,
    // Other authorities than before: pods read them at their start.
    trust: { ...trust(authority), onChange: {} },
    url: (password) => `postgres://${user}:${password}@${host}:${port}/${database}?${VERIFY_PARAMETERS}`,
    wait: waitFor(image, `--host=${host} --port=${port} --username=${user} --dbname=${database}`),
    connect: ({ endpoint }) => connectOut(endpoint, opening),
  };
}

/**
 * The database of a component in the facts of its cluster.
 *
 * @param databases of the cloud; undefined if it has none
 * @param setting the setting that asks for it
 * @throws Fault if there is none
 */
export function outsideDatabase(
  component: string,
  databases: OutsideDatabases | undefined,
  setting: SettingPath,
): OutsideDatabase {
  const found = databases?.[component];
  if (found) return found;
  const known = Object.keys(databases ?? {});
  throw new Fault({
    what: databases
      ? `the database of ${component} is "managed", but facts.json has none for it in "databases"`
      : `the database of ${component} is "managed", but this cloud has no managed databases`,
    setting,
    seen: known.length > 0 ? known.join(', ') : undefined,
    fix: databases
      ? `have it made, and its facts written, as docs/data.md says, or remove "database": PostgreSQL then runs in the cluster`
      : 'remove "database": PostgreSQL then runs in the cluster',
  });
}
