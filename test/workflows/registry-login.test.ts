import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loginOf } from '../../cli/doctor/registry.ts';
import { pinOf, type Ran, ScriptRepository } from './repository.ts';

let repository: ScriptRepository;
beforeEach(() => {
  repository = new ScriptRepository();
  for (const [name, cases] of Object.entries(PLAYED))
    repository.program(name, `case "$*" in\n${cases}\n  *) echo "${name} has no: $*" >&2; exit 2 ;;\nesac\n`);
  repository.program('docker', DOCKER);
});
afterEach(() => repository.remove());

const ACR = 'acmeproduction.azurecr.io';
const ECR = '111122223333.dkr.ecr.eu-west-1.amazonaws.com';

/** Command lines of clouds that know one call each, and are signed in unless TURNED_AWAY says so. */
const PLAYED = {
  az: `  'acr login --name acmeproduction --expose-token --query accessToken --output tsv')
    [ -z "$TURNED_AWAY" ] || { echo "Please run 'az login' to setup account." >&2; exit 1; }
    echo token-of-azure ;;`,
  aws: `  'ecr get-login-password --region eu-west-1')
    [ -z "$TURNED_AWAY" ] || { echo 'Unable to locate credentials' >&2; exit 253; }
    echo password-of-aws ;;`,
};

/** Notes whom it logs in where; a secret on its command line would be seen by everybody on the machine. */
const DOCKER = `[ "$1 $3 $5 $#" = 'login --username --password-stdin 5' ] || { echo "docker has no: $*" >&2; exit 2; }
printf '%s as %s by %s\\n' "$2" "$4" "$(cat)" >>"$NOTES"\n`;

const NOBODY = {
  GITHUB_ACTOR: '',
  GITHUB_TOKEN: '',
  REGISTRY_USERNAME: '',
  REGISTRY_PASSWORD: '',
  AZURE_PUBLISH_CLIENT_ID: '',
  AZURE_TENANT_ID: '',
  AWS_PUBLISH_ROLE: '',
};
const ALL = {
  GITHUB_ACTOR: 'octocat',
  GITHUB_TOKEN: 'token-of-github',
  REGISTRY_USERNAME: 'robot',
  REGISTRY_PASSWORD: 'password-of-robot',
};

const notes = (): string => join(repository.scratch, 'notes');
const login = (args: readonly string[], env: Readonly<Record<string, string>>): Ran =>
  repository.run('registry-login.sh', args, { ...NOBODY, NOTES: notes(), TURNED_AWAY: '', ...env });

describe('registry-login.sh', () => {
  it.each([
    ['ghcr.io', 'octocat', 'token-of-github'],
    [ACR, '00000000-0000-0000-0000-000000000000', 'token-of-azure'],
    [ECR, 'AWS', 'password-of-aws'],
    ['registry.acme.dev:5000', 'robot', 'password-of-robot'],
  ])('logs in to %s as %s', (host, user, password) => {
    expect(login([`${host}/acme/whoami`], ALL)).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(readFileSync(notes(), 'utf8')).toBe(`${host} as ${user} by ${password}\n`);
  });

  it.each([
    ['ghcr.io/acme/whoami', 'ghcr.io cannot be logged in to: GITHUB_ACTOR GITHUB_TOKEN not set.'],
    [
      'registry.acme.dev/whoami',
      'registry.acme.dev cannot be logged in to: REGISTRY_USERNAME REGISTRY_PASSWORD not set.',
    ],
  ])('names the host and what is not set: %s', (image, message) => {
    expect(login([image], {})).toEqual({
      status: 1,
      stdout: '',
      stderr: `${message} docs/releases.md#registries says what it is.\n`,
    });
    expect(existsSync(notes())).toBe(false);
  });

  it.each([
    [ACR, `az got no token for ${ACR}: az login, as somebody with AcrPush there.`],
    [ECR, `aws got no password for ${ECR}: sign in to account 111122223333, as somebody who may push`],
  ])('logs in nowhere if nobody is signed in: %s', (host, message) => {
    const { status, stderr } = login([`${host}/acme/whoami`], { ...ALL, TURNED_AWAY: 'yes' });
    expect([status, stderr]).toEqual([1, expect.stringContaining(message) as string]);
    expect(existsSync(notes())).toBe(false);
  });

  it.each([
    ['without a region', '111122223333.dkr.ecr.amazonaws.com'],
    ['with a region that is none', '111122223333.dkr.ecr.europe.amazonaws.com'],
    ['without an account', 'dkr.ecr.eu-west-1.amazonaws.com'],
    ['of another service', 'acme.s3.eu-west-1.amazonaws.com'],
  ])('refuses a host of AWS %s', (_, host) => {
    for (const args of [[`${host}/whoami`], ['how', `${host}/whoami`]]) {
      const { status, stdout, stderr } = login(args, { ...ALL, AWS_PUBLISH_ROLE: 'arn' });
      expect([status, stdout]).toEqual([1, '']);
      expect(stderr).toContain(`${host} is no registry of Amazon ECR: those are ACCOUNT.dkr.ecr.REGION.amazonaws.com`);
    }
    expect(existsSync(notes())).toBe(false);
  });

  it.each(['whoami', '', 'Registry/whoami'])('refuses what names no host: "%s"', (image) => {
    expect(login([image], ALL)).toMatchObject({ status: 1, stderr: `"${image}" is not HOST/IMAGE\n` });
  });
});

describe('registry-login.sh how', () => {
  it.each([
    ['ghcr.io', 'github', '', []],
    [ACR, 'azure', '', ['AZURE_PUBLISH_CLIENT_ID', 'AZURE_TENANT_ID']],
    [ECR, 'aws', 'eu-west-1', ['AWS_PUBLISH_ROLE']],
    ['111122223333.dkr.ecr.us-gov-west-1.amazonaws.com', 'aws', 'us-gov-west-1', ['AWS_PUBLISH_ROLE']],
    ['111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn', 'aws', 'cn-north-1', ['AWS_PUBLISH_ROLE']],
    ['registry.acme.dev', 'password', '', ['REGISTRY_USERNAME']],
  ] as const)('says of %s: %s, and asks for its own variables alone', (host, kind, region, variables) => {
    const image = `${host}/acme/whoami`;
    const set = Object.fromEntries(variables.map((name) => [name, 'value']));
    expect(login(['how', image], set)).toEqual({ status: 0, stdout: `login=${kind}\nregion=${region}\n`, stderr: '' });
    for (const name of variables)
      expect(login(['how', image], { ...set, [name]: '' })).toEqual({
        status: 1,
        stdout: '',
        stderr: `${host} cannot be logged in to: ${name} not set. docs/releases.md#registries says what it is.\n`,
      });
    // What slipway doctor asks for is the same.
    expect(loginOf(image)).toEqual({ kind, variables });
  });
});

describe('image-name.sh', () => {
  const name = (): Ran => repository.run('image-name.sh', ['whoami']);
  const pin = (ring: string, image: string): void =>
    repository.write(`clusters/pins/${ring}/whoami.json`, pinOf(image));

  it.each([
    'ghcr.io/acme/platform/whoami',
    `${ACR}/whoami`,
    `${ACR}/platform/whoami`,
    `${ECR}/acme-production-eks/whoami`,
    'localhost:5000/whoami',
  ])('prints what all rings pin: %s', (image) => {
    pin('one', image);
    pin('two', image);
    expect(name()).toEqual({ status: 0, stdout: `${image}\n`, stderr: '' });
  });

  it('refuses rings that do not agree', () => {
    pin('one', `${ACR}/whoami`);
    pin('two', 'ghcr.io/acme/platform/whoami');
    expect(name()).toEqual({
      status: 1,
      stdout: '',
      stderr: `whoami is published once, but the rings pin several images: give packageName one value.\nclusters/pins/one/whoami.json: ${ACR}/whoami\nclusters/pins/two/whoami.json: ghcr.io/acme/platform/whoami\n`,
    });
  });

  it('refuses a service that no ring pins', () => {
    expect(name()).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/^No ring pins whoami, [^\n]*add clusters\/pins\/RING\/whoami\.json/) as string,
    });
  });

  it.each(['acme/whoami', 'whoami', 'ghcr.io/acme/items', 'ghcr.io/acme/whoami:1.0.0', 'ghcr.io/Acme/whoami'])(
    'refuses an image that is not one of the service in a registry: %s',
    (image) => {
      pin('one', image);
      expect(name()).toEqual({
        status: 1,
        stdout: '',
        stderr: `An image of whoami begins with the host of its registry, and ends with /whoami.\nclusters/pins/one/whoami.json: ${image}\n`,
      });
    },
  );
});
