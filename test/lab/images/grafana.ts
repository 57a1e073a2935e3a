import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { accounts, core, fileOf, PATH, writableByAll, writeTexts } from './debian.ts';
import type { Image, Layer } from './image.ts';
import { NODE, node } from './node.ts';

const HOME = '/usr/share/grafana';

/** What the program imports, which the checkout has for itself. */
const YAML = 'node_modules/js-yaml';
const YAML_FILES = ['package.json', 'dist/js-yaml.mjs'];

const SCRIPTS = ['grafana.mjs', 'grafana-provisioning.mjs'];

/** Upstream's entry point has this name. */
const RUN = `#!${NODE}\nimport('${HOME}/lab/grafana.mjs');\n`;

const program: Layer = {
  name: 'grafana',
  key: ({ checkout }) => [readFileSync(join(checkout, YAML, 'package.json'), 'utf8'), RUN, SCRIPTS.map(fileOf)],
  write(root, { checkout }) {
    for (const file of YAML_FILES) {
      const to = join(root, HOME, 'lab', YAML, file);
      mkdirSync(dirname(to), { recursive: true });
      copyFileSync(join(checkout, YAML, file), to);
    }
    writeTexts(root, Object.fromEntries(SCRIPTS.map((name) => [join(HOME, 'lab', name), fileOf(name)])));
    writeFileSync(join(root, 'run.sh'), RUN, { mode: 0o755 });
    for (const kind of ['datasources', 'dashboards'])
      mkdirSync(join(root, 'etc/grafana/provisioning', kind), { recursive: true });
    writeFileSync(join(root, 'etc/grafana/grafana.ini'), '');
    // Upstream's belong to its user; here all files are root's.
    for (const folder of ['var/lib/grafana', 'var/log/grafana']) writableByAll(join(root, folder));
  },
};

/** A stand-in for Grafana. */
export const grafana: Image = {
  repository: 'grafana/grafana',
  origin: {
    played:
      'a program of ours: it reads grafana.ini and what is provisioned, and ends if a data source or a dashboard is not ' +
      'valid; it serves /api/health and /metrics, lists data sources and dashboards to who signs in, and asks a data ' +
      'source whether it answers. No pages, no queries: it does not prove that a panel shows anything, or that Grafana ' +
      'knows a field',
    because: 'its image cannot be downloaded, and no package registry has its program',
  },
  layers: [core, node, accounts({ name: 'grafana', id: 472, home: HOME }), program],
  config: {
    Entrypoint: ['/run.sh'],
    Env: [
      `PATH=${HOME}/bin:${PATH}`,
      'GF_PATHS_CONFIG=/etc/grafana/grafana.ini',
      'GF_PATHS_DATA=/var/lib/grafana',
      `GF_PATHS_HOME=${HOME}`,
      'GF_PATHS_LOGS=/var/log/grafana',
      'GF_PATHS_PLUGINS=/var/lib/grafana/plugins',
      'GF_PATHS_PROVISIONING=/etc/grafana/provisioning',
    ],
    User: '472',
    WorkingDir: HOME,
  },
};
