import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** People with keys of GnuPG, in a keyring of their own. */
export class Keys {
  /** GnuPG's folder. Short, since GnuPG's sockets are in it. */
  readonly home = mkdtempSync(join(tmpdir(), 'gpg-'));

  /** Makes a key without a passphrase. @returns its fingerprint: 40 hexadecimal digits */
  make(name: string, algorithm = 'ed25519'): string {
    this.gpg('--passphrase', '', '--quick-gen-key', name, algorithm, 'sign', 'never');
    return this.fingerprint(name);
  }

  /** Adds a subkey for signatures. */
  addSubkey(fingerprint: string): void {
    this.gpg('--passphrase', '', '--quick-add-key', fingerprint, 'ed25519', 'sign', 'never');
  }

  fingerprint(name: string): string {
    return /^fpr:+([0-9A-F]+):/m.exec(this.gpg('--with-colons', '--list-keys', name))?.[1] ?? '';
  }

  /** The armored public keys of people. */
  exported(...names: readonly string[]): string {
    return this.gpg('--armor', '--export', ...names);
  }

  /** GnuPG as these people run it. */
  gpg(...args: readonly string[]): string {
    return execFileSync(
      'gpg',
      ['--batch', '--quiet', '--no-permission-warning', '--pinentry-mode', 'loopback', ...args],
      {
        encoding: 'utf8',
        env: { ...process.env, GNUPGHOME: this.home },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
  }

  /** Ends GnuPG's agent, and removes all keys. */
  remove(): void {
    execFileSync('gpgconf', ['--kill', 'all'], { env: { ...process.env, GNUPGHOME: this.home } });
    rmSync(this.home, { recursive: true, force: true });
  }
}
