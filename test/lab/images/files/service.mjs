// A service in as few lines as keep the contract of the chart `nest-service`: probes, metrics, and an end that loses no request.
import { createServer } from 'node:http';

const { PORT, METRICS_PORT, SHUTDOWN_DRAIN_SECONDS = '0' } = process.env;

/** Milliseconds until a request that is still running is given up. */
const GRACE_MS = 5000;

const server = createServer((request, response) => {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ path: request.url, host: request.headers.host }));
}).listen(Number(PORT));

const metrics = createServer((_, response) => {
  // Prometheus reads no answer that does not say its format.
  response.setHeader('content-type', 'text/plain; version=0.0.4');
  response.end('service_info 1\n');
}).listen(Number(METRICS_PORT));

process.on('SIGTERM', () => {
  // Until then, proxies still send new requests.
  setTimeout(
    () => {
      metrics.close();
      server.close();
      setTimeout(() => process.exit(), GRACE_MS).unref();
    },
    Number(SHUTDOWN_DRAIN_SECONDS) * 1000,
  );
});
