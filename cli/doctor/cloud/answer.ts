import type { z } from 'zod';
import type { Finding } from '../finding.ts';
import type { ProgramName, Run } from './program.ts';

/** A question to a cloud, which changes nothing there. */
export interface Question<T> {
  readonly args: readonly string[];
  /** What of the answer is needed. */
  readonly schema: z.ZodType<T>;
  /** What whoever asks must be allowed to, as the cloud calls it. */
  readonly permission: string;
  /** How the cloud says that the thing asked about is not there, which is an answer. */
  readonly absent?: RegExp;
}

/** Why a question has no answer. */
export interface Unanswered {
  readonly why: 'not installed' | 'silent' | 'signed out' | 'expired' | 'denied' | 'failed';
  /** In the words of the program, or what is known of it. */
  readonly seen: string;
  /** What is missing, if it is a permission. */
  readonly permission?: string;
}

/** What was asked, as it can be typed, and the answer: undefined if there is no such thing. */
export type Answer<T> = { readonly asked: string } & ({ readonly value: T | undefined } | Unanswered);

export type Ask = <T>(question: Question<T>) => Promise<Answer<T>>;

/** How the command line of a cloud says why it does not answer: in order, the first one that matches counts. */
export type Refusals = readonly (readonly [RegExp, 'signed out' | 'expired' | 'denied'])[];

/** Asks by a program, which prints JSON: the same question once. */
export function asker(run: Run, program: ProgramName, refusals: Refusals): Ask {
  const before = new Map<string, ReturnType<Run>>();
  return async (question) => {
    const asked = [program, ...question.args.map(quoted)].join(' ');
    const running = before.get(asked) ?? run(program, [...question.args, '--output', 'json']);
    before.set(asked, running);
    const ended = await running;
    if ('not' in ended)
      return ended.not === 'installed'
        ? { asked, why: 'not installed', seen: `${program} is not on the PATH` }
        : { asked, why: 'silent', seen: `no answer within ${ended.forSeconds} seconds, so it was ended` };
    if (ended.status !== 0) return { asked, ...whyNot(ended.stderr, question, refusals) };
    return { asked, ...understood(ended.stdout, question.schema) };
  };
}

function whyNot<T>(
  stderr: string,
  { absent, permission }: Question<T>,
  refusals: Refusals,
): Unanswered | { readonly value: undefined } {
  if (absent?.test(stderr)) return { value: undefined };
  const why = refusals.find(([pattern]) => pattern.test(stderr))?.[1] ?? 'failed';
  const seen = summary(stderr);
  if (why !== 'denied') return { why, seen };
  const [, named] = /(?:to perform action '|authorized to perform: )([\w./*-]+(?::\w+)?)/.exec(stderr) ?? [];
  return { why, seen, permission: named ?? permission };
}

function understood<T>(stdout: string, schema: z.ZodType<T>): Unanswered | { readonly value: T } {
  let json: unknown;
  try {
    // Of some commands, success is all that there is to say.
    json = stdout.trim() === '' ? null : JSON.parse(stdout);
  } catch {
    return { why: 'failed', seen: `no JSON: ${summary(stdout) || 'nothing'}` };
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return { value: parsed.data };
  const [issue] = parsed.error.issues;
  return { why: 'failed', seen: `another answer than expected: ${issue?.path.join('.')}: ${issue?.message}` };
}

/** Longer messages go on about traces and links. */
const LONGEST = 300;

function summary(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** What a value says of the thing asked about. */
export type Judge<T> = (value: T | undefined) => Judged;

/** What was seen, and, unless that is as it ought to be, what to do. */
export interface Judged {
  readonly seen: string;
  readonly fix?: readonly string[];
}

/** The finding of one question: what was not answered is unknown. */
export function judged<T>(what: string, answer: Answer<T>, judge: Judge<T>): Finding {
  const { asked } = answer;
  if ('why' in answer) return unanswered(what, answer);
  const { seen, fix } = judge(answer.value);
  return fix === undefined ? { what, state: 'in force', asked, seen } : { what, state: 'missing', asked, seen, fix };
}

/** The finding of a question without an answer. */
export function unanswered(what: string, { asked, why, seen, permission }: Unanswered & { asked: string }): Finding {
  const fixes: Readonly<Record<Unanswered['why'], string>> = {
    'not installed': 'install it',
    silent: 'run it yourself: is the network, a proxy or a prompt in the way?',
    'signed out': 'sign in again',
    expired: 'sign in again',
    denied: `ask as somebody who may ${permission}`,
    failed: 'run it yourself, and see what it says',
  };
  return { what, state: 'unknown', asked, seen, fix: [fixes[why]] };
}
