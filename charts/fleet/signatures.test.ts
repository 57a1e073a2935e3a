import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Keys } from '../../test/lib/gnupg.ts';
import { publicKeyOf } from './openpgp.ts';
import { repositorySchema } from './repository.ts';
import { integrityOf, keyringOf } from './signatures.ts';

const REPOSITORY = { url: 'https://github.com/example/fleet.git', revision: 'main' };

function messagesOf(signatures: unknown): string[] {
  const { error } = repositorySchema.safeParse({ ...REPOSITORY, signatures });
  return (error?.issues ?? []).map(({ path, message }) => `${path.join('.')} ${message}`);
}

describe('signatures that cannot be', () => {
  it('without a key nothing would be synced', () => {
    expect(messagesOf({ keys: [], mode: 'head' })).toEqual([
      'signatures.keys must have a key: nothing else would ever be synced',
    ]);
  });

  it.each([
    ['an id', 'B5690EEEBB952194', 'must be an armored public key, as gpg --armor --export writes it'],
    [
      'a certificate',
      '-----BEGIN CERTIFICATE-----\n\nAAAA\n-----END CERTIFICATE-----',
      'must be an armored public key',
    ],
    [
      'what is no packet',
      '-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nAAAAAAAAAAAA\n-----END PGP PUBLIC KEY BLOCK-----',
      'has no public key',
    ],
    [
      'a private key',
      '-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlFgE\n-----END PGP PRIVATE KEY BLOCK-----\n',
      'is a private key: revoke it',
    ],
    [
      'a key of another version',
      // A packet of six bytes in all, whose first byte of content is the version.
      `-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n${Buffer.from([0xc6, 4, 6, 0, 0, 0]).toString('base64')}\n-----END PGP PUBLIC KEY BLOCK-----`,
      'is a key of version 6',
    ],
  ])('%s', (_, key, message) => {
    expect(messagesOf({ keys: [key], mode: 'head' })).toEqual([
      expect.stringContaining(`signatures.keys.0 ${message}`),
    ]);
  });
});

describe.skipIf(spawnSync('gpg', ['--version']).status !== 0)('keys that GnuPG makes', () => {
  let keys: Keys;
  beforeAll(() => {
    keys = new Keys();
    keys.make('ada', 'ed25519');
    // Old packets, whose bodies are longer than 255 bytes.
    keys.make('bob', 'rsa3072');
    keys.addSubkey(keys.fingerprint('ada'));
  }, 60_000);
  afterAll(() => keys.remove());

  it.each(['ada', 'bob'])('have the id that GnuPG says: %s', (name) => {
    const key = publicKeyOf(keys.exported(name));
    expect(key).toMatchObject({ id: keys.fingerprint(name).slice(-16) });
  });

  it('may sign by a subkey, and Argo CD imports them by the id of the key', () => {
    const signatures = { keys: [keys.exported('ada')], mode: 'head' as const };
    const ids = [...keys.gpg('--with-colons', '--list-keys', 'ada').matchAll(/^(?:pub|sub):[^:]*:\d+:\d+:([^:]+)/gm)];
    expect(ids).toHaveLength(2);
    expect(integrityOf(signatures, REPOSITORY.url).sourceIntegrity?.git.policies).toEqual([
      { repos: [{ url: REPOSITORY.url }], gpg: { mode: 'head', keys: ids.map(([, id]) => id) } },
    ]);
    expect(keyringOf(signatures)).toEqual({ [ids[0]?.[1] ?? '']: signatures.keys[0] });
  });

  it('come one a block', () => {
    expect(messagesOf({ keys: [keys.exported('ada', 'bob')], mode: 'head' })).toEqual([
      'signatures.keys.0 has 2 keys: Argo CD takes one a block, so export each by its id',
    ]);
    expect(messagesOf({ keys: [keys.exported('ada'), keys.exported('bob')], mode: 'strict' })).toEqual([]);
  });
});

it('nothing is demanded unless it is asked for', () => {
  expect(integrityOf(undefined, REPOSITORY.url)).toEqual({});
});
