import { type ContainerProps, fromSecret } from '../../lib/container.ts';
import { exporterProbes } from '../../lib/exporter.ts';
import type { ExporterProps } from './postgres-exporter.ts';

const METRICS_PORT = 9121;

/** Serves what Valkey says of itself as metrics, whose names begin with `redis_`. */
export function valkeyExporter({ image, secret, port }: ExporterProps): ContainerProps {
  return {
    name: 'exporter',
    image,
    env: {
      REDIS_ADDR: `redis://127.0.0.1:${port}`,
      REDIS_PASSWORD: fromSecret(secret, 'password'),
      REDIS_EXPORTER_WEB_LISTEN_ADDRESS: `:${METRICS_PORT}`,
    },
    ports: { metrics: METRICS_PORT },
    metrics: { port: 'metrics' },
    resources: { cpu: '20m', cpuLimit: '200m', memory: '64Mi' },
    ...exporterProbes('/health'),
  };
}
