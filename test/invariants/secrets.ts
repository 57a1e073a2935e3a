import { label as labelOf } from '../../charts/lib/manifest.ts';
import { manifestsOf, mapAt, ofKind, type Value, valuesOf } from '../lib/cluster-objects.ts';
import { containersOf, workloadPods } from '../lib/pods.ts';
import { invariant } from './invariant.ts';

/** Secrets come from the store; one in dist would be one in Git, for ever. */
export const noSecretData = invariant('no Secret has data', (cluster) =>
  ofKind(cluster, 'Secret').flatMap((secret) =>
    ['data', 'stringData'].filter((field) => field in secret).map((field) => `${labelOf(secret)} has ${field}`),
  ),
);

/** What a name calls secret is read from a Secret. */
export const noPlainSecrets = invariant('nothing with a secret name has a plain value', (cluster) =>
  workloadPods(cluster).flatMap((pods) =>
    containersOf(pods).flatMap(({ label, container: { env = [], command = [], args = [] } }) => [
      ...env
        .filter(({ name, value }) => /PASSWORD|PASSWD|SECRET|TOKEN|KEY|CREDENTIAL/i.test(name) && isPlain(value))
        .map(({ name }) => `${label} has ${name} in plain text`),
      ...[...command, ...args].flatMap((argument) => {
        const [, flag, value] =
          /^--?([\w.-]*(?:password|passwd|token|api-?key|secret-?key)[\w.-]*)=(.*)$/i.exec(argument) ?? [];
        return isPlain(value) ? [`${label} has the flag ${flag} in plain text`] : [];
      }),
    ]),
  ),
);

/** A path leads to a secret, and a $(NAME) reads one. */
function isPlain(value: string | undefined): boolean {
  return value !== undefined && value !== '' && !value.startsWith('/') && !/^\$\(\w+\)$/.test(value);
}

/** What secrets look like, wherever they stand. */
const SHAPES: Readonly<Record<string, RegExp>> = {
  'a private key': /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  'an AWS access key': /\b(AKIA|ASIA)[0-9A-Z]{16}\b/,
  'a JSON web token': /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\./,
  'a GitHub token': /\b(gh[pousr]_\w{36}|github_pat_\w{22,})\b/,
  'a Slack token': /\bxox[abprs]-[\w-]{10,}/,
  'a Google API key': /\bAIza[\w-]{35}\b/,
  'an Azure storage key': /\bAccountKey=[\w+/=]{20,}/,
  // Templates and variables stand for a password; anything else is one.
  'a password in a URL': /\b\w+:\/\/[^\s:/@{}]*:(?!\$\()[^\s:/@{}]+@/,
};

/** A place where somebody would paste a secret is also looked at for what has no shape but chance. */
export const noSecretMaterial = invariant('nothing looks like a secret', (cluster) =>
  manifestsOf(cluster).flatMap((manifest) =>
    valuesOf(manifest).flatMap((found) => {
      const { value, path } = found;
      if (typeof value !== 'string') return [];
      const shapes = Object.entries(SHAPES)
        .filter(([, shape]) => shape.test(value))
        .map(([what]) => what);
      const random = isPasteable(found) && tokensOf(value).some(looksRandom) ? ['random text'] : [];
      return [...shapes, ...random].map((what) => `${labelOf(manifest)} has ${what} at ${path}`);
    }),
  ),
);

/** Values of environment variables, arguments, annotations, ConfigMaps and templates of Secrets. */
function isPasteable({ path, key }: Value): boolean {
  return (
    /(^|\.)(env|args|command)\[\d+\]/.test(path) ||
    /(^|\.)annotations\./.test(path) ||
    /(^|template\.)(data|binaryData)\./.test(path) ||
    key === 'value'
  );
}

/** The words of a text, base64 among them but for its padding; an image's digest is random, but no secret. */
function tokensOf(text: string): string[] {
  return text.replaceAll(/sha256:[0-9a-f]{64}/g, '').split(/[^\w+-]+/);
}

/** Hexadecimal of 128 bits and more, or a long mixture of cases and digits that no word would have. */
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

/** Where Secrets are made of templates, no template holds the secret itself. */
export const templatesReadValues = invariant('templates of Secrets fill in what is secret', (cluster) =>
  ofKind(cluster, 'ExternalSecret').flatMap((external) => {
    const templates = Object.entries(mapAt(external, 'spec', 'target', 'template', 'data'));
    return templates.every(([, text]) => !text.includes('{{')) && templates.length > 0
      ? [`${labelOf(external)} reads nothing from the store`]
      : [];
  }),
);
