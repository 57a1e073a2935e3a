import type { Finding } from './model.ts';
import type { GradedRule } from './rules/rule.ts';

/** What is said along with a verdict, as rules are: with an id, so that it can be accepted and looked up. */
type VerdictRule = Pick<GradedRule, 'id' | 'severity' | 'about'>;

export const IMMUTABLE: VerdictRule = {
  id: 'SLP-immutable',
  severity: 'block',
  about: 'A field changes that cannot be changed in place',
};
export const CANNOT_GROW: VerdictRule = {
  id: 'SLP-volume-cannot-grow',
  severity: 'block',
  about: 'A claim grows whose StorageClass does not allow it',
};
export const KEPT: VerdictRule = {
  id: 'SLP-kept-by-the-server',
  severity: 'warn',
  about: 'A field is left out of which the API server keeps the value',
};
export const REPLACED: VerdictRule = {
  id: 'SLP-deleted-first',
  severity: 'danger',
  about: 'An object is deleted and created again, since its sync options force the change of what cannot be changed',
};
export const MOVED: VerdictRule = {
  id: 'SLP-two-applications',
  severity: 'danger',
  about: 'An object moves to another Application, so that it is deleted and created again',
};
export const UNREAD: VerdictRule = {
  id: 'SLP-nobody-restarts',
  severity: 'warn',
  about: 'A ConfigMap or Secret changes that pods read at their start alone, and none is replaced',
};

/** Everything that is said along with verdicts. */
export const VERDICT_RULES = [IMMUTABLE, CANNOT_GROW, KEPT, REPLACED, MOVED, UNREAD];

/** The start of a finding. */
export function saidBy({ id, severity }: VerdictRule): Pick<Finding, 'rule' | 'severity'> {
  return { rule: id, severity };
}
