import type { z } from 'zod';
import type { DnsZone, Identity } from '../../cloud/cloud.ts';
import { Component } from '../../component.ts';
import { Fault } from '../../fault.ts';
import { cainjector } from './cainjector.ts';
import { controller } from './controller.ts';
import { acmeIssuers, type ChallengeListener, type Issuers, privateAuthority } from './issuers.ts';
import { certManagerSettings } from './settings.ts';
import { webhook } from './webhook.ts';

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
  /** The cluster's DNS domain. */
  readonly domain: string;
  /** Proves names below the domain by DNS-01; none where certificates are private. */
  readonly solver?: DnsZone['solver'];
  /** Cloud identity of the controller. */
  readonly identity: Identity;
  readonly challengeListener: ChallengeListener;
}

/** Issues and renews the certificate of every host, by Let's Encrypt or by a private authority. */
export class CertManager extends Component {
  readonly issuers: Issuers;

  /** @throws Fault if names are to be proven and nobody is there to tell */
  constructor(props: CertManagerProps) {
    super('cert-manager', { tier: 'platform' });
    const { settings, images } = props;
    const { global } = settings;
    controller(this, { ...props, challengesBy: props.solver && props.challengeListener.namespace });
    cainjector(this, { settings: settings.cainjector, global, image: images.cainjector });
    webhook(this, { settings: settings.webhook, global, image: images.webhook });
    this.issuers = props.solver ? this.publicIssuers(props, props.solver) : privateAuthority(this);
  }

  private publicIssuers({ settings, domain, challengeListener }: CertManagerProps, solver: DnsZone['solver']): Issuers {
    const { acmeEmail: email, acmeServer: server } = settings;
    if (email === undefined) {
      throw new Fault({
        what: 'section "certManager" has no acmeEmail, which Let\'s Encrypt sends its messages to',
        where: `component ${this.name}`,
        fix: 'add acmeEmail; only a cluster without a public DNS zone does without',
      });
    }
    return acmeIssuers(this, { email, server, domain, solver, challengeListener });
  }
}
