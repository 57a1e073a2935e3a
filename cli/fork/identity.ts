import type { Problem } from '../../charts/fault.ts';
import { CODE_OWNERS } from '../doctor/code-owners.ts';
import { clusterFile, clustersIn } from './lists.ts';
import { valueAt } from './literals.ts';
import { type Sources, unexpected } from './sources.ts';

/** Whose fork it is: what stands in many places, and is said once to `slipway init`. */
export interface Identity {
  /** Begins names that no one else in the world may have, and the names of teams: `acme`. */
  readonly organization: string;
  /** What clusters sync from: `https://github.com/acme/platform.git`. */
  readonly repository: string;
  /** Where images of the repository's own services are: `ghcr.io/acme/platform`. */
  readonly registry: string;
  /** Above the domains of clusters in clouds: `acme.dev`. */
  readonly domain: string;
  /** Who hears of certificates, and signs in first: `ops@acme.dev`. */
  readonly email: string;
}

const FLEET = 'clusters/fleet.ts';
const SETTINGS = 'bootstrap/modules/settings/main.tf';
const RENOVATE = 'renovate.json';
const BACKENDS = ['bootstrap/roots/azurerm.tfbackend', 'bootstrap/roots/s3.tfbackend'];

/**
 * The identity that the repository has, in its files.
 *
 * @param otherwise what is taken where a place is not there any more
 * @throws Fault for such a place, if nothing is
 */
export function identityOf(sources: Sources, otherwise: Partial<Identity> = {}): Identity {
  const clusters = clustersIn(sources).map((name) => sources.read(clusterFile(name)));
  const inClouds = clusters.filter((text) => valueAt(text, ['cloud']) !== "'kind'");
  const texts = (path: readonly string[]): string[] =>
    inClouds.flatMap((text) => valueAt(text, path)?.slice(1, -1) ?? []);
  return {
    organization:
      textIn(sources, SETTINGS, /^ *organization *= *"([^"]*)"/m) ??
      otherwise.organization ??
      absent(SETTINGS, 'the organization'),
    repository: repositoryIn(sources),
    registry:
      textIn(sources, RENOVATE, /"matchPackageNames": \["([^"]+)\/\*\*"\],\s+"matchUpdateTypes"/) ??
      otherwise.registry ??
      absent(RENOVATE, 'the registry of own services'),
    domain: commonDomain(texts(['domain'])),
    email: texts(['certManager', 'acmeEmail'])[0] ?? '',
  };
}

const URL_OF_FLEET = /\burl: '([^']*)'/;

function repositoryIn(sources: Sources): string {
  return textIn(sources, FLEET, URL_OF_FLEET) ?? absent(FLEET, 'the URL of the repository');
}

function textIn(sources: Sources, file: string, pattern: RegExp): string | undefined {
  return pattern.exec(sources.has(file) ? sources.read(file) : '')?.[1];
}

function absent(file: string, what: string): never {
  throw unexpected(file, what);
}

/** The labels that all names end with: `example.com` of `eu.example.com` and `staging.example.com`. */
function commonDomain(names: readonly string[]): string {
  const [first, ...others] = names.map((name) => name.split('.').toReversed());
  if (first === undefined) return '';
  const differs = first.findIndex((label, i) => others.some((other) => other[i] !== label));
  // A single cluster has its domain below that of the organization.
  const length = others.length === 0 ? Math.max(2, first.length - 1) : differs < 0 ? first.length : differs;
  return first.slice(0, length).toReversed().join('.');
}

/** Replaces the identity of the repository wherever it stands; what people write in prose stays. */
export function writeIdentity(sources: Sources, before: Identity, after: Identity): void {
  const owner = ownerOf(before.repository);
  const replace = (file: string, ...pairs: readonly (readonly [from: string, to: string])[]): void =>
    sources.edit(file, (text) =>
      pairs.reduce((one, [from, to]) => (from === '' ? one : one.replaceAll(from, to)), text),
    );
  replace(FLEET, [before.repository, after.repository]);
  sources.edit(SETTINGS, (text) =>
    text
      .replace(/^( *organization *= *)"[^"]*"/m, `$1"${after.organization}"`)
      .replace(/^( *image_registry *= *)"[^"]*"/m, `$1"${after.registry}"`)
      .replace(`"repo:${pathOf(before.repository)}"`, `"repo:${pathOf(after.repository)}"`),
  );
  for (const file of BACKENDS)
    sources.edit(file, (text) =>
      text.replaceAll(new RegExp(`"${before.organization}(?=-?terraform)`, 'g'), `"${after.organization}`),
    );
  replace(RENOVATE, [`${before.registry}/`, `${after.registry}/`]);
  for (const file of [...CODE_OWNERS, 'clusters/rings.ts'])
    replace(file, [`@${owner}/`, `@${ownerOf(after.repository)}/`]);
  for (const file of filesOfPins(sources)) replace(file, [`"${before.registry}/`, `"${after.registry}/`]);
  for (const name of clustersIn(sources)) {
    for (const file of [clusterFile(name), `clusters/${name}/facts.json`]) {
      replace(file, [before.email, after.email]);
      if (before.domain !== '') sources.edit(file, (text) => text.replaceAll(inDomain(before.domain), after.domain));
      // Names in a cloud begin with the organization.
      sources.edit(file, (text) =>
        text.replaceAll(new RegExp(`(?<=["/])${before.organization}-`, 'g'), `${after.organization}-`),
      );
      // The sample's second domain.
      replace(file, ['example.org', after.domain]);
    }
  }
}

/** A domain where no longer name goes on: neither `example.community` nor `an-example.com`. */
function inDomain(domain: string): RegExp {
  return new RegExp(`(?<![\\w-])${domain.replaceAll('.', '\\.')}(?![\\w-]|\\.\\w)`, 'g');
}

function filesOfPins(sources: Sources): string[] {
  return sources
    .list('clusters/pins')
    .flatMap((ring) => sources.list(`clusters/pins/${ring}`).map((file) => `clusters/pins/${ring}/${file}`));
}

/** `owner/name` of a repository's URL. */
function pathOf(url: string): string {
  return /[/:]([^/:]+\/[^/]+?)(?:\.git)?\/?$/.exec(url)?.[1] ?? '';
}

function ownerOf(url: string): string {
  return pathOf(url).split('/')[0] ?? '';
}

/** What a fork that has an identity must not say any more: the sample's own, by file and line. */
export function leftovers(sources: Sources): Problem[] {
  // A fork may have removed the other places that have an identity.
  const repository = textIn(sources, FLEET, URL_OF_FLEET);
  if (repository === undefined || ownerOf(repository) === SAMPLE) return [];
  const files = [
    FLEET,
    SETTINGS,
    RENOVATE,
    ...CODE_OWNERS,
    'clusters/rings.ts',
    ...BACKENDS,
    ...filesOfPins(sources),
    ...clustersIn(sources).flatMap((name) => [clusterFile(name), `clusters/${name}/facts.json`]),
  ];
  return files
    .filter((file) => sources.has(file))
    .flatMap((file) =>
      sources
        .read(file)
        .split('\n')
        .flatMap((line, i) =>
          OF_SAMPLE.test(line)
            ? [
                {
                  what: "this is the sample's, in a repository of your own",
                  file: `${file}:${i + 1}`,
                  seen: line.trim(),
                  fix: 'write who you are there: npx slipway init does it wherever it knows the place',
                },
              ]
            : [],
        ),
    );
}

const SAMPLE = 'example';
const OF_SAMPLE = /\bexample\.(?:com|org)\b|[@"/]example[/"]|"example-?terraform/;
