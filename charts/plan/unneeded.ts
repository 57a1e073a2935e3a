import { similar, suggest } from '../fault.ts';
import { type Accepted, isOver } from './accepted.ts';
import type { Entry, Unneeded } from './model.ts';

/** A line of the file of accepted dangers. */
export interface AcceptedLine {
  readonly accepted: Accepted;
  /** Its file and line. */
  readonly at: string;
  /** True if the base has none for this danger on these clusters. */
  readonly isNew: boolean;
}

/** A danger that counts. */
interface Open {
  readonly object: string;
  readonly rule: string;
  readonly clusters: readonly string[];
}

/**
 * What is to be said of lines that accept nothing of a plan, new ones first. One that the base has did its work when its
 * change was merged, or waits for a change that reaches some clusters later; a new one can only be a mistake, or accept
 * what nobody has seen yet.
 *
 * @param entries of the plan, from which the meant ones are suggested
 * @param today as `2026-12-31`
 */
export function unneededOf(lines: readonly AcceptedLine[], entries: readonly Entry[], today: string): Unneeded[] {
  const open = entries.flatMap(({ object, clusters, findings }) =>
    findings.flatMap(({ rule, accepted }): Open[] => (accepted ? [] : [{ object, rule, clusters }])),
  );
  return lines
    .toSorted((one, other) => Number(other.isNew) - Number(one.isNew))
    .map((line) => ({
      rule: line.accepted.rule,
      object: line.accepted.object,
      path: line.at,
      ...(line.isNew ? ofNew(line.accepted, open, today) : ofOld(line.accepted, today)),
    }));
}

type Said = Pick<Unneeded, 'severity' | 'says' | 'instead'>;

function ofNew(line: Accepted, open: readonly Open[], today: string): Said {
  const end = isOver(line, today) ? `, and was over on ${line.until} already` : '';
  return {
    severity: 'danger',
    says: `the line of ${line.object} is new and accepts nothing${end}`,
    instead: meant(line, open),
  };
}

function ofOld(line: Accepted, today: string): Said {
  return isOver(line, today)
    ? {
        severity: 'warn',
        says: `the line of ${line.object} accepts nothing, and is over since ${line.until}`,
        instead: 'remove it',
      }
    : {
        severity: 'info',
        says: `the line of ${line.object} accepts nothing here, and the base has it already`,
        instead: 'remove it, unless a change that it is for has not reached all of its clusters yet',
      };
}

/** The danger that a line may be about, if the plan has one that is like it. */
function meant({ object, rule }: Accepted, open: readonly Open[]): string {
  const ofObject = open.filter((one) => one.object === object);
  const clusters = ofObject.filter((one) => one.rule === rule).flatMap((one) => one.clusters);
  if (clusters.length > 0) return `name the clusters that have this danger: ${clusters.join(', ')}`;
  if (ofObject.length > 0) return suggest(rule, [...new Set(ofObject.map((one) => one.rule))]);
  const other = similar(
    object,
    open.filter((one) => one.rule === rule).map((one) => one.object),
  );
  if (other !== undefined) return `did you mean "${other}"?`;
  return 'remove it, and add it in the commit that makes the change';
}
