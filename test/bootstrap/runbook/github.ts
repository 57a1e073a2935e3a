import { execFileSync } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { type Command, type Given, need, option, query } from './command.ts';
import type { Program, Remote, World } from './world.ts';

const DOCS = 'https://cli.github.com/manual';

/** Stands in for GitHub's command line; what it makes is a bare repository. */
export function gh(world: World): Program {
  const commands: Command[] = [
    {
      words: 'auth login',
      source: `${DOCS}/gh_auth_login`,
      options: { '--git-protocol': 'optional', '--scopes': 'optional' },
      run: ({ options }) => {
        world.scopes = new Set(options.get('--scopes')?.split(','));
      },
    },
    { words: 'auth token', source: `${DOCS}/gh_auth_token`, run: () => 'gho_token\n' },
    {
      words: 'repo create',
      source: `${DOCS}/gh_repo_create`,
      options: {
        '--private': 'flag',
        '--public': 'flag',
        '--source': 'optional',
        '--remote': 'optional',
        '--push': 'flag',
      },
      arguments: 1,
      run: (given, { folder }) => {
        const { options, words } = given;
        need(options.has('--private') !== options.has('--public'), '`--public` or `--private` required');
        const git = (...args: readonly string[]): void => {
          execFileSync('git', args, { cwd: join(folder, option(given, '--source')), stdio: 'pipe' });
        };
        git('init', '--quiet', '--bare', '--initial-branch=main', world.bare);
        git('remote', 'add', option(given, '--remote'), world.bare);
        need(options.has('--push'), 'the repository on GitHub is empty');
        need(
          world.scopes?.has('workflow'),
          'refusing to allow an OAuth App to create workflows without `workflow` scope',
        );
        git('push', '--quiet', '--set-upstream', option(given, '--remote'), 'HEAD');
        world.remote = {
          name: words[0] ?? '',
          isPrivate: options.has('--private'),
          variables: new Map(),
          secrets: new Map(),
        };
      },
    },
    {
      words: 'variable set',
      source: `${DOCS}/gh_variable_set`,
      options: { '--body': 'optional', '--repo': 'optional' },
      arguments: 1,
      run: (given) => put(world, 'variables', given, option(given, '--body')),
    },
    {
      words: 'variable get',
      source: `${DOCS}/gh_variable_get`,
      options: { '--repo': 'optional' },
      arguments: 1,
      run: (given) => {
        const value = remoteOf(world, given).variables.get(given.words[0] ?? '');
        need(value !== undefined, `variable ${given.words[0]} was not found`);
        return `${value}\n`;
      },
    },
    {
      words: 'secret set',
      source: `${DOCS}/gh_secret_set`,
      options: { '--repo': 'optional' },
      arguments: 1,
      run: (given, { stdin }) => put(world, 'secrets', given, stdin),
    },
    {
      words: 'api',
      source: `${DOCS}/gh_api`,
      options: { '--jq': 'optional' },
      arguments: 1,
      run: (given) => {
        const [path = ''] = given.words;
        const body = answer(world, path);
        need(body !== undefined, `gh: Not Found (HTTP 404): ${path}`);
        const filter = given.options.get('--jq');
        return `${filter === undefined ? JSON.stringify(body) : String(query(body, filter.replace(/^\./, '')))}\n`;
      },
    },
  ];
  return {
    commands,
    common: {},
    run: (command, given, call) => {
      if (command.words !== 'auth login')
        need(world.scopes, 'To get started with GitHub CLI, please run:  gh auth login', 4);
      return (command.run(given, call) as string | undefined) ?? '';
    },
  };
}

function remoteOf({ remote }: World, given: Given): Remote {
  const asked = option(given, '--repo');
  need(remote?.name === asked, `HTTP 404: Not Found (${asked})`);
  return remote;
}

/** Sets a variable or a secret, which a workflow has to read. */
function put(world: World, kind: 'variables' | 'secrets', given: Given, value: string): void {
  const [name = ''] = given.words;
  need(world.namesInWorkflows(kind === 'variables' ? 'vars' : 'secrets').has(name), `no workflow reads ${name}`);
  need(value.trim() !== '', `the value of ${name} is empty`);
  remoteOf(world, given)[kind].set(name, value);
}

/** What GitHub's API says of a new repository. */
function answer(world: World, path: string): unknown {
  const { remote } = world;
  if (remote === undefined || !path.startsWith(`repos/${remote.name}/`)) return undefined;
  const variables = [...remote.variables].map(([name, value]) => ({ name, value }));
  const [owner = '', name = ''] = remote.name.split('/');
  const known: Readonly<Record<string, unknown>> = {
    'rules/branches/main?per_page=100': [],
    'codeowners/errors?ref=main': { errors: [] },
    'actions/permissions/workflow': { default_workflow_permissions: 'read', can_approve_pull_request_reviews: false },
    'actions/variables?per_page=100': { variables },
    'actions/organization-variables?per_page=100': { variables: [] },
    'actions/oidc/customization/sub': { use_default: true, sub_claim_prefix: `repo:${owner}@1/${name}@2` },
  };
  return known[path.slice(`repos/${remote.name}/`.length)];
}

/** Serves that API on loopback, for what asks it without the command line. */
export async function serveGitHub(world: World): Promise<Server> {
  const server = createServer((request, response) => {
    const body = answer(world, (request.url ?? '').slice(1));
    response
      .writeHead(body === undefined ? 404 : 200, { 'content-type': 'application/json' })
      .end(JSON.stringify(body ?? { message: 'Not Found' }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
