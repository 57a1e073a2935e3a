import { z } from 'zod';
import { replicasSetting } from '../../lib/deployment.ts';
import { DUMPS_DO_NOT_FIT, dumpSizeOf, holdsDumps } from '../../lib/dump-size.ts';
import { hostBeside, hostName, httpsOrigin, httpsUrl, portNumber } from '../../lib/host.ts';
import { instances } from '../../lib/instances.ts';
import { quantitySetting } from '../../lib/quantity.ts';
import { workloadSettings } from '../../lib/workload-settings.ts';

// Not offered, of what the image reads: ARCHIVE_EMAILS, because a server with it does not start (it uses a constant,
// SMTP_DOMAIN, that nothing defines); USE_POSTGRES_FOR_ACTION_CABLE, which loses messages above 8 kB; and
// DISABLE_SSL_REDIRECT, because the gateway always has TLS.

/** Share of the visitors, relative to the sum of both weights; 0 leaves a version to those who ask for it. */
const weight = z.int().min(0).max(1_000_000);

/** Users sign in with Google and create retrospectives; without it, only administrators create them, at /admin. */
const google = z.strictObject({
  /** Id of the OAuth client; not secret. Its origins in Google's console include `https://<host>`, also that of `next`. */
  clientId: z
    .string()
    .regex(/^[\w-]+\.apps\.googleusercontent\.com$/, "must be an OAuth client's id: ….apps.googleusercontent.com"),
  /** Google Workspace domain whose users may sign in. @default everybody with a Google account */
  hostedDomain: z.hostname().optional(),
  /** Where the server reads whose access token it got. @default Google's endpoint */
  authEndpoint: httpsUrl.optional(),
});

/** Volume size of the database, unless it is stated. */
const SIZE = '5Gi';

/** Settings that are about the PostgreSQL of the cluster alone. */
const IN_CLUSTER_ONLY = ['postgres', 'size', 'dumpSize'] as const;

/** Sizes of the volumes, with the default. */
export function sizesOf({ size = SIZE, dumpSize }: { readonly size?: string; readonly dumpSize?: string }) {
  return { size, dumpSize: dumpSizeOf({ size, dumpSize }) };
}

/** Settings of Postfacto. */
export const postfactoSettings = z
  .strictObject({
    /** Host name. @default `retro.<domain>` for the component `postfacto`, else `<component>.<domain>` */
    host: hostName.optional(),
    /** User name at /admin. The initial password is in the secret store; it can be changed only at /admin. */
    adminEmail: z.email(),
    /** Session timeout of inactive users, in minutes. @default 1440 */
    sessionMinutes: z.int().min(1).default(1440),
    /** @default none */
    google: google.optional(),
    /** Lets browsers report their use to Mixpanel, to the account of Postfacto's authors. @default false */
    enableAnalytics: z.boolean().default(false),
    /** Origin of another website that may call the API: `https://tools.example.com`. @default none */
    clientOrigin: httpsOrigin.optional(),
    /** Public port of WebSockets. @default 443 */
    websocketPort: portNumber.default(443),
    /** Threads of a web pod; it has that many database connections and ten more. @default 5 */
    maxThreads: z.int().min(1).max(32).default(5),
    /** The main version. @default weight 100, 2 pods */
    stable: z
      .strictObject({ ...workloadSettings(), weight: weight.default(100), replicas: replicasSetting.default(2) })
      .prefault({}),
    /** A second version beside it, on the same database; 1 pod by default: docs/two-versions.md. @default none */
    next: z
      .strictObject({
        ...workloadSettings(),
        weight,
        replicas: replicasSetting.default(1),
        /** Host of this version alone. @default `-next` after the first label of the host: `retro-next.<domain>` */
        host: hostName.optional(),
      })
      .optional(),
    /** Minutes that visitors stay with the version that their first request met, if there are two. @default 1440 */
    stickyMinutes: z.int().min(1).default(1440),
    /**
     * Where the database is: a PostgreSQL beside the application, or one that `databases` of facts.json has for the component;
     * its password and its authority are then in the entry `<component>-database` of `secrets`: docs/data.md.
     * @default 'in-cluster'
     */
    database: z.enum(['in-cluster', 'managed']).default('in-cluster'),
    /** The PostgreSQL of the cluster. */
    postgres: z.strictObject(workloadSettings('exporter')).optional(),
    /** The message broker. */
    valkey: z.strictObject(workloadSettings('exporter')).prefault({}),
    /** The Job that migrates the database. */
    migrate: z.strictObject(workloadSettings('wait', 'database')).prefault({}),
    /** The Job that creates the first administrator. */
    admin: z.strictObject(workloadSettings('wait')).prefault({}),
    /** Volume size of the database; it can grow but never shrink. @default '5Gi' */
    size: quantitySetting.optional(),
    /** Volume size for two compressed dumps; it can grow but never shrink. @default size */
    dumpSize: quantitySetting.optional(),
  })
  .refine(({ stable, next }) => stable.weight + (next?.weight ?? 0) > 0, {
    path: ['stable', 'weight'],
    error: 'must be above 0, because the weights of all versions add up to 0',
  })
  .refine((settings) => holdsDumps(sizesOf(settings)), DUMPS_DO_NOT_FIT)
  .superRefine((settings, context) => {
    if (settings.database !== 'managed') return;
    for (const setting of IN_CLUSTER_ONLY)
      if (settings[setting] !== undefined)
        context.addIssue({
          code: 'custom',
          path: [setting],
          message: 'has no effect with a managed database, which is made as its Terraform says: remove it',
        });
  })
  .refine(({ host, next }) => !next || next.host || !host || isHostName(hostBeside(host, 'next')), {
    path: ['next', 'host'],
    error: 'is required, because the host with -next is too long',
  });

function isHostName(host: string): boolean {
  return hostName.safeParse(host).success;
}

/** Section `postfacto`: one Postfacto, or several by name. */
export const postfactoSection = instances(postfactoSettings, {
  component: 'postfacto',
  tightest: { kind: 'Deployment', suffix: '-stable' },
});
