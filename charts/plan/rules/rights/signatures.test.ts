import { all, prove, set } from '../../../../test/lib/plan-rules.ts';
import { SIGNATURES } from './signatures.ts';

const ADA = 'AAAAAAAAAAAAAAAA';
const BOB = 'BBBBBBBBBBBBBBBB';

const demand = (mode: string, ...keys: string[]) =>
  set('AppProject', 'root', ['spec', 'sourceIntegrity'], {
    git: { policies: [{ repos: [{ url: 'https://example.com/a.git' }], gpg: { mode, keys } }] },
  });
const keyring = (...keys: string[]) =>
  set('ConfigMap', 'argocd-gpg-keys-cm', ['data'], Object.fromEntries(keys.map((key) => [key, 'a key'])));

prove(SIGNATURES, {
  'SLP-signature-key-missing': {
    fires: {
      'at once': [
        all(keyring(ADA, BOB), demand('head', ADA, BOB)),
        /^Argo CD has none of the keys A{16}, B{16}, and takes them from no commit that it cannot verify: nothing is synced any more$/,
      ],
    },
    quiet: { 'the keys alone': all(keyring(ADA), demand('none', ADA)) },
  },
  'SLP-signatures-looser': {
    given: all(keyring(ADA), demand('head', ADA)),
    fires: {
      'no signatures': [demand('none', ADA), /^The mode of signatures turns from head to none: /],
      'another key': [demand('head', ADA, BOB), /^Whoever has the key B{16} can change the cluster, too$/],
    },
    quiet: { 'every commit': demand('strict', ADA) },
  },
});
