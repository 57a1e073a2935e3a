import { type Problem, similar, suggest, throwIfAny } from '../../charts/fault.ts';
import { ACCEPTED_FILE, type Accepted, acceptedSchema } from '../../charts/plan/accepted.ts';
import { RULES } from '../../charts/plan/rules/index.ts';
import type { AcceptedLine } from '../../charts/plan/unneeded.ts';
import { VERDICT_RULES } from '../../charts/plan/verdict-rules.ts';
import { check, type JsonFile, parseJson } from '../check.ts';

const RULE_IDS = [...VERDICT_RULES, ...RULES].map(({ id }) => id);

/**
 * The lines of `clusters/accepted.json`.
 *
 * @param base the text that the base has, whatever it is
 * @param head the text that is read
 * @param clusters all that base or head have
 * @throws Fault if head is not valid, or names a rule that there is not, or a new line names such a cluster
 */
export function acceptedLines(
  base: string | undefined,
  head: string | undefined,
  clusters: readonly string[],
): AcceptedLine[] {
  if (head === undefined) return [];
  const { value, at } = parseJson(head, ACCEPTED_FILE);
  const old = new Set(oldLines(base).map(dangerOf));
  const accepted = check(acceptedSchema, value, at);
  throwIfAny(
    accepted.flatMap((line, i) => [
      ...ruleMistakes(line, i, at),
      ...(old.has(dangerOf(line)) ? [] : clusterMistakes(line, i, at, clusters)),
    ]),
  );
  return accepted.map((line, i) => ({
    accepted: line,
    at: at([i]).file ?? ACCEPTED_FILE,
    isNew: !old.has(dangerOf(line)),
  }));
}

/** What the base accepts; nothing if it cannot be read, since that is not what is to be corrected. */
function oldLines(text: string | undefined): readonly Accepted[] {
  try {
    return acceptedSchema.safeParse(JSON.parse(text ?? '[]')).data ?? [];
  } catch {
    return [];
  }
}

/** What is accepted, and where: with another reason or end, a line is the same one. */
function dangerOf({ object, rule, clusters }: Accepted): string {
  return JSON.stringify([object, rule, clusters?.toSorted()]);
}

function ruleMistakes({ rule }: Accepted, i: number, at: JsonFile['at']): Problem[] {
  if (RULE_IDS.includes(rule)) return [];
  const meant = similar(rule, RULE_IDS);
  const fix = meant === undefined ? 'use the id of a rule in docs/plan.md' : `did you mean "${meant}"?`;
  return [{ what: `there is no rule "${rule}"`, ...at([i, 'rule']), seen: rule, fix }];
}

/** A cluster that is gone is no mistake of what was right once. */
function clusterMistakes(
  { clusters = [] }: Accepted,
  i: number,
  at: JsonFile['at'],
  known: readonly string[],
): Problem[] {
  return clusters.flatMap((name, n) =>
    known.includes(name)
      ? []
      : [
          {
            what: `dist has no cluster "${name}"`,
            ...at([i, 'clusters', n]),
            seen: name,
            fix: suggest(name, known),
          },
        ],
  );
}
