import type { Component } from '../../component.ts';
import { type ContainerProps, fromSecret } from '../../lib/container.ts';
import { portOf } from '../../lib/host.ts';
import { anywhere, type Opening } from '../../lib/network.ts';
import { type SecretStore, syncSecret } from '../../lib/secrets.ts';
import type { OidcSettings } from './settings.ts';

/** What signing in by OpenID Connect means for the pod. */
export interface Oidc {
  readonly env: NonNullable<ContainerProps['env']>;
  readonly egress: readonly Opening[];
}

/**
 * Signing in by OpenID Connect.
 *
 * @throws Fault if the cluster does not declare the entry with the client's secret
 */
export function oidc(component: Component, store: SecretStore, settings: OidcSettings): Oidc {
  const { authUrl, tokenUrl, userInfoUrl, clientId, secret, scopes, roles } = settings;
  const entry = store.given(secret, `component ${component.name}`);
  const name = syncSecret(component, store, `${component.name}-oidc`, {
    values: { clientSecret: { secret: entry, key: 'clientSecret' } },
  });
  return {
    env: {
      GF_AUTH_GENERIC_OAUTH_ENABLED: 'true',
      GF_AUTH_GENERIC_OAUTH_NAME: 'OpenID Connect',
      GF_AUTH_GENERIC_OAUTH_CLIENT_ID: clientId,
      GF_AUTH_GENERIC_OAUTH_CLIENT_SECRET: fromSecret(name, 'clientSecret'),
      GF_AUTH_GENERIC_OAUTH_SCOPES: scopes.join(' '),
      GF_AUTH_GENERIC_OAUTH_AUTH_URL: authUrl,
      GF_AUTH_GENERIC_OAUTH_TOKEN_URL: tokenUrl,
      GF_AUTH_GENERIC_OAUTH_API_URL: userInfoUrl,
      GF_AUTH_GENERIC_OAUTH_USE_PKCE: 'true',
      GF_AUTH_GENERIC_OAUTH_ROLE_ATTRIBUTE_PATH: rolePath(roles),
      // Who has no role by this expression is refused.
      GF_AUTH_GENERIC_OAUTH_ROLE_ATTRIBUTE_STRICT: 'true',
    },
    egress: [...new Set([tokenUrl, userInfoUrl].map(portOf))].map(anywhere),
  };
}

/** A JMESPath expression of the user's role, from the highest on. */
function rolePath({ claim, admin, editor, viewer }: OidcSettings['roles']): string {
  const isIn = (groups: readonly string[], role: string): string[] =>
    groups.map((group) => `contains(${claim}[*], '${group}') && '${role}'`);
  return [
    ...isIn(admin, 'Admin'),
    ...isIn(editor, 'Editor'),
    ...(viewer === undefined ? ["'Viewer'"] : isIn(viewer, 'Viewer')),
  ].join(' || ');
}
