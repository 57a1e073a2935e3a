import { Logger } from '@nestjs/common';
import type { HealthIndicatorResult } from '@nestjs/terminus';
import type { Database } from './database.ts';

/** Health indicator of the database; each change is logged once, with the reason. */
export function databaseHealth(database: Database): () => Promise<HealthIndicatorResult<'database'>> {
  const log = new Logger('Database');
  let wasUp: boolean | undefined;
  return async () => {
    const failure = await database.ping().then(
      () => undefined,
      (error: Error) => error,
    );
    const isUp = failure === undefined;
    if (wasUp === true && !isUp) log.warn(`unavailable: ${failure.message}`);
    if (wasUp === false && isUp) log.log('available');
    wasUp = isUp;
    return { database: { status: isUp ? 'up' : 'down' } };
  };
}
