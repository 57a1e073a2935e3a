import type { mongo } from 'mongoose';
import { Counter, Gauge, type Registry } from 'prom-client';

interface Pool {
  open: number;
  inUse: number;
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
  const failures = new Counter({
    name: 'mongodb_pool_checkout_failures_total',
    help: 'Requests that got no connection, by reason.',
    labelNames: ['server', 'reason'],
    registers: [registry],
  });
  // A member that left the set: its series end, whatever its connections still tell.
  client.on('connectionPoolCreated', ({ address }) => void pools.set(address, { open: 0, inUse: 0, waiting: 0 }));
  client.on('connectionPoolClosed', ({ address }) => void pools.delete(address));
  const count = (address: string, change: Partial<Pool>): void => {
    const pool = pools.get(address);
    if (!pool) return;
    pool.open += change.open ?? 0;
    pool.inUse += change.inUse ?? 0;
    pool.waiting += change.waiting ?? 0;
  };
  client.on('connectionCreated', ({ address }) => count(address, OPENED));
  client.on('connectionClosed', ({ address }) => count(address, CLOSED));
  client.on('connectionCheckOutStarted', ({ address }) => count(address, ASKED));
  client.on('connectionCheckedOut', ({ address }) => count(address, TAKEN));
  client.on('connectionCheckedIn', ({ address }) => count(address, GIVEN_BACK));
  client.on('connectionCheckOutFailed', ({ address, reason }) => {
    count(address, FAILED);
    failures.inc({ server: address, reason });
  });
  publish(client, registry, pools);
}

// The driver tells of a connection that breaks in use that it was given back, and then that it was closed.
const OPENED = { open: 1 };
const CLOSED = { open: -1 };
const ASKED = { waiting: 1 };
const TAKEN = { waiting: -1, inUse: 1 };
const GIVEN_BACK = { inUse: -1 };
const FAILED = { waiting: -1 };

function publish(client: mongo.MongoClient, registry: Registry, pools: ReadonlyMap<string, Pool>): void {
  new Gauge({
    name: 'mongodb_pool_connections',
    help: 'Connections to a member of the replica set, by state.',
    labelNames: ['server', 'state'],
    registers: [registry],
    collect() {
      this.reset();
      for (const [server, { open, inUse }] of pools) {
        this.set({ server, state: 'in_use' }, inUse);
        this.set({ server, state: 'idle' }, open - inUse);
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
