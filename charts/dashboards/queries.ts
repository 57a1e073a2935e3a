import { parser } from '@prometheus-io/lezer-promql';
import { Fault } from '../fault.ts';

/** Durations and values that Grafana replaces by ones of its own. */
const BUILT_IN: Readonly<Record<string, string>> = { __rate_interval: '5m', __interval: '1m', __range: '6h' };

/** Functions of Prometheus' data source around the selector of a variable. */
const LABEL_VALUES = /^label_values\((.+),\s*\w+\)$/s;

/** The PromQL of everything that a dashboard asks: of panels, annotations and variables, in the order of its JSON. */
export function queriesOf(dashboard: unknown): string[] {
  if (Array.isArray(dashboard)) return dashboard.flatMap(queriesOf);
  if (typeof dashboard !== 'object' || dashboard === null) return [];
  return Object.entries(dashboard).flatMap(([key, value]: [string, unknown]) => {
    if (typeof value !== 'string') return queriesOf(value);
    if (key === 'expr') return [value];
    const [, selector] = key === 'query' ? (LABEL_VALUES.exec(value) ?? []) : [];
    return selector === undefined ? [] : [selector];
  });
}

/** A query as Prometheus gets it: with something in place of the variables of a dashboard. */
export function withoutVariables(expr: string): string {
  return expr.replaceAll(/\$(?:\{(\w+)(?::\w+)?\}|(\w+))/g, (_, braced?: string, bare?: string) => {
    const name = braced ?? bare ?? '';
    return BUILT_IN[name] ?? name;
  });
}

/**
 * Names of the metrics that a query reads, each once.
 *
 * @param where the dashboard or rule, for the message
 * @throws Fault if it is not PromQL, or selects series without naming their metric
 */
export function metricNames(expr: string, where = 'a query'): string[] {
  const text = withoutVariables(expr);
  const names = new Set<string>();
  parser.parse(text).iterate({
    enter(node) {
      if (node.type.isError) throw notPromQl(text, node.from, where);
      if (node.name !== 'VectorSelector') return;
      const identifier = node.node.getChild('Identifier');
      if (identifier === null) throw nameless(text, node.from, where);
      names.add(text.slice(identifier.from, identifier.to));
    },
  });
  return [...names];
}

function notPromQl(text: string, at: number, where: string): Fault {
  return new Fault({
    what: 'a query is not PromQL',
    where: `${where}, ${positionOf(text, at)}`,
    seen: text,
    fix: 'correct it at or just before this place',
  });
}

function nameless(text: string, at: number, where: string): Fault {
  return new Fault({
    what: 'a query selects series without the name of their metric',
    where: `${where}, ${positionOf(text, at)}`,
    seen: text,
    fix: 'write the name before the braces: metric{label="value"}',
  });
}

function positionOf(text: string, at: number): string {
  const before = text.slice(0, at).split('\n');
  return `line ${before.length}, column ${before.at(-1)!.length + 1}`;
}
