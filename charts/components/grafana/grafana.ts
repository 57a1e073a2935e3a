import type { z } from 'zod';
import { Component } from '../../component.ts';
import { type ContainerProps, fromSecret, httpProbe, scratch } from '../../lib/container.ts';
import type { Dashboard } from '../../lib/dashboard.ts';
import { Deployment } from '../../lib/deployment.ts';
import { connect, type Endpoint } from '../../lib/network.ts';
import { type HostBinding, route } from '../../lib/route.ts';
import { generateSecret, type SecretStore, syncSecret } from '../../lib/secrets.ts';
import objectives from '../../rules/dashboards/objectives.json' with { type: 'json' };
import cluster from './dashboards/cluster.json' with { type: 'json' };
import fleet from './dashboards/fleet.json' with { type: 'json' };
import { oidc } from './oidc.ts';
import { type DataSource, provisioning, type ProvisioningProps } from './provisioning.ts';
import type { grafanaSettings } from './settings.ts';

/** A server that Grafana asks, and its pods with the port `web`. */
export interface Source extends DataSource {
  readonly endpoint: Endpoint;
}

/** Props of Grafana. */
export interface GrafanaProps extends Readonly<Omit<z.output<typeof grafanaSettings>, 'host'>> {
  readonly image: string;
  readonly binding: HostBinding;
  readonly secrets: SecretStore;
  readonly prometheus: Source & Pick<ProvisioningProps['prometheus'], 'scrapeInterval'>;
  readonly alertmanager?: Source;
  /** Those of the other components. */
  readonly dashboards: readonly Dashboard[];
}

/** UID of the image's user. */
const USER = 472;
const PORT = 3000;
const DATA = '/var/lib/grafana';

/**
 * Grafana: shows the dashboards of all components. It keeps nothing: everything is provisioned, and what people change in
 * it lasts until the next restart.
 */
export class Grafana extends Component {
  override readonly dashboards = [fleet, cluster, objectives];

  constructor(props: GrafanaProps) {
    super('grafana', { tier: 'monitoring' });
    const { binding, prometheus, alertmanager, secrets } = props;
    const signIn = props.oidc && oidc(this, secrets, props.oidc);
    const { volumes, mounts, onChange } = provisioning(this, {
      ...props,
      dashboards: [...this.dashboards, ...props.dashboards],
    });
    const container = this.server(props, this.secret(secrets));
    const deployment = new Deployment(this, {
      settings: props,
      role: 'server',
      user: USER,
      onChange,
      openings: { egress: signIn?.egress ?? [] },
      containers: [
        { ...container, env: { ...container.env, ...signIn?.env }, mounts: { ...container.mounts, ...mounts } },
      ],
      volumes: [scratch('data', '512Mi'), scratch('tmp', '64Mi'), ...volumes],
    });
    deployment.service({ http: { port: 80, target: 'http' } });
    for (const source of [prometheus, alertmanager]) if (source) connect(deployment.endpoint, source.endpoint, 'web');
    // Its metrics have the same port, and are not for the outside.
    route(this, binding, [{ workload: deployment }], {
      rules: [{}, { path: '/metrics', rewritePath: '/' }],
    });
  }

  /** Password of the user `admin`, and the key that encrypts what is stored of sessions. */
  private secret(secrets: SecretStore): string {
    const admin = generateSecret(this, secrets, { name: 'admin', keys: ['password', 'key'] });
    return syncSecret(this, secrets, this.name, {
      values: { password: { secret: admin, key: 'password' }, key: { secret: admin, key: 'key' } },
    });
  }

  private server({ image, binding }: GrafanaProps, secret: string): ContainerProps {
    return {
      name: this.name,
      image,
      env: {
        GF_SERVER_ROOT_URL: `https://${binding.host}/`,
        GF_SECURITY_COOKIE_SECURE: 'true',
        GF_SECURITY_ADMIN_PASSWORD: fromSecret(secret, 'password'),
        GF_SECURITY_SECRET_KEY: fromSecret(secret, 'key'),
        GF_LOG_MODE: 'console',
        GF_PATHS_LOGS: `${DATA}/log`,
        GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH: `/etc/grafana/dashboards/${fleet.uid}.json`,
        ...PRIVATE,
      },
      ports: { http: PORT },
      metrics: { port: 'http' },
      resources: { cpu: '50m', cpuLimit: '1', memory: '512Mi' },
      // Every start creates the database anew, which takes a while.
      startup: httpProbe('/api/health', 'http', { periodSeconds: 5, failureThreshold: 60 }),
      liveness: httpProbe('/api/health', 'http', { periodSeconds: 20, timeoutSeconds: 5, failureThreshold: 3 }),
      readiness: httpProbe('/api/health', 'http', { periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3 }),
      mounts: { [DATA]: { volume: 'data', readOnly: false }, '/tmp': { volume: 'tmp', readOnly: false } },
    };
  }
}

/** Nobody without a user, and nothing that goes to others: the network policy would let none of it out anyway. */
const PRIVATE: Readonly<Record<string, string>> = {
  GF_AUTH_ANONYMOUS_ENABLED: 'false',
  GF_USERS_ALLOW_SIGN_UP: 'false',
  GF_ANALYTICS_REPORTING_ENABLED: 'false',
  GF_ANALYTICS_CHECK_FOR_UPDATES: 'false',
  GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES: 'false',
  GF_ANALYTICS_FEEDBACK_LINKS_ENABLED: 'false',
  GF_NEWS_NEWS_FEED_ENABLED: 'false',
  GF_SECURITY_DISABLE_GRAVATAR: 'true',
  GF_SNAPSHOTS_EXTERNAL_ENABLED: 'false',
  // The image has the plugins of its data sources; a newer one would be installed in the background at every start.
  GF_PLUGINS_PREINSTALL_DISABLED: 'true',
  GF_PLUGINS_PREINSTALL_AUTO_UPDATE: 'false',
  GF_PLUGINS_PLUGIN_ADMIN_ENABLED: 'false',
};
