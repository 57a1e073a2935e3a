import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Fault } from '../../../charts/fault.ts';
import { parseDockerfile, type Stage, type Step } from '../../offline/images/dockerfile.ts';
import { IGNORED } from '../../offline/images/build.ts';
import { accounts, core, NONROOT, PATH } from './debian.ts';
import type { Image, Layer } from './image.ts';
import { node } from './node.ts';
import { run } from './sources.ts';

/** Executes the Dockerfiles of all services, and prints each one's folder. */
const BUILDER = 'test/offline/images/build.ts';

/** The base image's own variables. */
const BASE_ENV = [`PATH=${PATH}`, 'SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt'];

/** An image for each folder of `apps/` with a Dockerfile, with the files that it copies into its last stage. */
export function serviceImages(checkout: string): readonly Image[] {
  return readdirSync(join(checkout, 'apps'))
    .filter((service) => existsSync(join(checkout, 'apps', service, 'Dockerfile')))
    .sort()
    .map((service) => serviceImage(checkout, service));
}

function serviceImage(checkout: string, service: string): Image {
  const file = `apps/${service}/Dockerfile`;
  const text = readFileSync(join(checkout, file), 'utf8');
  const stages = parseDockerfile(text, file);
  return {
    repository: service,
    origin: { real: `${file}, executed on this machine; its base image is replaced by Debian's libraries and Node` },
    layers: [core, node, accounts(NONROOT), filesOf(service, checkout, text, stages)],
    config: configOf(stages.at(-1)!),
  };
}

function filesOf(service: string, checkout: string, text: string, stages: readonly Stage[]): Layer {
  return {
    name: `service-${service}`,
    key: () => ({ text, context: contextHash(checkout, stages) }),
    async write(root) {
      // Each service's build is kept until one of its inputs changes.
      const built = await run(process.execPath, ['--import', 'tsx', BUILDER], { cwd: checkout });
      const folder = new RegExp(`^${service}: (.+)$`, 'm').exec(built)?.[1];
      if (folder === undefined)
        throw new Fault({
          what: `the image of ${service} was not built`,
          where: BUILDER,
          seen: built.trim(),
          fix: `let it print a line "${service}: <folder>"`,
        });
      await run('cp', ['-a', '--no-preserve=ownership', `${folder}/.`, root]);
    },
  };
}

/** A hash of all files that the Dockerfile copies from the repository. */
function contextHash(checkout: string, stages: readonly Stage[]): string {
  const hash = createHash('sha256');
  for (const step of stages.flatMap(({ steps }) => steps)) {
    if (step.do !== 'copy' || step.from !== undefined) continue;
    for (const path of step.sources.flatMap((source) => filesBelow(checkout, source)))
      hash.update(`\0${path}\0`).update(readFileSync(join(checkout, path)));
  }
  return hash.digest('hex').slice(0, 16);
}

function filesBelow(checkout: string, path: string): string[] {
  if (statSync(join(checkout, path)).isFile()) return [path];
  return readdirSync(join(checkout, path))
    .map((name) => join(path, name))
    .filter((inner) => !IGNORED.test(inner))
    .sort()
    .flatMap((inner) => filesBelow(checkout, inner));
}

/** The configuration that the last stage leaves. */
export function configOf({ steps }: Stage): Image['config'] {
  const all = <D extends Step['do']>(kind: D) => steps.filter((step): step is Step & { do: D } => step.do === kind);
  return {
    Entrypoint: all('entrypoint').at(-1)?.command ?? [],
    Env: [...BASE_ENV, ...all('env').map(({ name, value }) => `${name}=${value}`)],
    User: all('user').at(-1)?.user,
    WorkingDir: all('workdir').at(-1)?.path,
  };
}
