import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { type FactsSource, factsSourceOf, needsFacts } from '../charts/cloud/clouds.ts';
import { Fault, inCluster, throwIfAny } from '../charts/fault.ts';
import { renderCluster } from '../charts/render/render.ts';
import { awaitDist, compareDist, type DistChanges } from './dist.ts';
import { CLUSTER_NAME, requireName } from './facts-owner.ts';
import { chooseClusters, FACTS_GUIDE, factsFile, loadCluster, loadSettings } from './load.ts';
import { type Shown, shownAs } from './output.ts';
import type { Workspace } from './synth.ts';

/** The output of `terraform output -json`. */
const outputsSchema = z.record(z.string(), z.object({ sensitive: z.boolean(), value: z.unknown() }));

/**
 * `slipway facts CLUSTER`: writes facts.json from the outputs of the cluster's Terraform root, and lists what changes
 * there and, once rendered, in dist. Nothing is written unless the cluster renders with the new facts.
 *
 * @param from a file with the output of `terraform output -json`, `-` for standard input; undefined runs the command
 * @throws Fault naming every output that is missing, unknown or invalid
 */
export async function facts(
  workspace: Workspace,
  name: string,
  { from, ...shown }: Shown & { readonly from?: string },
): Promise<string> {
  return shownAs(await writeFacts(workspace, name, from), textOf, shown);
}

/** What `slipway facts` has written, and what that changes. */
export interface Written extends DistChanges {
  readonly cluster: string;
  /** The file of its facts. */
  readonly file: string;
  /** Names of the facts that it has otherwise than before. */
  readonly facts: readonly string[];
}

async function writeFacts(workspace: Workspace, name: string, from: string | undefined): Promise<Written> {
  const { root, dist } = workspace;
  chooseClusters(root, [name]);
  const { cloud } = await loadSettings(root, name, workspace.importer);
  const outputs = from === undefined ? run(root, name, factsSourceOf(cloud)) : read(from);
  const value = valuesOf(outputs);
  if (factsSourceOf(cloud) === 'terraform' && needsFacts(cloud)) requireName(name, value, outputs.from);
  const cluster = await loadCluster(root, name, workspace.importer, { value, from: outputs.from });
  const { files } = inCluster(name, () => renderCluster(cluster, workspace.repository));
  const rendered = new Map([...files].map(([path, text]) => [join(name, path), text]));
  const file = factsFile(name);
  const now = { [CLUSTER_NAME]: name, ...cluster.facts };
  const changed = changes(before(join(root, file)), now);
  if (changed.length > 0) write(root, file, now);
  await awaitDist(dist);
  return { cluster: name, file, facts: changed, ...compareDist(dist, rendered, [name]) };
}

function textOf({ cluster, file, facts: changed, missing, stale, extra }: Written): string {
  const plan = [
    ...missing.map((path) => `  add:    ${path}`),
    ...stale.map((path) => `  change: ${path}`),
    ...extra.map((path) => `  remove: ${path}`),
  ];
  return [
    `${file}: ${changed.length === 0 ? 'unchanged' : `wrote ${changed.join(', ')}`}`,
    plan.length === 0
      ? `dist/${cluster}: no changes`
      : `dist/${cluster}, by \`npm run synth -- ${cluster}\`:\n${plan.join('\n')}`,
  ].join('\n');
}

type Facts = Readonly<Record<string, unknown>>;

/** The outputs as JSON, and their source for messages. */
interface Outputs {
  readonly text: string;
  readonly from: string;
}

/** Runs Terraform. @throws Fault if the cluster has no Terraform root, or its outputs cannot be read */
function run(root: string, name: string, source: FactsSource): Outputs {
  const folder = join('bootstrap', 'roots', name);
  if (!existsSync(join(root, folder)))
    throw new Fault({
      what: `cluster ${name} has no Terraform root`,
      file: folder,
      fix: {
        terraform: 'create it as described in docs/runbooks/new-environment.md, or pass the outputs with --from',
        people: `people write its facts: edit ${factsFile(name)} as described in ${FACTS_GUIDE}, or pass outputs with --from`,
      }[source],
    });
  const from = `terraform -chdir=${folder} output -json`;
  const { status, error, stdout, stderr } = spawnSync(
    'terraform',
    [`-chdir=${join(root, folder)}`, 'output', '-json', '-no-color'],
    { encoding: 'utf8' },
  );
  if (status !== 0) {
    throw new Fault({
      what: "Terraform's outputs cannot be read",
      where: from,
      seen: error ? error.message : stderr.trim(),
      fix: error
        ? 'install Terraform, or pass its outputs with --from'
        : 'log in to the cloud, run `terraform init` there, and try again',
    });
  }
  return { text: stdout, from };
}

function read(from: string): Outputs {
  try {
    return { text: decoded(readFileSync(from === '-' ? 0 : from)), from: from === '-' ? 'standard input' : from };
  } catch (error) {
    throw new Fault({
      what: "Terraform's outputs cannot be read",
      where: from,
      seen: (error as Error).message,
      fix: 'pass a file with the output of `terraform output -json`',
    });
  }
}

/** PowerShell redirects into UTF-16, with a byte order mark, which a decoder takes away. */
function decoded(bytes: Buffer): string {
  return new TextDecoder(bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-8').decode(bytes);
}

function valuesOf({ text, from }: Outputs): Facts {
  const outputs = outputsSchema.safeParse(parsed(text));
  if (!outputs.success) {
    throw new Fault({
      what: 'this is not the output of `terraform output -json`',
      where: from,
      seen: text.slice(0, 60).split('\n')[0],
      fix: 'pass its complete output: an object with sensitive, type and value for each name',
    });
  }
  // facts.json is committed.
  throwIfAny(
    Object.entries(outputs.data).flatMap(([name, { sensitive }]) =>
      sensitive
        ? [
            {
              what: `output "${name}" is sensitive`,
              where: from,
              fix: 'a secret is not a fact: store it in the secret store, and remove the output',
            },
          ]
        : [],
    ),
  );
  return Object.fromEntries(Object.entries(outputs.data).map(([name, { value }]) => [name, value]));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The current facts; none if the file does not exist or is not JSON, since it is replaced. */
function before(file: string): Facts {
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) ?? {}) as Facts;
  } catch {
    return {};
  }
}

/** Names of facts that are added, changed or removed. */
function changes(old: Facts, now: Facts): string[] {
  return [...new Set([...Object.keys(now), ...Object.keys(old)])].filter(
    (name) => !isDeepStrictEqual(old[name], now[name]),
  );
}

/** Writes the file atomically. @throws Fault if that fails; the file is then as before */
function write(root: string, file: string, now: Facts): void {
  const written = join(root, `${file}.new`);
  try {
    writeFileSync(written, `${JSON.stringify(now, null, 2)}\n`);
    renameSync(written, join(root, file));
  } catch (error) {
    rmSync(written, { force: true });
    throw new Fault({
      what: 'the facts cannot be written; they are unchanged',
      file,
      seen: (error as Error).message,
      fix: 'make the file and its folder writable, and free disk space, then run it again',
    });
  }
}
