import { compareSeverities, type Plan } from '../../charts/plan/model.ts';
import type { Outcome } from '../commands/command.ts';
import { EXIT } from '../exit.ts';
import { screen, writeOutput } from '../output.ts';
import { ringsIfAny } from '../rings.ts';
import type { Workspace } from '../synth.ts';
import { html } from './html.ts';
import type { Failure } from './failures.ts';
import { markdown } from './markdown.ts';
import { type Compared, planOf } from './plan.ts';
import { terminal } from './terminal.ts';

/** How the plan is shown, and what of it is an error. */
export interface PlanOptions extends Pick<Compared, 'base' | 'head'> {
  readonly json?: boolean;
  /** Files that are written. */
  readonly markdown?: string;
  readonly html?: string;
  /** Lists what has no meaning, too. */
  readonly noise?: boolean;
  /** What makes the exit code that of a difference. */
  readonly 'fail-on': readonly Failure[];
}

/** `danger` is whatever of severity block or danger is not accepted, or accepts nothing. */
const IS_IN: Readonly<Record<Failure, (plan: Plan) => boolean>> = {
  danger: ({ entries, unneeded }: Plan) =>
    [...entries, ...unneeded].some(({ severity }) => compareSeverities(severity, 'danger') <= 0),
  refused: has('refused'),
  replace: has('replace'),
  delete: has('delete', 'cascade', 'confirm'),
  new: ({ entries }: Plan) => entries.some(({ seen }) => seen !== undefined && seen.cluster === undefined),
  none: () => false,
};

function has(...verdicts: readonly string[]): (plan: Plan) => boolean {
  return ({ entries }) => entries.some(({ verdict }) => verdicts.includes(verdict));
}

/** Prints what a change of dist will do, and writes it into files. */
export async function plan(workspace: Workspace, names: readonly string[], options: PlanOptions): Promise<Outcome> {
  const found = planOf(workspace, names, { ...options, rings: await ringsIfAny(workspace) });
  if (options.markdown !== undefined) writeOutput(options.markdown, markdown(found), 'the plan');
  if (options.html !== undefined) writeOutput(options.html, html(found), 'the plan');
  return {
    text: options.json
      ? JSON.stringify(found, null, 2)
      : terminal(found, { ...screen(), noise: options.noise ?? false }),
    code: options['fail-on'].some((failure) => IS_IN[failure](found)) ? EXIT.difference : EXIT.success,
  };
}
