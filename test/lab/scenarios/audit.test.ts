import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { forbiddenOf } from './audit.ts';

const folder = mkdtempSync(join(tmpdir(), 'slipway-audit-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The only one that may ask too early. */
const PROGRAM = 'system:serviceaccount:prometheus-operator:prometheus-operator';
const SECRETS = '/api/v1/namespaces/shop/secrets';

/** What is forbidden by a log of requests: decision, verb, path and who asks. */
function forbidden(...requests: readonly (readonly ['allow' | 'forbid', string, string, string?])[]): string[] {
  const file = join(folder, 'audit.log');
  const lines = requests.map(([decision, verb, requestURI, username = PROGRAM]) =>
    JSON.stringify({
      verb,
      requestURI,
      user: { username },
      annotations: { 'authorization.k8s.io/decision': decision },
    }),
  );
  writeFileSync(file, lines.join('\n'));
  return forbiddenOf(file);
}

describe('what ServiceAccounts are forbidden', () => {
  it('is each request once, with how often it was made', () => {
    const ask = ['forbid', 'list', `${SECRETS}?limit=500`] as const;
    expect(forbidden(ask, ask)).toEqual([`prometheus-operator:prometheus-operator: list ${SECRETS} (2)`]);
  });

  it('is not what is permitted later', () => {
    expect(forbidden(['forbid', 'list', SECRETS], ['allow', 'list', SECRETS])).toEqual([]);
    expect(forbidden(['forbid', 'list', SECRETS], ['allow', 'watch', `${SECRETS}?watch=true`])).toEqual([]);
  });

  it('is what is not permitted any more, or only to others or elsewhere', () => {
    const asked = [`prometheus-operator:prometheus-operator: list ${SECRETS} (1)`];
    expect(forbidden(['allow', 'list', SECRETS], ['forbid', 'list', SECRETS])).toEqual(asked);
    expect(forbidden(['forbid', 'list', SECRETS], ['allow', 'get', SECRETS])).toEqual(asked);
    expect(
      forbidden(['forbid', 'list', SECRETS], ['allow', 'list', SECRETS, 'system:serviceaccount:shop:other']),
    ).toEqual(asked);
    expect(forbidden(['forbid', 'list', SECRETS], ['allow', 'list', '/api/v1/namespaces/inn/secrets'])).toEqual(asked);
  });

  it('is not what is permitted again in a namespace that was deleted with its rights, and made anew', () => {
    const reloader = 'system:serviceaccount:reloader:reloader';
    const deletion = ['allow', 'delete', '/api/v1/namespaces/shop', 'admin'] as const;
    const refusal = ['forbid', 'watch', `${SECRETS}?watch=true`, reloader] as const;
    const again = ['allow', 'watch', `${SECRETS}?watch=true`, reloader] as const;
    const asked = [`reloader:reloader: watch ${SECRETS} (1)`];
    expect(forbidden(deletion, refusal, again)).toEqual([]);
    // Not yet, not at all, or of another namespace.
    expect(forbidden(deletion, refusal)).toEqual(asked);
    expect(forbidden(refusal, again)).toEqual(asked);
    expect(forbidden(['allow', 'delete', '/api/v1/namespaces/inn', 'admin'], refusal, again)).toEqual(asked);
    expect(forbidden(['allow', 'delete', `${SECRETS}/one`, 'admin'], refusal, again)).toEqual(asked);
  });

  it('is nothing that people ask, nor a HEAD', () => {
    expect(forbidden(['forbid', 'list', SECRETS, 'someone'], ['forbid', 'head', SECRETS])).toEqual([]);
  });
});
