import type { mongo } from 'mongoose';
import { Counter, Gauge, type Registry } from 'prom-client';

interface Pool {
  open: number;
  inUse: number;
  waiting: number;
}

/**
 * Publishes metrics of a client's connection pools, one per member of the replica set: `mongodb_pool_connections` by
 * state (in_use, idle), `mongodb_pool_waiting` (requests waiting for a connection),
 * `mongodb_pool_checkout_failures_total` by reason, and `mongodb_pool_max` (the configured maximum). Must be called
 * before the client connects.
 */
export function publishPoolMetrics(client: mongo.MongoClient, registry: Registry): void {
  const pools = new Map<string, Pool>();
  const failures = new Counter({
    name: 'mongodb_pool_checkout_failures_total',
    help: 'Failed checkouts of a connection, by reason.',
    labelNames: ['server', 'reason'],
    registers: [registry],
  });
  // When a member leaves the set its series end, whatever events its connections still emit.
  client.on('connectionPoolCreated', ({ address }) => void pools.set(address, { open: 0, inUse: 0, waiting: 0 }));
  client.on('connectionPoolClosed', ({ address }) => void pools.delete(address));
  const count = (address: string, change: Partial<Pool>): void => {
    const pool = pools.get(address);
    if (!pool) return;
    pool.open += change.open ?? 0;
    pool.inUse += change.inUse ?? 0;
    pool.waiting += change.waiting ?? 0;
  };
  client.on('connectionCreated', ({ address }) => count(address, CREATED));
  client.on('connectionClosed', ({ address }) => count(address, CLOSED));
  client.on('connectionCheckOutStarted', ({ address }) => count(address, CHECKOUT_STARTED));
  client.on('connectionCheckedOut', ({ address }) => count(address, CHECKED_OUT));
  client.on('connectionCheckedIn', ({ address }) => count(address, CHECKED_IN));
  client.on('connectionCheckOutFailed', ({ address, reason }) => {
    count(address, CHECKOUT_FAILED);
    failures.inc({ server: address, reason });
  });
  publish(client, registry, pools);
}

// For a connection that breaks while in use the driver emits a check-in and then a close.
const CREATED = { open: 1 };
const CLOSED = { open: -1 };
const CHECKOUT_STARTED = { waiting: 1 };
const CHECKED_OUT = { waiting: -1, inUse: 1 };
const CHECKED_IN = { inUse: -1 };
const CHECKOUT_FAILED = { waiting: -1 };

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
    help: 'Requests waiting for a connection.',
    labelNames: ['server'],
    registers: [registry],
    collect() {
      this.reset();
      for (const [server, { waiting }] of pools) this.set({ server }, waiting);
    },
  });
  new Gauge({
    name: 'mongodb_pool_max',
    help: 'Maximum number of connections to each member of the replica set.',
    registers: [registry],
  }).set(client.options.maxPoolSize);
}
