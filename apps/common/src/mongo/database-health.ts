import { Logger } from '@nestjs/common';
import type { HealthIndicatorResult } from '@nestjs/terminus';
import type { Database } from './database.ts';

/**
 * Health indicator of the database; each change is logged once, with the reason. Degraded is ready: no pod could do better, and a
 * primary may be elected at any moment.
 */
export function databaseHealth(database: Database): () => Promise<HealthIndicatorResult<'database', State>> {
  const log = new Logger('Database');
  let last: State | undefined;
  return async () => {
    const { status, why } = await stateOf(database);
    if (status !== last && status !== 'up') log.warn(why);
    if (status !== last && status === 'up' && last !== undefined) log.log('available');
    last = status;
    return { database: { status } };
  };
}

type State = 'up' | 'degraded' | 'down';

async function stateOf(database: Database): Promise<{ readonly status: State; readonly why: string }> {
  try {
    return { status: await database.ping(), why: 'no primary for longer than an election takes: requests are refused' };
  } catch (error) {
    return { status: 'down', why: `unavailable: ${(error as Error).message}` };
  }
}
