import { at, listAt, textAt } from './manifest.ts';

/** Labels of an object or of pods. */
export type Labels = Readonly<Record<string, string>>;

/**
 * True if a label selector, `matchLabels` and `matchExpressions`, selects the labels. An empty one selects everything,
 * an absent one nothing.
 */
export function selectsLabels(selector: unknown, labels: Labels): boolean {
  if (selector === undefined || selector === null) return false;
  return (
    selectsExactly(at(selector, 'matchLabels') ?? {}, labels) &&
    listAt(selector, 'matchExpressions').every((expression) => satisfies(expression, labels))
  );
}

/** True if the labels have every key of a map with its value, as the selector of a Service. */
export function selectsExactly(wanted: unknown, labels: Labels): boolean {
  return Object.entries(wanted ?? {}).every(([key, value]) => labels[key] === value);
}

function satisfies(expression: unknown, labels: Labels): boolean {
  const value = labels[textAt(expression, 'key') ?? ''];
  const listed = value !== undefined && listAt(expression, 'values').includes(value);
  switch (textAt(expression, 'operator')) {
    case 'In':
      return listed;
    case 'NotIn':
      return !listed;
    case 'Exists':
      return value !== undefined;
    default:
      return value === undefined;
  }
}

/** The map of labels, or of other texts, at a place; empty if there is none. */
export function labelsIn(value: unknown): Labels {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return Object.fromEntries(entries.map(([key, text]) => [key, String(text)]));
}
