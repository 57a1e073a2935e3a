// What Grafana is given in files: settings, data sources and dashboards, with the checks that the lab makes of them.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';

/** Data sources that Grafana has by itself. */
const BUILT_IN = ['grafana', '-- Grafana --', '-- Mixed --', '-- Dashboard --'];

/** The most characters that the identifier of a dashboard or a data source may have. */
const UID_LENGTH = 40;

/** Reads settings: an environment variable, the file that one names, or grafana.ini, in this order. */
export function settings(env, ini) {
  const sections = parseIni(ini);
  return (section, key, standard = '') => {
    const variable = `GF_${section}_${key}`.toUpperCase().replaceAll(/[.-]/g, '_');
    const file = env[`${variable}__FILE`];
    const value = env[variable] ?? (file && readFileSync(file, 'utf8')) ?? sections[section]?.[key] ?? standard;
    return interpolate(value, env);
  };
}

/** Data sources and dashboards below a folder. @throws Error that names everything that is wrong */
export function provisioned(folder, env) {
  const wrong = [];
  const attempt = (where, work) => {
    try {
      return work();
    } catch (error) {
      wrong.push(`${where}: ${error.message}`);
      return undefined;
    }
  };
  const documents = (kind, list) =>
    filesOf(join(folder, kind), /\.ya?ml$/).flatMap(
      (file) =>
        attempt(file, () => {
          const found = load(readFileSync(file, 'utf8'));
          if (found?.apiVersion !== 1) throw new Error('it needs apiVersion: 1');
          return (found[list] ?? []).map((one) => interpolated(one, env));
        }) ?? [],
    );
  const sources = documents('datasources', 'datasources');
  for (const source of sources) attempt(`data source ${source.name ?? ''}`, () => checkSource(source));
  for (const twin of repeated(sources, 'name')) wrong.push(`two data sources are named ${twin}`);
  for (const twin of repeated(sources, 'uid')) wrong.push(`two data sources have the uid ${twin}`);
  if (sources.filter(({ isDefault }) => isDefault).length > 1) wrong.push('more than one data source is the default');
  const dashboards = documents('dashboards', 'providers').flatMap((provider) =>
    (attempt(`dashboard provider ${provider.name ?? ''}`, () => filesOf(pathOf(provider), /\.json$/, true)) ?? []).map(
      (file) => attempt(file, () => checkedDashboard(JSON.parse(readFileSync(file, 'utf8')), sources)),
    ),
  );
  const valid = dashboards.filter(Boolean);
  for (const twin of repeated(valid, 'uid')) wrong.push(`two dashboards have the uid ${twin}`);
  if (wrong.length > 0) throw new Error(wrong.join('\n'));
  return { sources, dashboards: valid };
}

function checkSource({ name, type, uid, url }) {
  if (!name || !type) throw new Error('it needs a name and a type');
  checkUid(uid);
  if (url !== undefined) void new URL(url);
}

function checkedDashboard(dashboard, sources) {
  if (typeof dashboard?.title !== 'string' || dashboard.title === '') throw new Error('it needs a title');
  if (dashboard.panels !== undefined && !Array.isArray(dashboard.panels)) throw new Error('panels must be a list');
  checkUid(dashboard.uid);
  const known = new Set([...BUILT_IN, ...sources.flatMap(({ uid, name }) => [uid, name])]);
  for (const source of sourcesIn(dashboard))
    if (!source.startsWith('$') && !known.has(source)) throw new Error(`there is no data source ${source}`);
  return dashboard;
}

function checkUid(uid) {
  if (uid === undefined || (/^[a-zA-Z0-9_-]+$/.test(uid) && uid.length <= UID_LENGTH)) return;
  throw new Error(`the uid ${uid} is not of at most ${UID_LENGTH} letters, digits, - and _`);
}

/** Names or identifiers of the data sources that a dashboard asks. */
function sourcesIn(value) {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    if (key !== 'datasource' || inner === null) return sourcesIn(inner);
    const source = typeof inner === 'string' ? inner : inner.uid;
    return source === undefined ? [] : [source];
  });
}

function pathOf({ name, type = 'file', options }) {
  if (!name || type !== 'file' || !options?.path) throw new Error('it needs a name, type: file and options.path');
  return options.path;
}

/** Files of a folder, without hidden ones: the folders behind the links of a mounted ConfigMap are. */
function filesOf(folder, pattern, recursive = false) {
  return readdirSync(folder)
    .filter((name) => !name.startsWith('.'))
    .sort()
    .flatMap((name) => {
      const path = join(folder, name);
      if (statSync(path).isDirectory()) return recursive ? filesOf(path, pattern, true) : [];
      return pattern.test(name) ? [path] : [];
    });
}

/** Values of a field that more than one has. */
function repeated(all, field) {
  const values = all.map((one) => one[field]);
  return new Set(values.filter((value, i) => value !== undefined && values.indexOf(value) !== i));
}

function interpolated(value, env) {
  if (typeof value === 'string') return interpolate(value, env);
  if (Array.isArray(value)) return value.map((one) => interpolated(one, env));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, interpolated(one, env)]));
}

/** Replaces `$__file{…}`, `$__env{…}`, `${…}` and `$…`; two dollar signs are one. */
function interpolate(text, env) {
  return text.replaceAll(
    /\$\$|\$__file\{([^}]+)\}|\$(?:__env)?\{(\w+)\}|\$([A-Za-z_]\w*)/g,
    (whole, file, braced, bare) => {
      if (whole === '$$') return '$';
      return file === undefined ? (env[braced ?? bare] ?? '') : readFileSync(file, 'utf8').trim();
    },
  );
}

function parseIni(text) {
  const sections = {};
  let section = '';
  for (const line of text.split('\n').map((one) => one.trim())) {
    section = /^\[(.+)\]$/.exec(line)?.[1] ?? section;
    const [, key, value] = /^([^#;[=]+?)\s*=\s*(.*)$/.exec(line) ?? [];
    if (key !== undefined) (sections[section] ??= {})[key] = value;
  }
  return sections;
}
