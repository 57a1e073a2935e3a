/** What `--fail-on` may name: kinds of bad news of a plan. */
export const FAILURES = ['danger', 'refused', 'replace', 'delete', 'new', 'none'] as const;

export type Failure = (typeof FAILURES)[number];
