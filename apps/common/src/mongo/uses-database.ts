import {
  applyDecorators,
  type CanActivate,
  Catch,
  Injectable,
  ServiceUnavailableException,
  UseFilters,
  UseGuards,
} from '@nestjs/common';
import { ProblemFilter } from '../problem.ts';
import { Database } from './database.ts';
import { isDatabaseUnavailable } from './unavailable.ts';

/** Answers 503 until the data is prepared, and at once while nobody would answer. */
@Injectable()
class DatabaseGuard implements CanActivate {
  constructor(private readonly database: Database) {}

  canActivate(): boolean {
    if (!this.database.mayAnswer)
      throw new ServiceUnavailableException('The database is not available yet; try again later.');
    return true;
  }
}

/** Answers 503 while the database is unavailable. Not an interceptor, which would cost every request a tenth. */
@Catch()
class DatabaseFilter extends ProblemFilter {
  protected override meaning(error: unknown): unknown {
    return isDatabaseUnavailable(error)
      ? new ServiceUnavailableException(
          'The database is unavailable; try again later. A write may or may not have been applied.',
          { cause: error },
        )
      : error;
  }
}

/** For controllers and handlers that need the database. */
export function UsesDatabase(): ClassDecorator & MethodDecorator {
  return applyDecorators(UseGuards(DatabaseGuard), UseFilters(DatabaseFilter));
}
