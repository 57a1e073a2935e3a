import { z } from 'zod';
import { hostName, httpsUrl } from '../../lib/host.ts';
import { workloadSettings } from '../../lib/workload-settings.ts';

/** Names end up in an expression, between quotes. */
const group = z
  .string()
  .regex(/^[\w .:@/-]+$/, 'must be a group: letters, digits, spaces and any of _ . : @ / -, such as platform-team');

/** Groups of the identity provider, by what their members may do. */
const roles = z.strictObject({
  /** Claim of the user that lists the groups. @default 'groups' */
  claim: z
    .string()
    .regex(/^[A-Za-z_]\w*$/, 'must be the name of a claim: letters, digits and _')
    .default('groups'),
  /** May change everything, until the next restart. @default none */
  admin: z.array(group).default([]),
  /** May explore metrics and try out dashboards. @default none */
  editor: z.array(group).default([]),
  /** May look at dashboards. @default everybody who can sign in */
  viewer: z.array(group).optional(),
});

/** Signing in by OpenID Connect. Its redirect URL at the provider is `https://<host>/login/generic_oauth`. */
const oidc = z.strictObject({
  /** Where browsers sign in. */
  authUrl: httpsUrl,
  /** Where Grafana gets the token. */
  tokenUrl: httpsUrl,
  /** Where Grafana reads who it is: the provider's userinfo endpoint. */
  userInfoUrl: httpsUrl,
  /** Id of the client; not secret. */
  clientId: z.string().min(1),
  /** Entry of `secrets` whose key `clientSecret` has the client's secret. */
  secret: z.string(),
  /** @default openid, profile, email */
  scopes: z
    .array(z.string().regex(/^\S+$/, 'must be one scope, without spaces'))
    .default(['openid', 'profile', 'email']),
  /** @default everybody who can sign in may look at dashboards */
  roles: roles.prefault({}),
});

/** Section `grafana`. */
export const grafanaSettings = z.strictObject({
  /** Host name. @default `grafana.<domain>` */
  host: hostName.optional(),
  /** @default only the user `admin`, whose password is in the secret store */
  oidc: oidc.optional(),
  ...workloadSettings(),
});

/** Settings of signing in by OpenID Connect. */
export type OidcSettings = z.output<typeof oidc>;
