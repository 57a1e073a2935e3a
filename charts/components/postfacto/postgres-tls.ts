import { k8s } from 'cdk8s-plus-28';
import type { Component } from '../../component.ts';
import type { ContainerProps } from '../../lib/container.ts';
import {
  AUTHORITY_FILE,
  type InternalAuthority,
  internalCertificate,
  type Trust,
  trust,
} from '../../lib/internal-tls.ts';
import type { OnChanges } from '../../lib/on-change.ts';

/** What encrypts the connections of a PostgreSQL server. */
export interface PostgresTls {
  /** Host name of the certificate, which clients call. */
  readonly host: string;
  /** Arguments of the image. */
  readonly arguments: readonly string[];
  readonly server: Pick<Trust, 'volumes' | 'mounts'>;
  readonly onChange: OnChanges;
  /** What pods in the same namespace that call the server mount. */
  readonly clients: Trust;
}

/** Who may connect, and how: the superuser by the Unix socket, the exporter by the loopback address, all others with TLS. */
const ACCESS = `local   all all                    trust
host    all all 127.0.0.1/32       scram-sha-256
hostssl all all all                scram-sha-256
`;

/** Variables by which programs of PostgreSQL verify the server. */
export const VERIFY_SERVER: NonNullable<ContainerProps['env']> = {
  PGSSLMODE: 'verify-full',
  PGSSLROOTCERT: AUTHORITY_FILE,
};

/** The same as parameters of a connection string. */
export const VERIFY_PARAMETERS = `sslmode=verify-full&sslrootcert=${AUTHORITY_FILE}`;

/** Line of a shell script that makes the server read its certificate again, which takes no connection away. */
export const RELOAD = `psql --username=postgres --dbname=postgres --no-psqlrc --quiet --tuples-only --command='SELECT pg_reload_conf()' >/dev/null`;

/** Adds the certificate of a server, and its rules of access. @param name of its Service */
export function postgresTls(component: Component, name: string, authority: InternalAuthority): PostgresTls {
  const host = `${name}.${component.namespace}.svc.cluster.local`;
  const [secret, access] = [`${name}-tls`, `${name}-access`];
  internalCertificate(component, authority, { name: secret, dnsNames: [host] });
  new k8s.KubeConfigMap(component, `ConfigMap.${access}`, {
    metadata: { name: access },
    data: { 'pg_hba.conf': ACCESS },
  });
  return {
    host,
    arguments: [
      'postgres',
      ...Object.entries({
        ssl: 'on',
        ssl_cert_file: '/run/tls/tls.crt',
        ssl_key_file: '/run/tls/tls.key',
        hba_file: '/etc/access/pg_hba.conf',
      }).map(([option, value]) => `--${option}=${value}`),
    ],
    server: {
      volumes: [
        // The server rejects a key that others than its group can read.
        { name: 'tls', secret: { secretName: secret, defaultMode: 0o440 } },
        { name: 'access', configMap: { name: access } },
      ],
      mounts: { '/run/tls': { volume: 'tls' }, '/etc/access': { volume: 'access' } },
    },
    onChange: {
      [`Secret/${secret}`]: { watches: 'each dump makes the server read it, thirty days before the one before ends' },
    },
    clients: trust(secret),
  };
}
