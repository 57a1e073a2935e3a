import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  addressList,
  baseSettings,
  loadSettings,
  publicSettings,
  secret,
  SettingsError,
  wholeNumber,
} from './settings.ts';

const settings = baseSettings.extend({
  PASSWORD: secret(z.string().min(8), 'must have 8 characters or more'),
  LIMIT: wholeNumber(1, 9).optional(),
});
const good = { PASSWORD: 'correct horse', PORT: '8080' };

describe('settings', () => {
  it('are read from the environment, with defaults', () => {
    expect(loadSettings(settings, { ...good, TRUSTED_PROXIES: ' 10.0.0.0/8, fd00::/8 ,', HOME: '/root' })).toEqual({
      PORT: 8080,
      NODE_ENV: 'development',
      TRUSTED_PROXIES: ['10.0.0.0/8', 'fd00::/8'],
      SHUTDOWN_DRAIN_SECONDS: 0,
      RATE_LIMIT_PER_SECOND: 100,
      PASSWORD: 'correct horse',
    });
  });

  it('report all invalid values at once, each with its name and value', () => {
    const load = (): unknown =>
      loadSettings(settings, { PORT: '70000', NODE_ENV: 'prod', TRUSTED_PROXIES: '10.0.0.1,nonsense', LIMIT: '0' });
    expect(load).toThrow(SettingsError);
    expect(load).toThrow(
      expect.objectContaining({
        problems: [
          'PORT: must be a whole number from 0 to 65535, got "70000"',
          expect.stringMatching(/^NODE_ENV: .*"production".*, got "prod"$/),
          'TRUSTED_PROXIES: must contain addresses or CIDR ranges such as 10.0.0.0/8, not "nonsense", got "10.0.0.1,nonsense"',
          'PASSWORD: is missing',
          'LIMIT: must be a whole number from 1 to 9, got "0"',
        ],
      }) as Error,
    );
  });

  it('never show a secret, neither in errors nor in publicSettings', () => {
    expect(() => loadSettings(settings, { PASSWORD: 'hunter2' })).toThrow(
      /PASSWORD: must have 8 characters or more \(the value is secret; it has 7 characters\)/,
    );
    expect(() => loadSettings(settings, { PASSWORD: 'hunter2' })).not.toThrow(/hunter2/);
    const shown = publicSettings(settings, loadSettings(settings, good));
    expect(shown).toMatchObject({ PASSWORD: '(secret)', PORT: 8080, LIMIT: null });
    expect(JSON.stringify(shown)).not.toContain('horse');
    expect(Object.keys(shown)).toEqual(Object.keys(shown).toSorted());
  });

  it('show an unset secret as null', () => {
    const optional = baseSettings.extend({ TOKEN: secret(z.string().optional(), 'must be text') });
    expect(publicSettings(optional, loadSettings(optional, {}))).toMatchObject({ TOKEN: null });
  });

  it.each(['-1', '1.5', '1e3', ' 80', '0x50', '', '9999999999999999'])('reject %j as a number', (text) => {
    expect(() => loadSettings(baseSettings, { PORT: text })).toThrow(/PORT: must be a whole number/);
  });

  it.each(['10.0.0.0/33', '10.0.0/8', '::1/129', '10.0.0.0/8/8', 'localhost', '10.0.0.0/x', '10.0.0.0/'])(
    'reject %j as address list',
    (text) => {
      expect(addressList.safeParse(text).success).toBe(false);
    },
  );

  it.each(['', '127.0.0.1', '::1', '10.0.0.0/8,192.168.0.0/16', 'fe80::/10'])('accept %j as address list', (text) => {
    expect(addressList.safeParse(text).success).toBe(true);
  });
});
