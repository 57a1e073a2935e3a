import { mongo, MongooseError } from 'mongoose';
import { describe, expect, it } from 'vitest';
import { isDatabaseUnavailable } from './unavailable.ts';

const labelled = new mongo.MongoServerError({ message: 'of a member that stops', code: 1 });
labelled.addErrorLabel('RetryableWriteError');

describe('isDatabaseUnavailable', () => {
  it.each([
    ['no server found', new mongo.MongoServerSelectionError('none', {} as never)],
    ['a connection that broke', new mongo.MongoNetworkError('reset')],
    ['a connection that went silent', new mongo.MongoNetworkTimeoutError('late')],
    ['a client that is closed', new mongo.MongoNotConnectedError('closed')],
    ['a member that is no primary', new mongo.MongoServerError({ message: 'not primary', code: 10_107 })],
    ['a query that took too long', new mongo.MongoServerError({ message: 'operation exceeded time limit', code: 50 })],
    ['what the driver would have repeated', labelled],
  ])('says yes to %s', (_, error) => expect(isDatabaseUnavailable(error)).toBe(true));

  it.each([
    ['a duplicate', new mongo.MongoServerError({ message: 'E11000', code: 11_000 })],
    [
      'a document that the database refuses',
      new mongo.MongoServerError({ message: 'Document failed validation', code: 121 }),
    ],
    ['a field that the model does not know', new MongooseError('strict')],
    ['a fault in the code', new TypeError('undefined is not a function')],
    ['no error', undefined],
  ])('says no to %s', (_, error) => expect(isDatabaseUnavailable(error)).toBe(false));
});
