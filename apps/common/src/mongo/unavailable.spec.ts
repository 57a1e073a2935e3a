import { mongo, MongooseError } from 'mongoose';
import { describe, expect, it } from 'vitest';
import { isDatabaseUnavailable } from './unavailable.ts';

const labelled = new mongo.MongoServerError({ message: 'shutting down', code: 1 });
labelled.addErrorLabel('RetryableWriteError');

describe('isDatabaseUnavailable', () => {
  it.each([
    ['a failed server selection', new mongo.MongoServerSelectionError('none', {} as never)],
    ['a broken connection', new mongo.MongoNetworkError('reset')],
    ['a network timeout', new mongo.MongoNetworkTimeoutError('late')],
    ['a closed client', new mongo.MongoNotConnectedError('closed')],
    ['a member that is not primary', new mongo.MongoServerError({ message: 'not primary', code: 10_107 })],
    ['a query over its time limit', new mongo.MongoServerError({ message: 'operation exceeded time limit', code: 50 })],
    ['a retryable write error', labelled],
    ['a socket that is just closed', Object.assign(new Error('ended by the other party'), { code: 'EPIPE' })],
  ])('is true for %s', (_, error) => expect(isDatabaseUnavailable(error)).toBe(true));

  it.each([
    ['a duplicate key', new mongo.MongoServerError({ message: 'E11000', code: 11_000 })],
    [
      'a document that fails validation',
      new mongo.MongoServerError({ message: 'Document failed validation', code: 121 }),
    ],
    ['a field that is not in the model', new MongooseError('strict')],
    ['a bug', new TypeError('undefined is not a function')],
    ['a missing file', Object.assign(new Error('no such file'), { code: 'ENOENT' })],
    ['no error', undefined],
  ])('is false for %s', (_, error) => expect(isDatabaseUnavailable(error)).toBe(false));
});
