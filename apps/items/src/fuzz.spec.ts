import { fuzz, type RunningService, startService } from '@slipway/common/testing';
import { describeWithDatabase } from '@slipway/common/mongo/testing';
import { afterAll, beforeAll, it } from 'vitest';
import { itemsModule } from './items.module.ts';
import { service } from './service.ts';

describeWithDatabase('items API', (fresh) => {
  let running: RunningService;
  beforeAll(async () => {
    running = await startService(itemsModule, service, { MONGODB_URI: fresh().uri });
    await running.ready();
  });
  afterAll(() => running.close());

  it('answers no fuzzed request with 5xx', { timeout: 600_000 }, async () => {
    await fuzz(running.port, {
      paths: ['/', '/item', '/health', '/livez', '/readyz', '/metrics', '/openapi.json'],
      parameters: ['1'],
      query: { limit: ['1', '100'], after: ['65f0c0ffee0000000000beef'] },
      bodies: [{ name: 'tea' }, { name: 'coffee', description: 'black\nhot' }],
    });
  });
});
