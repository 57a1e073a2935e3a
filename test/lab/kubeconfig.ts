import type { Access } from './api.ts';

/** The text of a kubeconfig file, as JSON (a subset of YAML). */
export function kubeconfig({ server, ca, token }: Access, namespace = 'default'): string {
  const name = 'slipway-lab';
  return `${JSON.stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': name,
      clusters: [{ name, cluster: { server, 'certificate-authority-data': Buffer.from(ca).toString('base64') } }],
      users: [{ name, user: { token } }],
      contexts: [{ name, context: { cluster: name, user: name, namespace } }],
    },
    null,
    2,
  )}\n`;
}
