import { expect, it } from 'vitest';
import { ownersInForce } from '../../cli/doctor/guarded.ts';
import { loadRings } from '../../cli/rings.ts';
import { importerOf, REPOSITORY } from '../lib/load-fleet.ts';

it('CODEOWNERS leaves what rings with approvers guard to these alone', async () => {
  const findings = ownersInForce(REPOSITORY, await loadRings(REPOSITORY, importerOf(REPOSITORY)));
  const missing = findings.filter(({ state }) => state === 'missing');
  expect(missing.map(({ seen, fix = [] }) => [seen, ...fix].join('\n')).join('\n')).toBe('');
});
