import { type ContainerProps, fromSecret } from '../../lib/container.ts';
import { exporterProbes } from '../../lib/exporter.ts';
import { APP, EXPORTER } from './postgres-scripts.ts';

/** Props of an exporter beside its server. */
export interface ExporterProps {
  readonly image: string;
  /** Secret with the password that it signs in with, under the key `password`. */
  readonly secret: string;
  /** Port of the server, in the same pod. */
  readonly port: number;
}

/** Name of its container. */
export const CONTAINER = 'exporter';

const METRICS_PORT = 9187;

/** Serves PostgreSQL's statistics as metrics; those of tables are of the application's database. */
export function postgresExporter({ image, secret, port }: ExporterProps): ContainerProps {
  return {
    name: CONTAINER,
    image,
    args: [`--web.listen-address=:${METRICS_PORT}`, '--log.level=warn'],
    env: {
      DATA_SOURCE_URI: `127.0.0.1:${port}/${APP}?sslmode=disable`,
      DATA_SOURCE_USER: EXPORTER,
      DATA_SOURCE_PASS: fromSecret(secret, 'password'),
    },
    ports: { metrics: METRICS_PORT },
    metrics: { port: 'metrics' },
    resources: { cpu: '20m', cpuLimit: '200m', memory: '64Mi' },
    ...exporterProbes('/'),
  };
}
