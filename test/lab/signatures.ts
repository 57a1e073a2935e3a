import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { at } from '../../charts/lib/manifest.ts';
import type { Api } from './api.ts';

const CONFIG_MAP = '/api/v1/namespaces/argocd/configmaps/argocd-gpg-keys-cm';

/** Programs of Argo CD's image that end well if what they call ends with 1, as GnuPG does for a key that it does not have. */
export const WRAPPERS: Readonly<Record<string, string>> = {
  'gpg-wrapper.sh': wrapper('gpg "$@"'),
  // Argo CD shows what it prints, and decides by what it asks Git itself.
  'git-verify-wrapper.sh': wrapper('git verify-commit "$1"'),
};

function wrapper(command: string): string {
  return `#!/bin/sh\n${command} 2>&1\n[ $? -le 1 ]\n`;
}

/**
 * What Argo CD knows of signatures: the keys of its ConfigMap, as the kubelet would mount them, and GnuPG's folder. Unless
 * it verifies them, every commit counts as signed by the first key: those of a laptop seldom are.
 */
export class Keyring {
  private readonly folder: string;
  private readonly verifies: boolean;
  private isEmpty = true;

  constructor(folder: string, verifies: boolean) {
    this.folder = join(folder, 'gpg');
    this.verifies = verifies;
  }

  /** For the programs of Argo CD, once its keys are mounted. */
  get environment(): Record<string, string> {
    return {
      // Without keys not even asked for: a laptop may have no GnuPG.
      ARGOCD_GPG_ENABLED: String(!this.isEmpty),
      ARGOCD_GNUPGHOME: join(this.folder, 'home'),
      ARGOCD_GPG_DATA_PATH: join(this.folder, 'source'),
    };
  }

  /** File with the key id that every commit counts as signed by; empty if signatures are verified, or there is no key. */
  get signer(): string {
    return join(this.folder, 'signer');
  }

  /** Makes the folders; what runs before the keys are read finds none. */
  layOut(): void {
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    writeFileSync(this.signer, '');
    this.empty();
  }

  /** Writes the keys that the cluster has now: nothing follows the ConfigMap afterwards. */
  async mount(api: Api): Promise<void> {
    this.empty();
    const keys = Object.entries((at(await api.get(CONFIG_MAP), 'data') ?? {}) as Record<string, string>);
    for (const [id, key] of keys) writeFileSync(join(this.folder, 'source', id), key);
    this.isEmpty = keys.length === 0;
    writeFileSync(this.signer, this.verifies ? '' : (keys[0]?.[0] ?? ''));
  }

  private empty(): void {
    for (const name of ['home', 'source']) {
      rmSync(join(this.folder, name), { recursive: true, force: true });
      mkdirSync(join(this.folder, name), { mode: 0o700 });
    }
  }
}
