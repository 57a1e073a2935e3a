#!/usr/bin/env node
// Stands in for Terraform and a registry of providers, where none can be reached: it chooses versions as `terraform init` does, from
// $REGISTRY, and takes only the calls below. The configuration is not valid with the versions in $BROKEN. It does not read schemas.
import { appendFileSync, existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const fail = (message) => {
  process.stderr.write(`Error: ${message}\n`);
  process.exit(1);
};
const [chdir = '', ...call] = process.argv.slice(2);
const folder = resolve(chdir.replace(/^-chdir=/, ''));
if (!chdir.startsWith('-chdir=') || !existsSync(folder)) fail(`no folder: ${chdir}`);
const { REGISTRY, BROKEN = '', CALLS, TF_DATA_DIR, TF_PLUGIN_CACHE_DIR } = process.env;
if (!existsSync(TF_DATA_DIR ?? '') || !existsSync(TF_PLUGIN_CACHE_DIR ?? '')) fail('its folders must be there');

const text = (at) =>
  readdirSync(at)
    .flatMap((file) => (file.endsWith('.tf') ? [readFileSync(join(at, file), 'utf8')] : []))
    .join('\n');

/** Constraints by the source of a provider, of a folder and the modules that it calls. */
function constraints(at, found = new Map()) {
  for (const [block] of text(at).matchAll(/^ {2}required_providers \{[^]*?^ {2}\}/gm))
    for (const [, source, rest] of block.matchAll(/source *= "(\S+)"([^}]*)\}/g))
      found.set(source, [...(found.get(source) ?? []), ...(/version *= "(.+)"/.exec(rest)?.slice(1) ?? [])]);
  for (const [, called] of text(at).matchAll(/^ {2}source *= "(\..+)"/gm)) constraints(join(at, called), found);
  return found;
}

function admits(constraint, version) {
  const [, range, wanted] =
    /^(~> )?(\d+(?:\.\d+)+)$/.exec(constraint) ?? fail(`Invalid version constraint: ${constraint}`);
  const [parts, others] = [wanted, version].map((one) => one.split('.').map(Number));
  if (!range) return version === wanted;
  const last = parts.length - 1;
  return parts.every((part, i) => (i < last ? others[i] === part : others[i] >= part));
}

const newer = (one, other) => one.localeCompare(other, 'en', { numeric: true });
const lock = join(folder, '.terraform.lock.hcl');
const initialized = join(TF_DATA_DIR, 'providers.json');

function init() {
  if (existsSync(lock)) fail('a lock file holds versions back');
  const chosen = [...constraints(folder)].map(([source, wanted]) => {
    const version = (JSON.parse(REGISTRY)[source] ?? [])
      .filter((one) => wanted.every((constraint) => admits(constraint, one)))
      .toSorted(newer)
      .at(-1);
    if (version === undefined) fail(`no available releases of ${source} match ${wanted.join(', ')}`);
    const cached = join(TF_PLUGIN_CACHE_DIR, `${source}_${version}`.replace('/', '_'));
    if (!existsSync(cached)) appendFileSync(CALLS, `download ${source} ${version}\n`);
    writeFileSync(cached, '');
    return { source, version };
  });
  const block = ({ source, version }) =>
    `provider "registry.terraform.io/${source}" {\n  version     = "${version}"\n  hashes = [\n  ]\n}\n`;
  writeFileSync(lock, `# Made by terraform init.\n\n${chosen.map(block).join('\n')}`);
  writeFileSync(initialized, JSON.stringify({ folder, chosen }));
}

function check(name) {
  const { folder: of, chosen } = existsSync(initialized) ? JSON.parse(readFileSync(initialized, 'utf8')) : {};
  if (of !== folder) fail('Module not installed: run "terraform init"');
  appendFileSync(CALLS, `${name} ${chdir.slice('-chdir='.length)}\n`);
  const broken = chosen.find(({ source, version }) => BROKEN.split(',').includes(`${source} ${version}`));
  if (broken) fail(`Unsupported argument, by ${broken.source} ${broken.version}`);
}

const calls = {
  'init -backend=false -input=false': init,
  'validate -no-color': () => check('validate'),
  'test -no-color': () => check('test'),
};
(calls[call.join(' ')] ?? (() => fail(`unknown call: terraform ${call.join(' ')}`)))();
