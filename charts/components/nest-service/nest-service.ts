import { Component } from '../../component.ts';
import { type ContainerProps, fromSecret, httpProbe, scratch } from '../../lib/container.ts';
import { Deployment, type Replicas } from '../../lib/deployment.ts';
import { DRAIN_SECONDS } from '../../lib/drain.ts';
import { connect } from '../../lib/network.ts';
import { HTTP_PORT, type Place, route } from '../../lib/route.ts';
import { type SecretStore, viewSecret } from '../../lib/secrets.ts';
import type { MongoConnection } from '../mongo/mongo.ts';

/** Where a service keeps its data. */
export interface NestServiceDatabase {
  readonly connection: MongoConnection;
  readonly secrets: SecretStore;
}

/** Props of a NestJS service. */
export interface NestServiceProps {
  readonly image: string;
  readonly replicas: Replicas;
  readonly place: Place;
  /** Addresses whose X-Forwarded-For is believed: the gateway's pods have no fixed ones, so ranges. */
  readonly trustedProxies: readonly string[];
  readonly database?: NestServiceDatabase;
  /** @default none */
  readonly env?: Readonly<Record<string, string>>;
}

/** Seconds after its drain in which a service finishes what is in flight, before it cuts it off: what apps/common says, and a test compares. */
export const FINISH_SECONDS = 15;
/** Seconds that it may take after that to close its connections and end. */
const EXIT_SECONDS = 5;
/** Port of the metrics alone, which no gateway leads to. */
const METRICS_PORT = 9464;
/** Requests a second that one client may make of one pod. */
const RATE_LIMIT = 100;

/** An HTTP service of this repository's apps/: probes, metrics, graceful stop and settings are the same for all. */
export class NestService extends Component {
  constructor(name: string, props: NestServiceProps) {
    super(name, { tier: 'apps' });
    const uri = props.database && this.databaseUri(props.database);
    const deployment = new Deployment(this, {
      role: 'server',
      replicas: props.replicas,
      terminationGracePeriodSeconds: DRAIN_SECONDS + FINISH_SECONDS + EXIT_SECONDS,
      containers: [this.server(props, uri)],
      volumes: [scratch('tmp', '64Mi')],
    });
    deployment.service({ http: { port: 80, target: 'http' } });
    if (props.database) connect(this, props.database.connection.server, 'mongo');
    route(this, props.place, [{ workload: deployment }]);
  }

  private server(
    { image, trustedProxies, env }: NestServiceProps,
    uri: { readonly secret: string } | undefined,
  ): ContainerProps {
    return {
      name: this.name,
      image,
      env: {
        PORT: String(HTTP_PORT),
        METRICS_PORT: String(METRICS_PORT),
        NODE_ENV: 'production',
        TRUSTED_PROXIES: trustedProxies.join(','),
        SHUTDOWN_DRAIN_SECONDS: String(DRAIN_SECONDS),
        RATE_LIMIT_PER_SECOND: String(RATE_LIMIT),
        ...(uri && { MONGODB_URI: fromSecret(uri.secret, 'uri') }),
        ...env,
      },
      ports: { http: HTTP_PORT, metrics: METRICS_PORT },
      resources: { cpu: '50m', cpuLimit: '1', memory: '256Mi' },
      startup: httpProbe('/livez', 'http', { periodSeconds: 2, failureThreshold: 30 }),
      liveness: httpProbe('/livez', 'http', { periodSeconds: 10, timeoutSeconds: 3, failureThreshold: 3 }),
      readiness: httpProbe('/readyz', 'http', { periodSeconds: 5, timeoutSeconds: 3, failureThreshold: 2 }),
      mounts: { '/tmp': { volume: 'tmp', readOnly: false } },
    };
  }

  /** The whole connection string is secret, because the password is part of it. */
  private databaseUri({ connection, secrets }: NestServiceDatabase): { readonly secret: string } {
    return {
      secret: viewSecret(this, secrets, `${this.name}-mongo`, {
        values: { password: { secret: connection.password, key: 'password' } },
        templates: { uri: connection.uri('{{ .password }}') },
      }),
    };
  }
}
