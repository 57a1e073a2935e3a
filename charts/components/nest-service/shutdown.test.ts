import { expect, it } from 'vitest';
import { FINISH_SECONDS as ofTheServices } from '../../../apps/common/src/finish.ts';
import { FINISH_SECONDS } from './nest-service.ts';

// Images do not hold charts/, and charts/ imports no service: the number is written twice.
it('a Deployment counts on the time in which the services finish their requests', () => {
  expect(FINISH_SECONDS).toBe(ofTheServices);
});
