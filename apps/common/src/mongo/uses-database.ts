import { applyDecorators, type CallHandler, type ExecutionContext, Injectable, type NestInterceptor, ServiceUnavailableException, UseInterceptors } from '@nestjs/common';
import { catchError, type Observable, throwError } from 'rxjs';
import { Database } from './database.ts';
import { isDatabaseUnavailable } from './unavailable.ts';

/** Answers 503 while the database is away, instead of the driver's error. */
@Injectable()
export class DatabaseInterceptor implements NestInterceptor {
  constructor(private readonly database: Database) {}

  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (!this.database.isPrepared) throw new ServiceUnavailableException('The database has not been reached yet; try again later');
    return next.handle().pipe(
      catchError((error: unknown) =>
        throwError(() =>
          isDatabaseUnavailable(error)
            ? new ServiceUnavailableException('The database does not answer; try again later. A change may have been made or not', { cause: error })
            : error,
        ),
      ),
    );
  }
}

/** For a controller whose every answer needs the database. */
export function UsesDatabase(): ClassDecorator & MethodDecorator {
  return applyDecorators(UseInterceptors(DatabaseInterceptor));
}
