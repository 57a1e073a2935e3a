import type { z } from 'zod';
import { Component } from '../../component.ts';
import { type ContainerProps, fromSecret, httpProbe, scratch } from '../../lib/container.ts';
import { Deployment } from '../../lib/deployment.ts';
import { DRAIN_SECONDS } from '../../lib/drain.ts';
import type { Trust } from '../../lib/internal-tls.ts';
import { connect } from '../../lib/network.ts';
import { type HostBinding, route } from '../../lib/route.ts';
import { type SecretStore, syncSecret } from '../../lib/secrets.ts';
import type { RuleGroup } from '../../rules/rule.ts';
import type { MongoConnection } from '../mongo/mongo.ts';
import { serviceAlerts } from './alerts.ts';
import { serviceObjective, sloSetting } from './objective.ts';
import type { nestServiceSettings } from './settings.ts';
import dashboard from './dashboards/service.json' with { type: 'json' };

/** Database of a service. */
export interface NestServiceDatabase {
  readonly connection: MongoConnection;
  readonly secrets: SecretStore;
}

/** Props of a NestJS service. */
export interface NestServiceProps extends Readonly<Omit<z.output<typeof nestServiceSettings>, 'host' | 'database'>> {
  readonly image: string;
  readonly binding: HostBinding;
  /** CIDRs whose X-Forwarded-For is trusted: the pod network, because the gateway's pods have no fixed addresses. */
  readonly trustedProxies: readonly string[];
  readonly database?: NestServiceDatabase;
}

/** Seconds for requests in flight after the drain, before a service aborts them; a test compares it with apps/common. */
export const FINISH_SECONDS = 15;
/** Seconds for the process to close its connections and exit after that. */
const EXIT_SECONDS = 5;
/** Port of the service, which the gateway routes to. */
const HTTP_PORT = 3000;
/** Port of the metrics, which the gateway does not route to. */
const METRICS_PORT = 9464;
/** Requests per second per client and pod. */
const RATE_LIMIT = 100;
/**
 * By measurement (docs/decisions/0039-resources-from-measurement.md). CPU request: 100 requests a second of the costliest
 * route, at 400 for a second of CPU. CPU limit: JavaScript runs in one thread. Memory: the peak of 197 MiB, and a third.
 */
const RESOURCES: ContainerProps['resources'] = { cpu: '250m', cpuLimit: '1', memory: '256Mi' };

/** An HTTP service of apps/, with uniform probes, metrics, graceful shutdown and settings. */
export class NestService extends Component {
  override readonly rules: RuleGroup[];

  override readonly dashboards = [dashboard];
  constructor(name: string, props: NestServiceProps) {
    super(name, { tier: 'apps' });
    const { slo = sloSetting.parse({}) } = props;
    this.rules = [{ name, alerts: serviceAlerts(name) }, ...(slo ? serviceObjective(name, slo) : [])];
    const uri = props.database && this.databaseUri(props.database);
    const trust = props.database?.connection.trust(this);
    const deployment = new Deployment(this, {
      settings: props,
      role: 'server',
      replicas: props.replicas,
      terminationGracePeriodSeconds: DRAIN_SECONDS + FINISH_SECONDS + EXIT_SECONDS,
      containers: [this.server(props, uri, trust)],
      volumes: [scratch('tmp', '64Mi'), ...(trust?.volumes ?? [])],
      onChange: trust?.onChange,
    });
    deployment.service({ http: { port: 80, target: 'http' } });
    if (props.database) connect(this, props.database.connection.server, 'mongo');
    route(this, props.binding, [{ workload: deployment }]);
  }

  private server(
    { image, trustedProxies }: NestServiceProps,
    uri: { readonly secret: string } | undefined,
    trust: Trust | undefined,
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
      },
      ports: { http: HTTP_PORT, metrics: METRICS_PORT },
      metrics: { port: 'metrics' },
      resources: RESOURCES,
      startup: httpProbe('/livez', 'http', { periodSeconds: 2, failureThreshold: 30 }),
      liveness: httpProbe('/livez', 'http', { periodSeconds: 10, timeoutSeconds: 3, failureThreshold: 3 }),
      readiness: httpProbe('/readyz', 'http', { periodSeconds: 5, timeoutSeconds: 3, failureThreshold: 2 }),
      mounts: { ...trust?.mounts, '/tmp': { volume: 'tmp', readOnly: false } },
    };
  }

  /** The connection string is a Secret, because it contains the password. */
  private databaseUri({ connection, secrets }: NestServiceDatabase): { readonly secret: string } {
    return {
      secret: syncSecret(this, secrets, `${this.name}-${connection.name}`, {
        values: { password: { secret: connection.password, key: 'password' } },
        templates: { uri: connection.uri('{{ .password }}') },
      }),
    };
  }
}
