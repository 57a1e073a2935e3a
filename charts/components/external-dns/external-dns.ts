import { posix } from 'node:path';
import { k8s } from 'cdk8s-plus-28';
import type { z } from 'zod';
import type { DnsZone, WorkloadIdentity } from '../../cloud/cloud.ts';
import { Component } from '../../component.ts';
import { type ContainerProps, fromSecret } from '../../lib/container.ts';
import { controllerProbes } from '../../lib/controller-probes.ts';
import { Deployment } from '../../lib/deployment.ts';
import { API_SERVER } from '../../lib/network.ts';
import { grantInCluster } from '../../lib/rbac.ts';
import type { RuleGroup } from '../../rules/rule.ts';
import type { Upstream } from '../../upstream/upstream.ts';
import { externalDnsAlerts } from './alerts.ts';
import type { externalDnsSettings } from './settings.ts';

/** Props of external-dns. */
export interface ExternalDnsProps extends Readonly<z.output<typeof externalDnsSettings>> {
  readonly image: string;
  /** What it asks for at this version. */
  readonly upstream: Upstream;
  /** Name of the cluster: owner of its records, in a zone that may be shared. */
  readonly cluster: string;
  /** Namespace of the Gateways whose hosts get records. */
  readonly gateway: string;
  /** It manages only records that pass the zone's filters. */
  readonly zone: DnsZone;
  readonly identity: WorkloadIdentity;
}

/**
 * Prefix of the TXT ownership records. It ends in a dot so that the ownership record of the domain itself is in the
 * zone too. Must never change: existing records would lose their owner.
 */
const OWNERSHIP_PREFIX = '%{record_type}._external-dns.';

const PORT = 7979;

/** external-dns: writes a DNS record, pointing to the gateway, for the host of every HTTPRoute. */
export class ExternalDns extends Component {
  override readonly rules: readonly RuleGroup[];

  constructor(props: ExternalDnsProps) {
    super('external-dns', { tier: 'platform' });
    const { identity, zone, interval } = props;
    this.rules = [{ name: this.name, alerts: externalDnsAlerts({ interval }) }];
    const { serviceAccountAnnotations, podLabels } = identity;
    const config = zone.config && this.config(zone.config);
    const deployment = new Deployment(this, {
      settings: props,
      role: 'server',
      // It has no leader election: two pods would both write.
      strategy: 'Recreate',
      apiAccess: true,
      serviceAccountAnnotations,
      podLabels,
      containers: [this.container(props)],
      volumes: config && [config],
      openings: { egress: [API_SERVER, ...identity.openings] },
    });
    grantInCluster(this, {
      name: this.name,
      serviceAccount: deployment.name,
      rules: props.upstream.rules([this.name]),
    });
    props.upstream.checkSettled();
  }

  private container({ image, zone, identity, ...settings }: ExternalDnsProps): ContainerProps {
    return {
      name: this.name,
      image,
      args: args({ zone, ...settings }),
      env: { ...identity.env, ...(zone.token && tokenOf(zone.token)) },
      ports: { http: PORT },
      metrics: { port: 'http' },
      resources: { cpu: '20m', cpuLimit: '500m', memory: '128Mi' },
      ...controllerProbes('/healthz', 'http'),
      mounts: zone.config && { [posix.dirname(zone.config.path)]: { volume: CONFIG } },
    };
  }

  /** The configuration file of the provider, as a volume. */
  private config({ path, content }: NonNullable<DnsZone['config']>): k8s.Volume {
    const name = `${this.name}-${CONFIG}`;
    new k8s.KubeConfigMap(this, 'ConfigMap', { metadata: { name }, data: { [posix.basename(path)]: content } });
    return { name: CONFIG, configMap: { name } };
  }
}

const CONFIG = 'provider';

function tokenOf({ variable, secret }: NonNullable<DnsZone['token']>): NonNullable<ContainerProps['env']> {
  return { [variable]: fromSecret(secret.name, secret.key) };
}

function args({
  cluster,
  gateway,
  zone,
  policy,
  interval,
}: Omit<ExternalDnsProps, 'image' | 'identity' | 'upstream'>): string[] {
  return [
    '--source=gateway-httproute',
    // The API server admits the hosts of its routes by namespace, and not those of other Gateways.
    `--gateway-namespace=${gateway}`,
    ...zone.args,
    `--policy=${policy}`,
    '--registry=txt',
    `--txt-owner-id=${cluster}`,
    `--txt-prefix=${OWNERSHIP_PREFIX}`,
    `--interval=${interval}`,
    '--log-format=json',
    `--metrics-address=:${PORT}`,
  ];
}
