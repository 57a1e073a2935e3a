import {
  applyDecorators,
  type CanActivate,
  Catch,
  Injectable,
  ServiceUnavailableException,
  UseFilters,
  UseGuards,
} from '@nestjs/common';
import { mongo, MongooseError } from 'mongoose';
import { ProblemFilter } from '../problem.ts';
import { Database } from './database.ts';
import { isDatabaseUnavailable } from './unavailable.ts';

/** Lets no request near data that is not prepared. */
@Injectable()
class DatabaseGuard implements CanActivate {
  constructor(private readonly database: Database) {}

  canActivate(): boolean {
    if (!this.database.isPrepared)
      throw new ServiceUnavailableException('The database has not been reached yet; try again later');
    return true;
  }
}

/** Answers 503 while the database is away. A filter, not an interceptor: an interceptor would cost every request a tenth. */
@Catch(mongo.MongoError, MongooseError)
class DatabaseFilter extends ProblemFilter {
  protected override meaning(error: unknown): unknown {
    return isDatabaseUnavailable(error)
      ? new ServiceUnavailableException(
          'The database does not answer; try again later. A change may have been made or not',
          { cause: error },
        )
      : error;
  }
}

/** For a controller whose every answer needs the database. */
export function UsesDatabase(): ClassDecorator & MethodDecorator {
  return applyDecorators(UseGuards(DatabaseGuard), UseFilters(DatabaseFilter));
}
