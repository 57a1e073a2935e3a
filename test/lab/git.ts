import { execFileSync, spawn } from 'node:child_process';
import { existsSync, type FSWatcher, mkdirSync, readFileSync, watch, writeFileSync } from 'node:fs';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { Fault } from '../../charts/fault.ts';

/** Git without the user's configuration: no signing, hooks or identity. */
const CLEAN = {
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  ...Object.fromEntries(
    ['AUTHOR', 'COMMITTER'].flatMap((who) => [
      [`GIT_${who}_NAME`, 'Slipway lab'],
      [`GIT_${who}_EMAIL`, 'lab@localhost'],
    ]),
  ),
};

/** The file that lists what was pushed. */
const PUSHED = 'pushed';

/** What stands for a branch that was not there, or is no longer. */
const NONE = /^0+$/;

/** What Git runs after a push: it lists what was pushed, a branch a line. */
const HOOK = `#!/bin/sh\ncat >>${PUSHED}\n`;

/** What a push changed on a branch. */
export interface Push {
  readonly branch: string;
  readonly before: string;
  readonly after: string;
  /** Paths in the repository. */
  readonly changed: readonly string[];
}

/** The lab's Git hosts: bare repositories in a folder, served by Git's HTTP backend. */
export class GitHosts {
  private readonly folder: string;
  private readonly watchers: FSWatcher[] = [];

  /** @param folder contains `<host>/<path of the repository's URL>` */
  constructor(folder: string) {
    this.folder = folder;
  }

  /** Folder of a repository by its HTTPS URL. */
  pathOf(url: string): string {
    return join(this.folder, ...placeOf(url));
  }

  /** Creates an empty bare repository for an HTTPS URL. @returns its folder */
  create(url: string, branch: string): string {
    const path = this.pathOf(url);
    mkdirSync(path, { recursive: true });
    git(path, 'init', '--quiet', '--bare', '--initial-branch', branch, '.');
    // Argo CD fetches commits by id; a clone in CI may be shallow.
    for (const [key, value] of [
      ['uploadpack.allowAnySHA1InWant', 'true'],
      ['receive.shallowUpdate', 'true'],
      ['gc.auto', '0'],
      // Not the hooks of whoever pushes.
      ['core.hooksPath', 'hooks'],
    ] as const)
      git(path, 'config', key, value);
    mkdirSync(join(path, 'hooks'), { recursive: true });
    writeFileSync(join(path, 'hooks', 'post-receive'), HOOK, { mode: 0o755 });
    writeFileSync(join(path, PUSHED), '');
    return path;
  }

  /**
   * Creates a repository with one commit that contains a folder's content; one that is there gets another tag on it.
   *
   * @returns the commit
   */
  publish(url: string, tag: string, content: string): string {
    const path = this.pathOf(url);
    if (!existsSync(path)) {
      this.create(url, 'main');
      git(path, `--work-tree=${content}`, 'add', '--all', '--force', '.');
      git(path, `--work-tree=${content}`, 'commit', '--quiet', '--message', tag);
    }
    git(path, 'tag', '--force', tag);
    return git(path, 'rev-parse', 'HEAD').trim();
  }

  /** Calls `pushed` after each push, for each of its branches. */
  onPush(repository: string, pushed: (push: Push) => void): void {
    const file = join(repository, PUSHED);
    const lines = (): string[] => (existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : []);
    let read = lines().length;
    this.watchers.push(
      watch(file, () => {
        const now = lines();
        for (const line of now.slice(read)) {
          const [before = '', after = '', ref = ''] = line.split(' ');
          if (!ref.startsWith('refs/heads/') || NONE.test(after)) continue;
          pushed({
            branch: ref.slice('refs/heads/'.length),
            before,
            after,
            changed: changed(repository, before, after),
          });
        }
        read = Math.max(read, now.length);
      }),
    );
  }

  /** Host of a repository's URL. */
  static hostOf(url: string): string {
    return placeOf(url)[0];
  }

  /** Serves the repositories of one host. */
  handler(host: string): RequestListener {
    return (req, res) => this.serve(join(this.folder, host), req, res);
  }

  close(): void {
    for (const watcher of this.watchers) watcher.close();
  }

  /** Handles a request with `git http-backend`, a CGI program (RFC 3875). */
  private serve(root: string, req: IncomingMessage, res: ServerResponse): void {
    const [path = '', query = ''] = (req.url ?? '').split('?');
    const backend = spawn('git', ['http-backend'], {
      env: {
        ...process.env,
        ...CLEAN,
        GIT_PROJECT_ROOT: root,
        GIT_HTTP_EXPORT_ALL: '1',
        PATH_INFO: path.endsWith('.git') || path.includes('.git/') ? path : path.replace(/^(\/[^/]+\/[^/]+)/, '$1.git'),
        QUERY_STRING: query,
        REQUEST_METHOD: req.method ?? 'GET',
        CONTENT_TYPE: req.headers['content-type'] ?? '',
        HTTP_CONTENT_ENCODING: req.headers['content-encoding'] ?? '',
        GIT_PROTOCOL: String(req.headers['git-protocol'] ?? ''),
      },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    backend.stdin.on('error', () => undefined);
    // A client that was killed reads nothing more and ends no request: this process would wait for both for ever.
    res.on('close', () => backend.kill());
    req.pipe(backend.stdin);
    let head = Buffer.alloc(0);
    const onData = (part: Buffer): void => {
      head = Buffer.concat([head, part]);
      const end = head.indexOf('\r\n\r\n');
      if (end < 0) return;
      backend.stdout.off('data', onData);
      const headers = Object.fromEntries(
        head
          .subarray(0, end)
          .toString()
          .split('\r\n')
          .map((line) => line.split(/: (.*)/s, 2) as [string, string]),
      );
      res.writeHead(Number.parseInt(headers['Status'] ?? '200', 10), headers);
      res.write(head.subarray(end + 4));
      backend.stdout.pipe(res);
    };
    backend.stdout.on('data', onData);
    backend.on('error', () => res.writeHead(500).end());
    backend.on('close', () => res.end());
  }
}

/** Runs Git in a folder. @returns its output @throws Error with Git's message */
export function git(folder: string, ...args: readonly string[]): string {
  return execFileSync('git', args, {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, ...CLEAN },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function changed(repository: string, before: string, after: string): string[] {
  const args = NONE.test(before) ? ['ls-tree', '-r', after] : ['diff', before, after];
  return git(repository, ...args, '--name-only', '-z')
    .split('\0')
    .filter(Boolean);
}

/** Host and path of a repository's URL, as folder names. */
function placeOf(url: string): [string, string] {
  const { protocol, host, pathname } = URL.canParse(url) ? new URL(url) : { protocol: '', host: '', pathname: '' };
  if (protocol !== 'https:')
    throw new Fault({
      what: 'the lab serves Git over HTTPS only',
      where: 'a repository URL',
      seen: url,
      fix: 'use the https:// URL of the repository',
    });
  return [host, `${pathname.replace(/\.git$/, '')}.git`];
}
