import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { loadSettings } from '../settings.ts';
import { mongoSettings } from './settings.ts';

const schema = z.object(mongoSettings);

describe('MONGODB_URI', () => {
  it.each([
    'mongodb://user:secret@a:27017,b:27017/items?replicaSet=rs0&authSource=admin',
    'mongodb://127.0.0.1/x',
    'mongodb://127.0.0.1/test',
  ])('accepts %s', (uri) => {
    expect(loadSettings(schema, { MONGODB_URI: uri })).toEqual({ MONGODB_URI: uri });
  });

  it.each([
    '',
    'http://user:secret@host/db',
    'mongodb://',
    'mongodb://user:secret@host:port/db',
    'mongodb://user:secret@host/',
    'mongodb://user:secret@host/?appName=a/b',
    'mongodb://user:secret@host/db?replicaSet',
  ])('rejects %s without showing it', (uri) => {
    expect(() => loadSettings(schema, { MONGODB_URI: uri })).toThrow(
      /MONGODB_URI: must be a connection string such as mongodb:.* \(the value is secret; it has \d+ characters\)/,
    );
    expect(() => loadSettings(schema, { MONGODB_URI: uri })).not.toThrow(/secret@/);
  });

  it('is required', () => expect(() => loadSettings(schema, {})).toThrow('MONGODB_URI: is missing'));
});
