import type { Proof, Trial } from './prove.ts';
import { type Score, SCORES } from './score.ts';

/** The number of edits by score, and of those that are meaningless. */
export function tableOf({ edits, meaningless }: Proof): string {
  const counts = (Object.keys(SCORES) as Score[]).map((score): [string, number] => [
    score,
    edits.filter((trial) => trial.score === score).length,
  ]);
  const shown = meaningless.filter(isShown).length;
  const rows: [string, number][] = [
    ['edits', edits.length],
    ...counts.map(([score, count]): [string, number] => [`  ${score}`, count]),
    ['edits without meaning', meaningless.length],
    ['  planned as the same', meaningless.length - shown],
    ['  shown', shown],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, count]) => `${name.padEnd(width)} ${String(count).padStart(6)}`).join('\n');
}

/** What the plan is wrong about. */
export function failuresOf({ edits, meaningless }: Proof): readonly Trial[] {
  return [...edits.filter(({ score }) => SCORES[score].wrong), ...meaningless.filter(isShown)];
}

function isShown({ verdict }: Trial): boolean {
  return verdict !== 'same';
}
