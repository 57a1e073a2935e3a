import type { mongo } from 'mongoose';
import { Counter, Gauge, type Registry } from 'prom-client';

interface Pool {
  /** Connections that exist, by their number. */
  readonly open: Set<number>;
  readonly inUse: Set<number>;
  waiting: number;
}

/**
 * Publishes the state of a client's connection pools, one for each member of the replica set:
 * `mongodb_pool_connections` by state (in_use, idle), `mongodb_pool_waiting` (requests that wait for a connection),
 * `mongodb_pool_checkout_failures_total` by reason, and `mongodb_pool_max` (what may be open, from the settings).
 * Has to be called before the client connects.
 */
export function publishPoolMetrics(client: mongo.MongoClient, registry: Registry): void {
  const pools = new Map<string, Pool>();
  const pool = (address: string): Pool => {
    const known = pools.get(address) ?? { open: new Set<number>(), inUse: new Set<number>(), waiting: 0 };
    pools.set(address, known);
    return known;
  };
  watch(client, pools, pool);
  publish(client, registry, pools);
  const failures = new Counter({
    name: 'mongodb_pool_checkout_failures_total',
    help: 'Requests that got no connection, by reason.',
    labelNames: ['server', 'reason'],
    registers: [registry],
  });
  client.on('connectionCheckOutFailed', ({ address, reason }) => {
    const entry = pool(address);
    entry.waiting = Math.max(0, entry.waiting - 1);
    failures.inc({ server: address, reason });
  });
}

function watch(client: mongo.MongoClient, pools: Map<string, Pool>, pool: (address: string) => Pool): void {
  client.on('connectionCreated', ({ address, connectionId }) => pool(address).open.add(Number(connectionId)));
  client.on('connectionClosed', ({ address, connectionId }) => {
    const { open, inUse } = pool(address);
    open.delete(Number(connectionId));
    inUse.delete(Number(connectionId));
  });
  client.on('connectionCheckOutStarted', ({ address }) => {
    pool(address).waiting += 1;
  });
  client.on('connectionCheckedOut', ({ address, connectionId }) => {
    const entry = pool(address);
    entry.inUse.add(Number(connectionId));
    entry.waiting = Math.max(0, entry.waiting - 1);
  });
  client.on('connectionCheckedIn', ({ address, connectionId }) => pool(address).inUse.delete(Number(connectionId)));
  // A member that left the set: its series end.
  client.on('connectionPoolClosed', ({ address }) => pools.delete(address));
}

function publish(client: mongo.MongoClient, registry: Registry, pools: ReadonlyMap<string, Pool>): void {
  new Gauge({
    name: 'mongodb_pool_connections',
    help: 'Connections to a member of the replica set, by state.',
    labelNames: ['server', 'state'],
    registers: [registry],
    collect() {
      this.reset();
      for (const [server, { open, inUse }] of pools) {
        this.set({ server, state: 'in_use' }, inUse.size);
        this.set({ server, state: 'idle' }, open.size - inUse.size);
      }
    },
  });
  new Gauge({
    name: 'mongodb_pool_waiting',
    help: 'Requests that wait for a connection.',
    labelNames: ['server'],
    registers: [registry],
    collect() {
      this.reset();
      for (const [server, { waiting }] of pools) this.set({ server }, waiting);
    },
  });
  new Gauge({
    name: 'mongodb_pool_max',
    help: 'Connections that may be open to each member of the replica set.',
    registers: [registry],
  }).set(client.options.maxPoolSize);
}
