import { z } from 'zod';
import type { Component } from '../../component.ts';
import type { Mount } from '../../lib/container.ts';
import {
  AUTHORITY_FILE,
  type InternalAuthority,
  internalCertificate,
  type Trust,
  trust,
} from '../../lib/internal-tls.ts';

/** MongoDB's modes of TLS, in the order in which a running set takes them, and how far each goes. */
const MODES = ['allowTLS', 'preferTLS', 'requireTLS'] as const;

/**
 * Whether connections are encrypted. A running set goes from one mode to the next, one sync each, since in each step members
 * of both modes must reach each other: off, `allowTLS` (TLS is accepted), `preferTLS` (members and clients use it),
 * `requireTLS` (anything else is refused). @default 'requireTLS'
 */
export const tlsSetting = z
  .union([
    z.enum(MODES),
    z.strictObject({
      /** Why connections are in plain text. */
      offBecause: z.string().trim().min(10, 'must give the reason'),
    }),
  ])
  .default('requireTLS');

type TlsSetting = z.output<typeof tlsSetting>;

/** TLS of a replica set: what its members, and those who call them, need for it. */
export interface MongoTls {
  /** Options of mongod. */
  readonly arguments: readonly string[];
  /** Options of a connection string, joined by `&`; empty while clients do not use TLS. */
  readonly options: string;
  /** Volumes and mounts of the members. */
  readonly server: Pick<Trust, 'volumes' | 'mounts'>;
  /** Volumes and mounts of pods in the same namespace that call the members. */
  readonly clients: Trust;
}

const NOTHING: Trust = { volumes: [], mounts: {}, onChange: {} };
const OFF: MongoTls = { arguments: [], options: '', server: NOTHING, clients: NOTHING };

/** By which a client calls the members with TLS. */
const OPTIONS = `tls=true&tlsCAFile=${AUTHORITY_FILE}`;

const FOLDER = '/run/tls';
/** The key and the certificate of each member, and the authority's certificate. */
const MOUNT: Readonly<Record<string, Mount>> = { [FOLDER]: { volume: 'tls' } };

/** Adds the certificate of the members, which all have the same one. @returns what TLS needs; nothing if it is off */
export function mongoTls(component: Component, mode: TlsSetting, authority: () => InternalAuthority): MongoTls {
  if (typeof mode === 'object') return OFF;
  const { namespace } = component;
  const name = `${component.name}-tls`;
  internalCertificate(component, authority(), {
    name,
    dnsNames: [`*.${component.name}.${namespace}.svc.cluster.local`],
    loopback: true,
  });
  const used = mode !== 'allowTLS';
  return {
    arguments: [
      `--tlsMode=${mode}`,
      `--tlsCertificateKeyFile=${FOLDER}/tls-combined.pem`,
      `--tlsCAFile=${FOLDER}/ca.crt`,
      // Clients prove who they are by passwords.
      '--tlsAllowConnectionsWithoutCertificates',
    ],
    options: used ? OPTIONS : '',
    server: { volumes: [{ name: 'tls', secret: { secretName: name } }], mounts: MOUNT },
    clients: used ? trust(name) : NOTHING,
  };
}

/** What the pods of a client in another namespace need; nothing if they do not use TLS. */
export function clientTrust(
  component: Component,
  name: string,
  mode: TlsSetting,
  authority: () => InternalAuthority,
): Trust {
  if (typeof mode === 'object' || mode === 'allowTLS') return NOTHING;
  internalCertificate(component, authority(), {
    name,
    dnsNames: [`${component.name}.${component.namespace}.svc.cluster.local`],
  });
  return trust(name);
}
