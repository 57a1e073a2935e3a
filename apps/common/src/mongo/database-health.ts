import { Logger } from '@nestjs/common';
import type { HealthIndicatorResult } from '@nestjs/terminus';
import type { Database } from './database.ts';

/** Tells whether the database can be used; why not is in the log, once for each change. */
export function databaseHealth(database: Database): () => Promise<HealthIndicatorResult<'database'>> {
  const log = new Logger('Database');
  let wasUp: boolean | undefined;
  return async () => {
    const failure = await database.ping().then(
      () => undefined,
      (error: Error) => error,
    );
    const isUp = failure === undefined;
    if (wasUp === true && !isUp) log.warn(`does not answer: ${failure.message}`);
    if (wasUp === false && isUp) log.log('answers');
    wasUp = isUp;
    return { database: { status: isUp ? 'up' : 'down' } };
  };
}
