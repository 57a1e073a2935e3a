import { flowLines } from '../../charts/fleet/flow.ts';
import type { FleetOverview } from '../../charts/fleet/overview/model.ts';
import { code } from '../plan/markdown-text.ts';
import { count } from '../plan/words.ts';
import { totals, TOTALS } from './figures.ts';
import { matrix, type Row } from './matrix.ts';
import { DIFFERS } from './terminal.ts';

/** By it a workflow finds its own comment, to write the next one over it. */
const MARKER = '<!-- slipway-fleet -->';

/** What a comment of GitHub may have, in characters. */
const COMMENT_LIMIT = 65_536;

/** Of what is on its way: so that there is room for the rest. */
const MOST_LINES = 30;

/**
 * Totals and versions of all clusters for a comment.
 *
 * @param options.limit its length stays below it, in characters. First the versions that all clusters have are left out, then all
 *   versions; it says so.
 */
export function markdown(fleet: FleetOverview, { limit = COMMENT_LIMIT }: { readonly limit?: number } = {}): string {
  const rows = matrix(fleet);
  const notable = rows.filter(({ differs, cells }) => differs || cells.some((cell) => cell.includes('→')));
  const left = 'A comment has no room for';
  const versions = [
    versionsOf(fleet, rows),
    `${versionsOf(fleet, notable)}\n\n${left} ${count(rows.length - notable.length, 'component')} of which all clusters have the same.`,
    `${left} the versions: \`slipway fleet\` prints them.`,
  ];
  const known = flow(fleet);
  const texts = versions.map((part) => [MARKER, heading(fleet), ...known, sums(fleet), part].join('\n\n').concat('\n'));
  return texts.find((text) => text.length <= limit) ?? [MARKER, heading(fleet), versions.at(-1)].join('\n\n');
}

function heading({ clusters, base }: FleetOverview): string {
  return `### Fleet: ${count(clusters.length, 'cluster')}${base ? `, compared with ${code(base.commit, 40)}` : ''}`;
}

/** What is on its way, and what stays behind: a list, if there is anything. */
function flow({ flow: found }: FleetOverview): string[] {
  const lines = found ? flowLines(found) : [];
  const more =
    lines.length > MOST_LINES ? [`- and ${lines.length - MOST_LINES} more: \`slipway fleet\` prints them`] : [];
  const list = [...lines.slice(0, MOST_LINES).map((text) => `- ${code(text, 300)}`), ...more];
  return lines.length === 0 ? [] : [list.join('\n')];
}

function sums(fleet: FleetOverview): string {
  const used = totals(fleet);
  return tableOf(
    ['', ...TOTALS.map(({ label }) => label)],
    used.map(({ name, cells }) => [code(name), ...cells]),
  );
}

function versionsOf({ clusters }: FleetOverview, rows: readonly Row[]): string {
  const marks = rows.some(({ differs }) => differs) ? `\n\n${DIFFERS}: clusters do not have the same.` : '';
  const table = tableOf(
    ['', ...clusters.map(({ name }) => code(name))],
    rows.map(({ label, cells, differs, below }) => [
      `${differs ? `${DIFFERS} ` : ''}${below ? '… ' : ''}${code(label)}`,
      ...cells.map((cell) => (/^[–✓]$/.test(cell) ? cell : code(cell))),
    ]),
  );
  return `<details><summary>Versions: ${count(rows.filter(({ below }) => !below).length, 'component')}</summary>\n\n${table}${marks}\n\n</details>`;
}

function tableOf(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  // A bar ends a cell, in code as well.
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', String.raw`\|`)).join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n');
}
