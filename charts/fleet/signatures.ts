import { z } from 'zod';
import { type PublicKey, publicKeyOf } from './openpgp.ts';

/** Who must have signed what Argo CD syncs. */
export interface Signatures {
  /**
   * Armored public keys of OpenPGP, one a text. What was signed by one of their subkeys counts too. Merges that GitHub makes
   * are signed by GitHub's own key: https://github.com/web-flow.gpg
   */
  readonly keys: readonly string[];
  /**
   * `none` gives Argo CD the keys, and asks for nothing: a cluster that runs needs them before it can verify the commit that
   * asks for more. `head`: the commit that is synced is signed. `strict`: so are all before it, back to the first one, or to
   * a signed one with the trailer `Argocd-gpg-seal`.
   */
  readonly mode: 'none' | 'head' | 'strict';
}

export const signaturesSchema = z.strictObject({
  keys: z
    .array(
      z.string().superRefine((text, context) => {
        const key = publicKeyOf(text);
        if (typeof key === 'string') context.addIssue({ code: 'custom', message: key });
      }),
    )
    .min(1, 'must have a key: nothing else would ever be synced'),
  mode: z.enum(['none', 'head', 'strict']),
});

/** What a project demands of its sources; the type of Argo CD 3.5, which the package of types does not have yet. */
export interface SourceIntegrity {
  readonly git: {
    readonly policies: readonly {
      readonly repos: readonly { readonly url: string }[];
      readonly gpg: { readonly mode: Signatures['mode']; readonly keys: readonly string[] };
    }[];
  };
}

/** The demand on commits of a repository; none if no signatures are asked for. */
export function integrityOf(signatures: Signatures | undefined, url: string): { sourceIntegrity?: SourceIntegrity } {
  if (signatures === undefined) return {};
  const keys = keysOf(signatures).flatMap(({ id, subkeys }) => [id, ...subkeys]);
  return { sourceIntegrity: { git: { policies: [{ repos: [{ url }], gpg: { mode: signatures.mode, keys } }] } } };
}

/** Argo CD's keyring: key ids and armored keys. */
export function keyringOf(signatures: Signatures): Record<string, string> {
  return Object.fromEntries(keysOf(signatures).map(({ id, armored }) => [id, armored]));
}

function keysOf({ keys }: Signatures): (PublicKey & { readonly armored: string })[] {
  return keys.map((armored) => {
    const key = publicKeyOf(armored);
    // Checked with the rest of clusters/fleet.ts, before anything is rendered.
    if (typeof key === 'string') throw new Error(`a key of \`signatures\` ${key}`);
    return { ...key, armored };
  });
}
