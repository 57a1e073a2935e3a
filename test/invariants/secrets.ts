import { label as labelOf } from '../../charts/lib/manifest.ts';
import { manifestsOf, mapAt, ofKind, type Value, valuesOf } from '../lib/cluster-objects.ts';
import { containersOf, workloadPods } from '../lib/pods.ts';
import { invariant } from './invariant.ts';

/** Secrets come from the secret store: a Secret in dist would stay in Git for ever. */
export const noSecretData = invariant('no Secret in dist has data', (cluster) =>
  ofKind(cluster, 'Secret').flatMap((secret) =>
    ['data', 'stringData'].filter((field) => field in secret).map((field) => `${labelOf(secret)} has ${field}`),
  ),
);

/** Variables and flags whose names suggest a secret read it from a Secret; the address at which to get one is none. */
export const noPlainSecrets = invariant('no variable or flag holds a secret in plain text', (cluster) =>
  workloadPods(cluster).flatMap((pods) =>
    containersOf(pods).flatMap(({ label, container: { env = [], command = [], args = [] } }) => [
      ...env
        .filter(
          ({ name, value }) =>
            /PASSWORD|PASSWD|SECRET|TOKEN|KEY|CREDENTIAL/i.test(name) && isPlain(value) && !isAddress(name, value),
        )
        .map(({ name }) => `${label} has ${name} in plain text`),
      ...[...command, ...args].flatMap((argument) => {
        const [, flag, value] =
          /^--?([\w.-]*(?:password|passwd|token|api-?key|secret-?key)[\w.-]*)=(.*)$/i.exec(argument) ?? [];
        return isPlain(value) ? [`${label} has the flag ${flag} in plain text`] : [];
      }),
    ]),
  ),
);

/** True for addresses without credentials, of which the name says that they are some. */
function isAddress(name: string, value = ''): boolean {
  return name.endsWith('_URL') && /^https:\/\/[^@?]+$/.test(value);
}

/** A path or a $(NAME) refers to a secret; anything else is one. */
function isPlain(value: string | undefined): boolean {
  return value !== undefined && value !== '' && !value.startsWith('/') && !/^\$\(\w+\)$/.test(value);
}

/** Patterns of well-known secrets, searched in every field. */
const PATTERNS: Readonly<Record<string, RegExp>> = {
  'a private key': /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  'an AWS access key': /\b(AKIA|ASIA)[0-9A-Z]{16}\b/,
  'a JSON web token': /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\./,
  'a GitHub token': /\b(gh[pousr]_\w{36}|github_pat_\w{22,})\b/,
  'a Slack token': /\bxox[abprs]-[\w-]{10,}/,
  'a Google API key': /\bAIza[\w-]{35}\b/,
  'an Azure storage key': /\bAccountKey=[\w+/=]{20,}/,
  // A template or a variable refers to a password; anything else is one.
  'a password in a URL': /\b\w+:\/\/[^\s:/@{}]*:(?!\$\()[^\s:/@{}]+@/,
};

/** Fields into which a secret might be pasted are also searched for random text. */
export const noSecretMaterial = invariant('no field holds a value that looks like a secret', (cluster) =>
  manifestsOf(cluster).flatMap((manifest) =>
    valuesOf(manifest).flatMap((found) => {
      const { value, path } = found;
      if (typeof value !== 'string') return [];
      const matched = Object.entries(PATTERNS)
        .filter(([, pattern]) => pattern.test(value))
        .map(([what]) => what);
      const random = isPasteable(found) && tokensOf(value).some(looksRandom) ? ['random text'] : [];
      return [...matched, ...random].map((what) => `${labelOf(manifest)} has ${what} at ${path}`);
    }),
  ),
);

/** Annotations by which charts roll pods out when their configuration changes, such as `checksum/config`. */
const CHECKSUM = /(^|\.)annotations\.checksum\//;

/** Values of environment variables, arguments, annotations, ConfigMaps and templates of Secrets. */
function isPasteable({ path, key }: Value): boolean {
  if (CHECKSUM.test(path)) return false;
  return (
    /(^|\.)(env|args|command)\[\d+\]/.test(path) ||
    /(^|\.)annotations\./.test(path) ||
    /(^|template\.)(data|binaryData)\./.test(path) ||
    key === 'value'
  );
}

/** The words of a text, base64 included except for its padding; image digests are random, but not secret. */
function tokensOf(text: string): string[] {
  return text.replaceAll(/sha256:[0-9a-f]{64}/g, '').split(/[^\w+-]+/);
}

/** Hexadecimal text of at least 128 bits, or a long mixture of upper case, lower case and digits. */
function looksRandom(token: string): boolean {
  if (/^[0-9a-f]{32,}$/i.test(token)) return true;
  const isMixed = /[a-z]/.test(token) && /[A-Z]/.test(token) && /\d/.test(token);
  return token.length >= 20 && isMixed && entropy(token) > 3.7;
}

/** Shannon's entropy in bits per character. */
function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const char of text) counts.set(char, (counts.get(char) ?? 0) + 1);
  return [...counts.values()].reduce((sum, n) => sum - (n / text.length) * Math.log2(n / text.length), 0);
}

/** A template that reads no value from the store would hold the secret itself. */
export const templatesReadValues = invariant('every ExternalSecret template reads from the store', (cluster) =>
  ofKind(cluster, 'ExternalSecret').flatMap((external) => {
    const templates = Object.entries(mapAt(external, 'spec', 'target', 'template', 'data'));
    return templates.every(([, text]) => !text.includes('{{')) && templates.length > 0
      ? [`${labelOf(external)} has a template that reads nothing from the secret store`]
      : [];
  }),
);
