import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A certificate and its key, both PEM. */
export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

/** The lab's own certificate authority: trusted only inside the lab, and removed with its folder. */
export class Authority {
  /** PEM file of the CA certificate. */
  readonly file: string;
  private readonly folder: string;
  private readonly issued = new Map<string, KeyPair>();
  private requests = 0;

  constructor(folder: string) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.folder = folder;
    this.file = join(folder, 'ca.crt');
    if (!existsSync(this.file)) {
      this.openssl(
        'req',
        '-x509',
        ...NEW_KEY,
        '-days',
        '30',
        '-subj',
        '/CN=slipway-lab',
        '-addext',
        'keyUsage=critical,keyCertSign,digitalSignature',
        '-keyout',
        'ca.key',
        '-out',
        'ca.crt',
      );
      this.openssl('genrsa', '-out', 'service-accounts.key', '2048');
    }
  }

  /** PEM of the CA certificate. */
  get cert(): string {
    return readFileSync(this.file, 'utf8');
  }

  /** Path of a file in the authority's folder. */
  path(file: string): string {
    return join(this.folder, file);
  }

  /** A certificate for a DNS name or an IPv4 address, for servers and clients; cached. */
  serving(host: string): KeyPair {
    const known = this.issued.get(host);
    if (known) return known;
    const name = host.replaceAll(/[^\w.-]/g, '_');
    this.openssl('req', ...NEW_KEY, '-subj', '/CN=slipway-lab', '-keyout', `${name}.key`, '-out', `${name}.csr`);
    this.sign(
      `${name}.csr`,
      `${name}.crt`,
      `subjectAltName=${/^[\d.]+$/.test(host) ? 'IP' : 'DNS'}:${host}\nextendedKeyUsage=serverAuth,clientAuth\n`,
    );
    const pair = {
      cert: readFileSync(this.path(`${name}.crt`), 'utf8'),
      key: readFileSync(this.path(`${name}.key`), 'utf8'),
    };
    this.issued.set(host, pair);
    return pair;
  }

  /**
   * A certificate of a client or server of the control plane, in files; cached.
   *
   * @param name of the files
   * @param subject distinguished name: the user is its CN, the groups are its O (Kubernetes' X.509 client certificates)
   * @param hosts DNS names and IPv4 addresses that it serves
   */
  identity(
    name: string,
    subject: string,
    hosts: readonly string[] = [],
  ): { readonly cert: string; readonly key: string } {
    const files = { cert: this.path(`${name}.crt`), key: this.path(`${name}.key`) };
    if (existsSync(files.cert)) return files;
    this.openssl('req', ...NEW_KEY, '-subj', subject, '-keyout', `${name}.key`, '-out', `${name}.csr`);
    const alternatives = hosts.map((host) => `${/^[\d.]+$/.test(host) ? 'IP' : 'DNS'}:${host}`).join();
    this.sign(
      `${name}.csr`,
      `${name}.crt`,
      `${alternatives && `subjectAltName=${alternatives}\n`}extendedKeyUsage=serverAuth,clientAuth\n`,
    );
    return files;
  }

  /**
   * Signs a CSR (PKCS #10, PEM) for DNS names.
   *
   * @returns PEM of the certificate and the CA
   * @throws Error if the CSR is invalid
   */
  issue(request: string, names: readonly string[]): string {
    const name = `issued-${++this.requests}`;
    writeFileSync(this.path(`${name}.csr`), request);
    this.sign(
      `${name}.csr`,
      `${name}.crt`,
      `subjectAltName=${names.map((dns) => `DNS:${dns}`).join()}\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=serverAuth\n`,
    );
    return readFileSync(this.path(`${name}.crt`), 'utf8') + this.cert;
  }

  /** Signs a CSR file into a certificate file, both in the authority's folder. */
  private sign(request: string, certificate: string, extensions: string): void {
    writeFileSync(this.path(`${certificate}.ext`), extensions);
    this.openssl(
      'x509',
      '-req',
      '-in',
      request,
      '-CA',
      'ca.crt',
      '-CAkey',
      'ca.key',
      '-CAcreateserial',
      '-days',
      '30',
      '-extfile',
      `${certificate}.ext`,
      '-out',
      certificate,
    );
  }

  private openssl(...args: string[]): void {
    execFileSync('openssl', args, { cwd: this.folder, stdio: ['ignore', 'ignore', 'pipe'] });
  }
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
