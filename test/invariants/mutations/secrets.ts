import { noPlainSecrets, noSecretData, noSecretMaterial, templatesReadValues } from '../secrets.ts';
import { CONTAINER, type Mutation, mutations, POD } from './mutation.ts';

/** Secrets in Git. */
export const secretsMutations: readonly Mutation[] = [
  ...mutations(noSecretData, {
    'Secret with stringData': [
      (d) =>
        d.add('hello', {
          apiVersion: 'v1',
          kind: 'Secret',
          metadata: { name: 'x', namespace: 'hello' },
          stringData: { a: 'b' },
        }),
      /^Secret hello\/x has stringData/,
    ],
    'Secret with base64 data': [
      (d) =>
        d.add('hello', {
          apiVersion: 'v1',
          kind: 'Secret',
          metadata: { name: 'x', namespace: 'hello' },
          data: { a: 'Yg==' },
        }),
      /^Secret hello\/x has data/,
    ],
  }),
  ...mutations(noPlainSecrets, {
    'environment variable with a password': [
      (d) => d.push(d.find('Deployment', 'hello'), [...CONTAINER, 'env'], { name: 'DB_PASSWORD', value: 'hunter2' }),
      /has DB_PASSWORD in plain text/,
    ],
    'environment variable with a token': [
      (d) => d.push(d.find('Deployment', 'hello'), [...CONTAINER, 'env'], { name: 'apiToken', value: 'x' }),
      /has apiToken in plain text/,
    ],
    'flag with a password': [
      (d) => d.push(d.find('Deployment', 'hello'), [...CONTAINER, 'args'], '--redis.password=hunter2'),
      /has the flag redis.password in plain text/,
    ],
    'init container with a secret key': [
      (d) =>
        d.push(d.find('StatefulSet', 'mongo'), [...POD, 'initContainers', 0, 'env'], {
          name: 'SECRET_KEY_BASE',
          value: 'x',
        }),
      /has SECRET_KEY_BASE in plain text/,
    ],
  }),
  ...mutations(noSecretMaterial, {
    'private key in a ConfigMap': [
      (d) => d.set(d.find('ConfigMap'), ['data', 'x'], ['-----BEGIN RSA', 'PRIVATE KEY-----'].join(' ')),
      /^ConfigMap .* has a private key at data.x/,
    ],
    'AWS access key in an annotation': [
      (d) => d.set(d.find('Namespace'), ['metadata', 'annotations', 'x'], 'AKIAIOSFODNN7EXAMPLE'),
      /has an AWS access key/,
    ],
    'JSON web token in a flag': [
      (d) =>
        d.push(
          d.find('Deployment'),
          [...CONTAINER, 'args'],
          `--x=${['eyJhbGciOiJIUzI1', 'eyJzdWIiOiIxMjM0', 'x'].join('.')}`,
        ),
      /has a JSON web token/,
    ],
    'GitHub token in an argument': [
      (d) => d.push(d.find('Deployment'), [...CONTAINER, 'args'], `ghp_${'a'.repeat(36)}`),
      /has a GitHub token/,
    ],
    'Slack token in an argument': [
      (d) => d.push(d.find('Deployment'), [...CONTAINER, 'args'], 'xoxb-1234567890-abc'),
      /has a Slack token/,
    ],
    'Google API key in an argument': [
      (d) => d.push(d.find('Deployment'), [...CONTAINER, 'args'], `AIza${'b'.repeat(35)}`),
      /has a Google API key/,
    ],
    'Azure storage key in an argument': [
      (d) => d.push(d.find('Deployment'), [...CONTAINER, 'args'], `AccountKey=${'c'.repeat(30)}`),
      /has an Azure storage key/,
    ],
    'password in a URL': [
      (d) =>
        d.push(d.find('Deployment', 'hello'), [...CONTAINER, 'env'], {
          name: 'URI',
          value: 'mongodb://me:hunter2@mongo/x',
        }),
      /has a password in a URL/,
    ],
    'random text in an ExternalSecret template': [
      (d) =>
        d.set(
          d.find('ExternalSecret', 'ledger-mongo'),
          ['spec', 'target', 'template', 'data', 'uri'],
          'kX9vQ2mZ7pLw4RtY8sBn3Hc=',
        ),
      /^ExternalSecret .* has random text/,
    ],
    'password in an ExternalSecret template': [
      (d) =>
        d.set(
          d.find('ExternalSecret', 'ledger-mongo'),
          ['spec', 'target', 'template', 'data', 'uri'],
          'mongodb://me:hunter2@mongo/x',
        ),
      /^ExternalSecret .* has a password in a URL/,
    ],
    'random hexadecimal text in an environment variable': [
      (d) =>
        d.push(d.find('Deployment', 'hello'), [...CONTAINER, 'env'], {
          name: 'X',
          value: '9f86d081884c7d659a2feaa0c55ad015',
        }),
      /has random text/,
    ],
    'random text in a ConfigMap': [
      (d) => d.set(d.find('ConfigMap'), ['data', 'x'], 'kX9vQ2mZ7pLw4RtY8sBn3Hc='),
      /^ConfigMap .* has random text/,
    ],
  }),
  ...mutations(templatesReadValues, {
    'ExternalSecret template without a value': [
      (d) =>
        d.set(d.find('ExternalSecret', 'ledger-mongo'), ['spec', 'target', 'template', 'data'], {
          uri: 'mongodb://mongo',
        }),
      /^ExternalSecret .* has a template that reads nothing/,
    ],
  }),
];
