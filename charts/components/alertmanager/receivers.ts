import type { IReceiver } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1alpha1/Receiver';
import type { Component } from '../../component.ts';
import { anywhere, HTTPS_ANYWHERE, type Opening } from '../../lib/network.ts';
import { type SecretStore, syncSecret } from '../../lib/secrets.ts';
import type { ReceiverSettings } from './settings.ts';

/** First line of a message, and its text. Alerts of a group have the same name. */
const TITLE =
  '{{ if eq .Status "firing" }}{{ .Alerts.Firing | len }} firing{{ else }}resolved{{ end }}: {{ .CommonLabels.alertname }} ({{ .CommonLabels.severity }}) in {{ .CommonLabels.cluster }}';
const TEXT =
  '{{ range .Alerts }}{{ .Annotations.summary }}\n{{ .Annotations.impact }}\n{{ .Annotations.runbook_url }}\n{{ end }}';

/** Makes the receiver of a name, and the Secrets that it reads. */
export function receiver(
  component: Component,
  secrets: SecretStore,
  name: string,
  { pagerduty, slack, email, webhook }: ReceiverSettings,
): IReceiver {
  const stored = (entry: string, key: string) => {
    const secret = secrets.given(entry, `alertmanager.receivers.${name}`);
    return {
      name: syncSecret(component, secrets, `${name}-${key.toLowerCase()}`, { values: { [key]: { secret, key } } }),
      key,
    };
  };
  return {
    name,
    pagerdutyConfigs: pagerduty && [
      {
        routingKey: stored(pagerduty.secret, 'routingKey'),
        description: TITLE,
        severity: '{{ .CommonLabels.severity }}',
        details: [{ key: 'alerts', value: TEXT }],
        sendResolved: true,
      },
    ],
    slackConfigs: slack && [
      { apiURL: stored(slack.secret, 'url'), channel: slack.channel, title: TITLE, text: TEXT, sendResolved: true },
    ],
    emailConfigs: email && [
      {
        to: email.to,
        from: email.from,
        smarthost: email.server,
        authUsername: email.user,
        authPassword: email.secret === undefined ? undefined : stored(email.secret, 'password'),
        headers: [{ key: 'Subject', value: TITLE }],
        text: TEXT,
        requireTLS: true,
        sendResolved: true,
      },
    ],
    webhookConfigs: webhook && [
      {
        ...('url' in webhook ? { url: webhook.url } : { urlSecret: stored(webhook.secret, 'url') }),
        sendResolved: true,
      },
    ],
  };
}

/** Where receivers are reached. */
export function openings(receivers: readonly ReceiverSettings[]): Opening[] {
  const ports = receivers.flatMap(({ email, webhook }) => [
    ...(email ? [Number(email.server.split(':').at(-1))] : []),
    ...(webhook && 'url' in webhook ? [Number(new URL(webhook.url).port || 443)] : []),
  ]);
  const others = [...new Set(ports)].filter((port) => port !== 443);
  return receivers.length === 0 ? [] : [HTTPS_ANYWHERE, ...others.map(anywhere)];
}
