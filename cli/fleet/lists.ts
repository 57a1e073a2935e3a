import type { ClusterOverview } from '../../charts/fleet/overview/model.ts';
import { type Line, space, type Span, type Style } from '../plan/lines.ts';
import { visible, width, wrap } from '../plan/text.ts';
import type { Sides } from './detail.ts';
import { keptFor } from './quantities.ts';

/** One thing that a cluster has, in a label and a few words. */
export type Item = readonly [label: string, words: string];

/** What a cluster has, by sort. */
export const LISTS: Readonly<Record<string, (cluster: ClusterOverview) => Item[]>> = {
  Hosts: ({ hosts }) => hosts.map(({ host, object }) => [host, object]),
  Certificates: ({ certificates }) =>
    certificates.map(({ object, dnsNames, issuer }) => [
      object.replace(/^Certificate /, ''),
      [...(dnsNames.length > 0 ? [dnsNames.join(', ')] : []), `by ${issuer}`].join(' '),
    ]),
  Schedules: ({ schedules }) =>
    schedules.map(({ object, cron, timeZone, ttl, suspended }) => [
      object,
      [
        [cron, timeZone].filter(Boolean).join(' '),
        ...(ttl === undefined ? [] : [`kept for ${keptFor(ttl)}`]),
        ...(suspended ? ['suspended'] : []),
      ].join(', '),
    ]),
};

const STYLES: Readonly<Record<string, Style>> = { '+': 'green', '−': 'red' };

/** What a cluster has, by sort; what is new since the base has a plus before it, what is gone a minus. */
export function lists({ now, before }: Sides, columns: number): Line[][] {
  return Object.entries(LISTS).map(([title, itemsOf]) => {
    const lines = marked(itemsOf(now), itemsOf(before ?? now)).flatMap(([sign, [label, words]]) =>
      entry({ text: `${sign}${sign && ' '}${visible(label)}:`, style: STYLES[sign] }, visible(words), columns),
    );
    return lines.length > 0 ? [[{ text: title, style: 'bold' }], ...lines] : [];
  });
}

/** On one line if that fits, so that no name is broken for the label before it. */
function entry(label: Span, words: string, columns: number): Line[] {
  const indent = 2;
  if (indent + width(`${label.text} ${words}`) <= columns) return [[space(indent), label, { text: ` ${words}` }]];
  const below = 2 * indent;
  return [[space(indent), label], ...wrap(words, columns - below).map((text): Line => [space(below), { text }])];
}

/** All items, with a plus before those that are new since the base, and a minus before those that are gone. */
export function marked(now: readonly Item[], before: readonly Item[]): [sign: string, Item][] {
  const has = (list: readonly Item[], item: Item): boolean => list.some((one) => one.join('\n') === item.join('\n'));
  return [
    ...now.map((item): [string, Item] => [has(before, item) ? '' : '+', item]),
    ...before.filter((item) => !has(now, item)).map((item): [string, Item] => ['−', item]),
  ];
}
