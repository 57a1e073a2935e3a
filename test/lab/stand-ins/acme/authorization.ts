import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { Problem } from './jws.ts';

/** How a server of the Internet sees names. */
export interface Validation {
  /**
   * Body that `http://NAME:80/PATH` answers from outside.
   *
   * @throws Error saying what was seen
   */
  http(name: string, path: string): Promise<string>;
  /**
   * Contents of the TXT records of a name, each with its strings joined; empty if there are none.
   *
   * @throws Error if the query fails
   */
  txt(name: string): Promise<readonly string[]>;
}

/** A way to prove the control of a name. Of a wildcard only `dns-01` does. */
export type ChallengeType = 'http-01' | 'dns-01';

/** A challenge (RFC 8555, section 7.1.5). */
export interface Challenge {
  readonly type: ChallengeType;
  readonly token: string;
  status: 'pending' | 'processing' | 'valid' | 'invalid';
  /** Time of validation, RFC 3339. */
  validated?: string;
  error?: Problem;
}

/** An account's authorization to order certificates of a name (RFC 8555, section 7.1.4). */
export class Authorization {
  /** As ordered: a wildcard begins with `*.`. */
  readonly name: string;
  status: 'pending' | 'valid' | 'invalid';
  private readonly expires: string;
  private readonly challenges: readonly Challenge[];

  /**
   * @param expires RFC 3339
   * @param validated true if it is valid from the start
   */
  constructor(name: string, expires: string, validated: boolean) {
    this.name = name;
    this.expires = expires;
    this.status = validated ? 'valid' : 'pending';
    const types: readonly ChallengeType[] = this.wildcard ? ['dns-01'] : ['http-01', 'dns-01'];
    // 128 bits of entropy is the least that RFC 8555, section 11.3, allows.
    const token = (): string => randomBytes(16).toString('base64url');
    this.challenges = validated ? [] : types.map((type) => ({ type, token: token(), status: 'pending' }));
  }

  /** Types of the challenges that were fulfilled. */
  get fulfilled(): readonly ChallengeType[] {
    return this.challenges.filter(({ status }) => status === 'valid').map(({ type }) => type);
  }

  /** A challenge by its type, or undefined. */
  challenge(type: string): Challenge | undefined {
    return this.challenges.find((challenge) => challenge.type === type);
  }

  /**
   * As in a response.
   *
   * @param url returns the URL of a challenge
   */
  body(url: (type: ChallengeType) => string): unknown {
    return {
      status: this.status,
      expires: this.expires,
      identifier: { type: 'dns', value: this.domain },
      ...(this.wildcard && { wildcard: true }),
      challenges: this.challenges.map((challenge) => ({ ...challenge, url: url(challenge.type) })),
    };
  }

  /**
   * Validates a challenge, unless that was begun already: it is `processing` at once, and `valid` or `invalid`, like
   * the authorization, when the promise resolves.
   *
   * @param thumbprint of the account's key
   * @param retryDelaysMs delays before further attempts (RFC 8555, section 8.2)
   */
  async validate(
    challenge: Challenge,
    thumbprint: string,
    validation: Validation,
    retryDelaysMs: readonly number[],
  ): Promise<void> {
    if (challenge.status !== 'pending' || this.status !== 'pending') return;
    challenge.status = 'processing';
    // RFC 8555, section 8.1.
    const keyAuthorization = `${challenge.token}.${thumbprint}`;
    const attempt = (): Promise<Problem | undefined> =>
      challenge.type === 'dns-01'
        ? overDns(this.domain, keyAuthorization, validation)
        : overHttp(this.domain, challenge.token, keyAuthorization, validation);
    let problem = await attempt();
    for (const delay of retryDelaysMs) {
      if (problem === undefined) break;
      await wait(delay, undefined, { ref: false });
      problem = await attempt();
    }
    if (problem === undefined) challenge.validated = new Date().toISOString();
    else challenge.error = problem;
    challenge.status = problem === undefined ? 'valid' : 'invalid';
    // Both challenges may be validated at the same time; the first to end decides.
    if (this.status === 'pending') this.status = challenge.status;
  }

  private get wildcard(): boolean {
    return this.name.startsWith('*.');
  }

  /** A wildcard is authorized by its base domain. */
  private get domain(): string {
    return this.name.replace(/^\*\./, '');
  }
}

/** Validates `http-01` (RFC 8555, section 8.3). */
async function overHttp(
  domain: string,
  token: string,
  keyAuthorization: string,
  validation: Validation,
): Promise<Problem | undefined> {
  const path = `/.well-known/acme-challenge/${token}`;
  let body: string;
  try {
    body = await validation.http(domain, path);
  } catch (error) {
    return new Problem('connection', `http://${domain}${path}: ${messageOf(error)}`);
  }
  // White space at the end of the body is ignored.
  if (body.trimEnd() === keyAuthorization) return undefined;
  const seen = JSON.stringify(body.slice(0, 100));
  return new Problem('unauthorized', `http://${domain}${path}: expected "${keyAuthorization}", saw ${seen}`, 403);
}

/** Validates `dns-01` (RFC 8555, section 8.4). */
async function overDns(domain: string, keyAuthorization: string, validation: Validation): Promise<Problem | undefined> {
  const name = `_acme-challenge.${domain}`;
  const expected = createHash('sha256').update(keyAuthorization).digest('base64url');
  let contents: readonly string[];
  try {
    contents = await validation.txt(name);
  } catch (error) {
    return new Problem('dns', `TXT ${name}: ${messageOf(error)}`);
  }
  if (contents.includes(expected)) return undefined;
  const seen = contents.map((content) => JSON.stringify(content)).join(', ') || 'no record';
  return new Problem('unauthorized', `TXT ${name}: expected "${expected}", saw ${seen}`, 403);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
