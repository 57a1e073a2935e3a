import type { Problem } from '../../charts/fault.ts';
import { minute, reason } from '../../charts/lib/answered.ts';
import { secondsOf } from '../../charts/lib/duration.ts';
import { backwards, describeMoves, type Promotion } from '../../charts/promotion.ts';
import { type Ring, RINGS_FILE } from '../../charts/rings.ts';
import type { Step } from './rings.ts';
import type { Soak } from './soak.ts';
import { MISUSE } from '../unknown.ts';

/** What people answer for on the command line. */
export interface Answers {
  /** What shows that the ring before is healthy. */
  readonly evidence?: string;
  /** Why it cannot wait. */
  readonly urgent?: string;
}

/** What is too short to answer for anything. */
export function refusalsOfAnswers({ evidence, urgent }: Answers): Problem[] {
  return Object.entries({ evidence, urgent }).flatMap(([option, text]) =>
    text === undefined || reason.safeParse(text).success
      ? []
      : [
          {
            what: `--${option} says too little`,
            ...MISUSE,
            seen: JSON.stringify(text),
            fix: 'write a sentence, for those who read the commit later',
          },
        ],
  );
}

/** Why a component may not be promoted now. */
export function refusalsOf(promotion: Promotion, { from, to }: Step, soaked: Soak, answers: Answers): Problem[] {
  return [
    ...older(promotion, to, `move ${from.name} forward first`),
    ...(answers.urgent === undefined ? unsoaked(promotion.component, { from, to }, soaked) : []),
  ];
}

/** Why something has to wait in the ring before. */
export function unsoaked(component: string, { from, to }: Step, soaked: Soak): Problem[] {
  if (soaked === undefined)
    return [
      {
        what: `no cluster of ${from.name} renders this version of ${component}, so that nobody has seen it run`,
        file: RINGS_FILE,
        seen: from.clusters.join(', '),
        fix: 'give the reason why it goes further all the same: --urgent REASON',
      },
    ];
  if ('unmerged' in soaked)
    return [
      {
        what: `${component} in ${from.name} is not as the branch that clusters sync from has it`,
        file: soaked.file,
        seen: `HEAD and ${soaked.unmerged} differ`,
        fix: `merge it first, or bring HEAD up to date with ${soaked.unmerged}; if it cannot wait, give the reason: --urgent REASON`,
      },
    ];
  const asked = secondsOf(to.soak) ?? 0;
  if (soaked.seconds >= asked) return [];
  // In whole minutes, and not too early.
  const due = new Date(Math.ceil((soaked.since.getTime() / 1000 + asked) / 60) * 60_000);
  return [
    {
      what: `${component} has not been in ${from.name} for ${to.soak} yet`,
      file: RINGS_FILE,
      seen: `since ${minute(soaked.since)}: ${soaked.commit}`,
      fix: `promote it from ${minute(due)} on; if it cannot wait, give the reason: --urgent REASON`,
    },
  ];
}

/** Why a ring gets nothing from the one before now. */
export function refusalsOfRing({ from, to }: Step, today: string, answers: Answers): Problem[] {
  return [
    ...frozen(to, today, answers),
    ...(to.evidence && answers.evidence === undefined
      ? [
          {
            what: `${to.name} asks for what shows that ${from.name} is healthy`,
            where: 'the command line',
            fix: `look at ${from.clusters.join(', ')}, and say what you saw: --evidence "Applications Synced and Healthy, no alert since Monday"`,
          },
        ]
      : []),
  ];
}

/** Why a ring gets no version at all now. */
export function frozen({ name, freezes }: Ring, today: string, { urgent }: Answers): Problem[] {
  const freeze = freezes.find((one) => one.from <= today && today <= one.until);
  if (freeze === undefined || urgent !== undefined) return [];
  return [
    {
      what: `${name} is frozen until ${freeze.until}: ${freeze.because}`,
      file: RINGS_FILE,
      seen: `today is ${today}`,
      fix: 'wait until that day is past; if it cannot wait, give the reason: --urgent REASON',
    },
  ];
}

/** What would go back to an older version. */
export function older({ component, file, moves }: Promotion, ring: Ring, instead: string): Problem[] {
  const back = backwards(moves);
  if (back.length === 0) return [];
  return [
    {
      what: `${component} would go back to an older version in ${ring.name}`,
      file,
      seen: describeMoves(back),
      fix: `${instead}; to go back on purpose, edit ${file}`,
    },
  ];
}
