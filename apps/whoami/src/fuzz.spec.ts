import { fuzz, startService } from '@slipway/common/testing';
import { expect, it } from 'vitest';
import { service } from './service.ts';
import { whoamiModule } from './whoami.module.ts';

it('whoami answers no fuzzed request with 5xx', { timeout: 600_000 }, async () => {
  // The client is a trusted proxy, so that X-Forwarded-For is parsed.
  const running = await startService(whoamiModule, service, { TRUSTED_PROXIES: '127.0.0.0/8' });
  try {
    await fuzz(running.port, {
      paths: ['/', '/status', '/ip', '/config', '/livez', '/readyz', '/metrics', '/openapi.json', '/ip/:id'],
      parameters: ['1'],
      query: { x: ['1'] },
      bodies: [{ name: 'x' }],
    });
    expect(running.lines.filter((line) => line.includes('"level":"error"'))).toEqual([]);
  } finally {
    await running.close();
  }
});
