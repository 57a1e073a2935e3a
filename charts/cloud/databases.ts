import { z } from 'zod';
import { hostName, portNumber } from '../lib/host.ts';
import type { OwnValue } from './ownership.ts';

const cidr = z.union([z.cidrv4(), z.cidrv6()], 'must be a CIDR range, such as 10.30.200.0/24');
const sqlName = z
  .string()
  .regex(/^[a-z_][a-z0-9_]{0,62}$/, 'must be lower-case letters, digits and underscores, such as app');

/** A PostgreSQL database outside of the cluster. */
const database = z.strictObject({
  /** Name of its server, which the server's certificate has. */
  host: hostName,
  /** @default 5432 */
  port: portNumber.default(5432),
  /** Name of the database on the server. */
  database: sqlName,
  /** Role that owns it. */
  user: sqlName,
  /** Addresses that the server may have. */
  cidrs: z.array(cidr).min(1),
});

/** For facts: databases outside of the cluster, by the name of the component that is their only user. @default none */
export const databasesFact = z.record(z.string(), database).optional();

/** A PostgreSQL database outside of the cluster. */
export type OutsideDatabase = z.output<typeof database>;

/** Databases outside of the cluster, by the name of the component. */
export type OutsideDatabases = Readonly<Record<string, OutsideDatabase>>;

/** For `Ownership`: two clusters with one database would migrate each other's data. */
export const databasesOwnership = {
  what: 'the database of a component',
  values: (databases: OutsideDatabases): OwnValue[] =>
    Object.entries(databases).map(([name, { host, port, database: of }]) => ({
      value: `${host}:${port}/${of}`,
      below: [name, 'host'],
    })),
};
