import { execFileSync } from 'node:child_process';
import { Fault } from '../../charts/fault.ts';
import type { Repository } from '../../charts/applications.ts';

/** A repository on GitHub, and how its REST API is reached. */
export interface Place {
  /** `owner/name`. */
  readonly name: string;
  /** The API's address, without a slash at the end. */
  readonly api: string;
}

/** An answer: what there is; or why there is none. */
export type Answer = { readonly body: unknown } | { readonly absent: string };

/** Answers of the REST API to GET requests, by paths below `repos/OWNER/NAME/`. */
export type Ask = (path: string) => Promise<Answer>;

/** So long GitHub may take to answer. */
const TIMEOUT_MS = 20_000;

/**
 * Where the repository of a fleet is on GitHub: by its URL, with HTTPS or SSH. Undefined elsewhere.
 *
 * @param api the address of the API, for a server of one's own
 */
export function placeOf({ url }: Pick<Repository, 'url'>, api?: string): Place | undefined {
  const [, host, name] =
    /^(?:https:\/\/|ssh:\/\/(?:git@)?|git@)([^/:]+)[/:]([\w.-]+\/[\w.-]+?)(?:\.git)?\/?$/.exec(url) ?? [];
  if (name === undefined) return undefined;
  if (api !== undefined) return { name, api: api.replace(/\/$/, '') };
  return host === 'github.com' ? { name, api: 'https://api.github.com' } : undefined;
}

/** The token that the environment has, or the command gh; undefined if none has one. */
export function tokenOf(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const given = env['GH_TOKEN'] || env['GITHUB_TOKEN'];
  if (given) return given;
  try {
    return (
      execFileSync('gh', ['auth', 'token'], {
        encoding: 'utf8',
        env,
        stdio: ['ignore', 'pipe', 'ignore'],
        timeout: TIMEOUT_MS,
      }).trim() || undefined
    );
  } catch {
    // It is not installed, or nobody has signed in.
    return undefined;
  }
}

/** Asks GitHub. What it does not show to this token is absent, with its reason; 404 may mean the same. */
export function asker({ name, api }: Place, token: string): Ask {
  return async (path) => {
    const url = `${api}/repos/${name}${path === '' ? '' : `/${path}`}`;
    const response = await fetch(url, {
      headers: {
        accept: 'application/vnd.github+json',
        authorization: `Bearer ${token}`,
        'x-github-api-version': '2022-11-28',
      },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).catch((error: unknown) => {
      throw new Fault({
        what: 'GitHub does not answer',
        where: url,
        seen: causeOf(error),
        fix: 'ask again, with --offline for what the repository itself says, or with GITHUB_API_URL for a server of your own',
      });
    });
    const text = await response.text();
    if (response.status === 401)
      throw new Fault({
        what: 'GitHub refuses the token',
        where: url,
        seen: '401',
        fix: '`gh auth login`, or a new GH_TOKEN',
      });
    const body: unknown = response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text;
    if (response.ok) return { body };
    return { absent: `${response.status} ${messageOf(body)}`.trim() };
  };
}

function messageOf(body: unknown): string {
  return typeof body === 'object' && body !== null && 'message' in body ? String(body.message) : '';
}

function causeOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? `${message}: ${cause.message}` : message;
}
