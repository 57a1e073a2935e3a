import type { z } from 'zod';
import type { ContainerProps } from '../../lib/container.ts';
import { portOf } from '../../lib/host.ts';
import { anywhere, HTTPS_ANYWHERE, type Openings } from '../../lib/network.ts';
import type { postfactoSettings } from './settings.ts';

type Settings = Pick<
  z.output<typeof postfactoSettings>,
  'google' | 'enableAnalytics' | 'clientOrigin' | 'websocketPort'
>;

/** The port that the image assumes. */
const WSS_PORT = 443;

/** What the settings mean for the web pods. */
export interface WebConfig {
  readonly env: NonNullable<ContainerProps['env']>;
  readonly openings: Openings;
}

/** Environment of the web pods, and the egress that it needs. */
export function webConfig({ google, enableAnalytics, clientOrigin, websocketPort }: Settings): WebConfig {
  return {
    env: {
      ...(websocketPort !== WSS_PORT && { WEBSOCKET_PORT: String(websocketPort) }),
      // The next two are for the browser. The image would write them to config.js; here their change replaces the pods,
      // which do not see a change of that file.
      ...(enableAnalytics && { ENABLE_ANALYTICS: 'true' }),
      ...(google && { GOOGLE_OAUTH_CLIENT_ID: google.clientId }),
      ...(google?.hostedDomain !== undefined && { HOSTED_DOMAIN: google.hostedDomain }),
      ...(google?.authEndpoint !== undefined && { GOOGLE_AUTH_ENDPOINT: google.authEndpoint }),
      ...(clientOrigin !== undefined && { CLIENT_ORIGIN: clientOrigin }),
    },
    // The browser gets an access token from Google, and the server asks Google whose it is.
    openings: {
      egress: google
        ? [google.authEndpoint === undefined ? HTTPS_ANYWHERE : anywhere(portOf(google.authEndpoint))]
        : [],
    },
  };
}

/** Configuration that the image would write at startup, which a read-only root file system prevents. */
export function browserConfig({ google, enableAnalytics }: Settings): string {
  const config = {
    globalNamespace: 'Retro',
    title: 'Postfacto',
    api_base_url: '/api',
    websocket_url: '/cable',
    enable_analytics: enableAnalytics,
    contact: '',
    terms: '',
    privacy: '',
    google_oauth_client_id: google?.clientId ?? '',
    google_oauth_hosted_domain: google?.hostedDomain,
  };
  return `window.Retro = ${JSON.stringify({ config }, null, 2)};\n`;
}
