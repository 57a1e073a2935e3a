import { z } from 'zod';

const FORM = 'must be a host name: letters, digits and hyphens, with dots between, such as www.example.com';
const MAX_LABEL = 63;
/** The longest name in DNS. */
const MAX_NAME = 253;
/** A host of a domain is a label and a dot before it. */
const MAX_DOMAIN = MAX_NAME - 64;

/**
 * Schema of a host that a cluster file says, in the form in which listeners, certificates and routes compare it: lower
 * case, no dot at the end.
 */
export const hostName = z.string().superRefine((host, context) => {
  const message = hostMistake(host);
  if (message !== undefined) context.addIssue({ code: 'custom', message });
});

/** What a host must be, if it is not. */
function hostMistake(host: string): string | undefined {
  const lower = host.replace(/\.$/, '').toLowerCase();
  if (/^[\d.]*\d[\d.]*$|^[\da-f]*:[\da-f:.]*$/.test(host))
    return 'must be a host name, not an IP address: routes and certificates are by name';
  if (!/^[a-z0-9.-]+$/.test(lower)) return FORM;
  if (lower !== host) return `must be in lower case and without a dot at its end: ${lower}`;
  if (!host.includes('.')) return 'must be a name of several labels, such as www.example.com: one has no certificate';
  if (host.length > MAX_NAME) return `must have at most ${MAX_NAME} characters`;
  const labels = host.split('.');
  if (labels.some((label) => label.length > MAX_LABEL))
    return `must have at most ${MAX_LABEL} characters between two dots`;
  return labels.every((label) => /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(label)) ? undefined : FORM;
}

/** Schema of the domain of a cluster, of which each component can have a host. */
export const domainName = hostName.max(
  MAX_DOMAIN,
  `must have at most ${MAX_DOMAIN} characters, to leave some for hosts`,
);

/** True for names that every machine resolves to itself (RFC 6761). */
export function isLocalhost(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost');
}

/** Schema of an address that a cluster file says. */
export const httpsUrl = z.url({ protocol: /^https$/, error: 'must be a URL that begins with https://' });
