import { describe, expect, it } from 'vitest';
import { withDatabase } from './connection-string.ts';

describe('withDatabase', () => {
  it.each([
    ['mongodb://h:1', 'mongodb://h:1/new'],
    ['mongodb://h:1/', 'mongodb://h:1/new'],
    ['mongodb://h:1,h:2/old?replicaSet=rs0', 'mongodb://h:1,h:2/new?replicaSet=rs0'],
    ['mongodb://h:1?replicaSet=rs0', 'mongodb://h:1/new?replicaSet=rs0'],
    ['mongodb+srv://u:p@h/old', 'mongodb+srv://u:p@h/new?authSource=old'],
    ['mongodb://u:p@h/old?authSource=admin', 'mongodb://u:p@h/new?authSource=admin'],
  ])('turns %s into %s', (uri, expected) => expect(withDatabase(uri, 'new')).toBe(expected));

  it('throws without the value for an invalid connection string', () => {
    expect(() => withDatabase('http://u:secret@h', 'new')).toThrow(
      'MONGODB_URI is not a connection string such as mongodb://host:27017/?replicaSet=rs0',
    );
  });
});
