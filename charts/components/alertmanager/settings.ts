import { z } from 'zod';
import { hostAndPort, httpsUrl } from '../../lib/host.ts';
import { dnsLabel, objectName } from '../../lib/kubernetes-names.ts';
import { cpuSetting, quantitySetting } from '../../lib/quantity.ts';
import { operatedPodSettings } from '../../lib/workload-settings.ts';

const secret = objectName;

/** The receiver of what nobody is told of; such alerts are in Grafana only. */
export const NOBODY = 'nobody';

/** Where alerts can be sent, in one way at least. Each `secret` is an entry of `secrets`, which people keep in the store. */
const receiver = z
  .strictObject({
    /** An incident of PagerDuty; the key `routingKey` of the entry is that of its integration. */
    pagerduty: z.strictObject({ secret }).optional(),
    /** A message in Slack; the key `url` of the entry is the address of an incoming webhook. */
    slack: z
      .strictObject({ secret, channel: z.string().regex(/^[#@]\S+$/, 'must be a #channel or a @person') })
      .optional(),
    /** An e-mail; the key `password` of the entry is that of the user name. */
    email: z
      .strictObject({
        to: z.email(),
        from: z.email(),
        /** Mail server with its port, which speaks TLS: `smtp.example.com:587`. */
        server: hostAndPort,
        /** @default none, and no password */
        user: z.string().optional(),
        secret: secret.optional(),
      })
      .refine(({ user, secret: entry }) => (user === undefined) === (entry === undefined), {
        error: 'must have both "user" and "secret", or neither',
      })
      .optional(),
    /** A request to an address, which is the key `url` of the entry, at port 443, or `url` if it is no secret. */
    webhook: z.xor([z.strictObject({ secret }), z.strictObject({ url: httpsUrl })]).optional(),
  })
  .refine((ways) => Object.values(ways).some((way) => way !== undefined), {
    error: 'must say how: pagerduty, slack, email or webhook',
  });

const receiverName = dnsLabel.refine((name) => name !== NOBODY, `must not be "${NOBODY}", who is told of nothing`);

/** Severities that have receivers. */
export const SEVERITIES_TOLD = ['critical', 'warning'] as const;

/** Names of receivers by the severity of alerts. Those that are not named go to nobody. */
const destinations = {
  /** Who is woken. @default nobody */
  critical: dnsLabel.optional(),
  /** Who looks at it on the next working day. @default nobody */
  warning: dnsLabel.optional(),
};

const ofTeam = z
  .strictObject({ namespaces: z.array(dnsLabel).min(1), ...destinations })
  .refine(({ critical, warning }) => critical !== undefined || warning !== undefined, {
    error: 'must name a receiver: "critical", "warning" or both',
  });

type Teams = Readonly<Record<string, z.output<typeof ofTeam>>>;

/** Namespaces of which an earlier team gets the alerts of a severity that a later one asks for: that one would get none. */
function takenTwice(teams: Teams): { path: (string | number)[]; message: string }[] {
  const entries = Object.entries(teams);
  return entries.flatMap(([team, own], place) =>
    own.namespaces.flatMap((namespace, i) => {
      const taken = SEVERITIES_TOLD.flatMap((severity) => {
        const first = entries
          .slice(0, place)
          .find(([, to]) => to[severity] !== undefined && to.namespaces.includes(namespace));
        return first && own[severity] !== undefined ? [`its ${severity} alerts go to the team "${first[0]}"`] : [];
      });
      return taken.length === 0
        ? []
        : [{ path: ['teams', team, 'namespaces', i], message: `must be another namespace: ${taken.join(', ')}` }];
    }),
  );
}

/** Section `alertmanager`. */
export const alertmanagerSettings = z
  .strictObject({
    /** Servers; several tell each other what they have sent. @default 1 */
    replicas: z.int().min(1).default(1),
    /** Volume size of each server, for silences; it can grow but never shrink. @default '1Gi' */
    size: quantitySetting.default('1Gi'),
    /** Memory of each server. @default '128Mi' */
    memory: quantitySetting.default('128Mi'),
    /** CPU request of each server. @default '10m' */
    cpu: cpuSetting.default('10m'),
    /** CPU limit of each server. @default '500m' */
    cpuLimit: cpuSetting.default('500m'),
    /** Where alerts can be sent, by name. @default nowhere */
    receivers: z.record(receiverName, receiver).default({}),
    ...destinations,
    /** Who has to get a message every few minutes, or else tells you that monitoring is dead. @default nobody */
    watchdog: dnsLabel.optional(),
    /** Other destinations for the alerts of some namespaces, such as those of a team. @default none */
    teams: z.record(dnsLabel, ofTeam).default({}),
    ...operatedPodSettings(),
  })
  .superRefine(({ receivers, critical, warning, watchdog, teams }, context) => {
    const named = [
      ...Object.entries({ critical, warning, watchdog }).map(([key, name]) => ({ path: [key], name })),
      ...Object.entries(teams).flatMap(([team, to]) =>
        SEVERITIES_TOLD.map((key) => ({ path: ['teams', team, key], name: to[key] })),
      ),
    ];
    for (const { path, name } of named)
      if (name !== undefined && !(name in receivers))
        context.addIssue({
          code: 'custom',
          path,
          message: `must be the name of a receiver: ${Object.keys(receivers).join(', ') || 'there is none; add "receivers"'}`,
        });
    for (const { path, message } of takenTwice(teams)) context.addIssue({ code: 'custom', path, message });
    const used = new Set(named.map(({ name }) => name));
    for (const name of Object.keys(receivers))
      if (!used.has(name))
        context.addIssue({
          code: 'custom',
          path: ['receivers', name],
          message: 'must get alerts of a severity, of a team, or the watchdog: nothing is sent to it',
        });
  });

/** A receiver, as a cluster file says it. */
export type ReceiverSettings = z.output<typeof receiver>;
