import { expect, it } from 'vitest';
import { createClient } from './client.ts';

it('a client waits for an election unless the connection string says how long', () => {
  const waitOf = (uri: string): number => createClient(uri, 'test').options.serverSelectionTimeoutMS;
  expect(waitOf('mongodb://h:1/things')).toBe(12_000);
  expect(waitOf('mongodb://h:1/things?replicaSet=rs0')).toBe(12_000);
  expect(waitOf('mongodb://h:1/things?replicaSet=rs0&serverSelectionTimeoutMS=700')).toBe(700);
  expect(waitOf('mongodb://h:1/things?serverselectiontimeoutms=700')).toBe(700);
});

it('a client takes nothing else from the connection string that would change what is written', () => {
  const { options } = createClient('mongodb://h:1/things?retryWrites=false&retryReads=false&maxPoolSize=7', 'test');
  expect(options).toMatchObject({ retryWrites: true, retryReads: true, maxPoolSize: 20 });
});
