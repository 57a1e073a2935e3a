import type { z } from 'zod';
import type { DnsZone, WorkloadIdentity } from '../../cloud/cloud.ts';
import { Component } from '../../component.ts';
import { Fault } from '../../fault.ts';
import type { InternalAuthority } from '../../lib/internal-tls.ts';
import { aggregateToPeople } from '../../lib/rbac.ts';
import type { Upstream } from '../../upstream/upstream.ts';
import { CERT_MANAGER_ALERTS } from './alerts.ts';
import { cainjector } from './cainjector.ts';
import { controller } from './controller.ts';
import { internalAuthority } from './internal-authority.ts';
import { acmeIssuers, type ChallengeListener, type Issuers, privateAuthority } from './issuers.ts';
import { leaveOutOthers } from './rbac.ts';
import { certManagerSettings } from './settings.ts';
import { webhook } from './webhook.ts';
import dashboard from './dashboards/cert-manager.json' with { type: 'json' };

export { certManagerSettings, type Issuers };

/** Props of cert-manager. */
export interface CertManagerProps {
  readonly settings: z.output<typeof certManagerSettings>;
  readonly images: {
    readonly controller: string;
    readonly webhook: string;
    readonly cainjector: string;
    readonly acmesolver: string;
  };
  /** What it asks for at this version. */
  readonly upstream: Upstream;
  /** The cluster's DNS domain. */
  readonly domain: string;
  /** DNS-01 solver of the domain; none if certificates are issued by a private CA. */
  readonly solver?: DnsZone['solver'];
  /** Cloud identity of the controller. */
  readonly identity: WorkloadIdentity;
  readonly challengeListener: ChallengeListener;
}

/** cert-manager: issues and renews the certificate of every host, by Let's Encrypt or a private CA. */
export class CertManager extends Component {
  override readonly rules = [{ name: 'cert-manager', alerts: CERT_MANAGER_ALERTS }];
  override readonly dashboards = [dashboard];
  readonly issuers: Issuers;
  private internalOnce: InternalAuthority | undefined;

  /** @throws Fault if there is a DNS-01 solver but no acmeEmail */
  constructor(props: CertManagerProps) {
    super('cert-manager', { tier: 'platform' });
    const { settings, images, upstream } = props;
    const { global } = settings;
    controller(this, { ...props, challengesBy: props.solver && props.challengeListener.namespace });
    cainjector(this, { settings: settings.cainjector, global, image: images.cainjector, upstream });
    webhook(this, { settings: settings.webhook, global, image: images.webhook, upstream });
    aggregateToPeople(this, upstream.rolesOfPeople());
    leaveOutOthers(upstream);
    upstream.checkSettled();
    this.issuers = props.solver ? this.publicIssuers(props, props.solver) : privateAuthority(this);
  }

  /** The authority for names in the cluster, which is added with its first user. */
  internal(): InternalAuthority {
    return (this.internalOnce ??= internalAuthority(this, this.name));
  }

  private publicIssuers({ settings, domain, challengeListener }: CertManagerProps, solver: DnsZone['solver']): Issuers {
    const { acmeEmail: email, acmeServer: server } = settings;
    if (email === undefined) {
      throw new Fault({
        what: 'section "certManager" has no acmeEmail, the contact address of the ACME accounts',
        where: `component ${this.name}`,
        fix: 'add acmeEmail; it is optional only for a cluster without a public DNS zone',
      });
    }
    return acmeIssuers(this, { email, server, domain, solver, challengeListener });
  }
}
