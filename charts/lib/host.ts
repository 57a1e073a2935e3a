import { z } from 'zod';

const FORM = 'must be a host name: letters, digits and hyphens, with dots between, such as www.example.com';
const LABEL = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;
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
  return labels.every((label) => LABEL.test(label)) ? undefined : FORM;
}

/** Schema of the domain of a cluster, of which each component can have a host. */
export const domainName = hostName.max(
  MAX_DOMAIN,
  `must have at most ${MAX_DOMAIN} characters, to leave some for hosts`,
);

/** A host beside another one, which a wildcard certificate of the one covers too: `retro-next.example.com`. */
export function hostBeside(host: string, suffix: string): string {
  const [label = '', ...domain] = host.split('.');
  return [`${label}-${suffix}`, ...domain].join('.');
}

/** True for names that every machine resolves to itself (RFC 6761). */
export function isLocalhost(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost');
}

/** Ports of TCP: connections to port 0 fail, and the API server refuses policies with it. */
const MAX_PORT = 65_535;
const PORT_FORM = `a port from 1 to ${MAX_PORT}`;

/** Schema of the number of a port. */
export const portNumber = z.int().min(1).max(MAX_PORT);

/** Schema of a server that a cluster file says: a host or an IPv4 address, and its port. */
export const hostAndPort = z.string().refine((text) => {
  const [, labels = '', port = ''] = /^(.+):(\d+)$/.exec(text) ?? [];
  return isPort(port) && labels.split('.').every((label) => LABEL.test(label));
}, `must be a host and ${PORT_FORM}, such as smtp.example.com:587`);

/** Schema of an address that a cluster file says, with one of these protocols. */
const urlOf = (...protocols: readonly string[]) => {
  const form = `must be a URL that begins with ${protocols.map((one) => `${one}://`).join(' or ')}`;
  const begins = new RegExp(`^(?:${protocols.join('|')})://\\S+$`, 'i');
  return z
    .string(form)
    .refine((url) => isPort(/^\w+:\/\/[^/?#]*:(\d+)(?=[/?#]|$)/.exec(url)?.[1] ?? '443'), {
      error: `must have no port, or ${PORT_FORM}`,
      abort: true,
    })
    .refine((url) => begins.test(url) && URL.canParse(url), form);
};

/** Schema of an address that a cluster file says. */
export const httpsUrl = urlOf('https');

/** Schema of the address of a proxy. */
export const proxyUrl = urlOf('http', 'https');

/** Schema of an origin: an address without a path. */
export const httpsOrigin = z
  .string()
  .refine(
    (text) => httpsUrl.safeParse(text).success && new URL(text).origin === text,
    `must be an origin: https://, a host in lower case, and at most ${PORT_FORM} other than 443`,
  );

/** The port of such an address; by default that of its protocol. */
export function portOf(url: string): number {
  const { port, protocol } = new URL(url);
  return Number(port || (protocol === 'http:' ? 80 : 443));
}

function isPort(digits: string): boolean {
  return /^[1-9]\d*$/.test(digits) && Number(digits) <= MAX_PORT;
}
