import type { IReceiver } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1alpha1/Receiver';
import type { Component } from '../../component.ts';
import { portOf } from '../../lib/host.ts';
import { anywhere, type Opening } from '../../lib/network.ts';
import { type SecretStore, syncSecret } from '../../lib/secrets.ts';
import type { ReceiverSettings } from './settings.ts';

/** First line of a message, and its text. Alerts of a group have the same name. */
const TITLE =
  '{{ if eq .Status "firing" }}{{ .Alerts.Firing | len }} firing{{ else }}resolved{{ end }}: {{ .CommonLabels.alertname }} ({{ .CommonLabels.severity }}) in {{ .CommonLabels.cluster }}';
const TEXT =
  '{{ range .Alerts }}{{ .Annotations.summary }}\n{{ .Annotations.impact }}\n{{ .Annotations.runbook_url }}\n{{ end }}';

const HTTPS = 443;

/** Makes the receiver of a name, and the Secrets that it reads. @throws Fault for an entry that the cluster does not declare */
export function receiver(
  component: Component,
  secrets: SecretStore,
  name: string,
  { pagerduty, slack, email, webhook }: ReceiverSettings,
): IReceiver {
  const stored = (way: keyof ReceiverSettings, entry: string, key: string) => {
    const secret = secrets.given(entry, `alertmanager.receivers.${name}`);
    return { name: syncSecret(component, secrets, `${name}-${way}`, { values: { [key]: { secret, key } } }), key };
  };
  return {
    name,
    pagerdutyConfigs: pagerduty && [
      {
        routingKey: stored('pagerduty', pagerduty.secret, 'routingKey'),
        description: TITLE,
        severity: '{{ .CommonLabels.severity }}',
        details: [{ key: 'alerts', value: TEXT }],
        sendResolved: true,
      },
    ],
    slackConfigs: slack && [
      {
        apiURL: stored('slack', slack.secret, 'url'),
        channel: slack.channel,
        title: TITLE,
        text: TEXT,
        sendResolved: true,
      },
    ],
    emailConfigs: email && [
      {
        to: email.to,
        from: email.from,
        smarthost: email.server,
        authUsername: email.user,
        authPassword: email.secret === undefined ? undefined : stored('email', email.secret, 'password'),
        headers: [{ key: 'Subject', value: TITLE }],
        text: TEXT,
        requireTLS: true,
        sendResolved: true,
      },
    ],
    webhookConfigs: webhook && [
      {
        ...('url' in webhook ? { url: webhook.url } : { urlSecret: stored('webhook', webhook.secret, 'url') }),
        sendResolved: true,
      },
    ],
  };
}

/** Where receivers are reached: an address that is a secret, by HTTPS at its own port. */
export function openings(receivers: readonly ReceiverSettings[]): Opening[] {
  const ports = receivers.flatMap(({ pagerduty, slack, email, webhook }) => [
    ...(pagerduty || slack ? [HTTPS] : []),
    ...(email ? [Number(email.server.split(':').at(-1))] : []),
    ...(webhook ? ['url' in webhook ? portOf(webhook.url) : HTTPS] : []),
  ]);
  return [...new Set(ports)].map(anywhere);
}
