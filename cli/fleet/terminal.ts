import { flowLines } from '../../charts/fleet/flow.ts';
import type { FleetOverview } from '../../charts/fleet/overview/model.ts';
import { hang, type Line, print } from '../plan/lines.ts';
import { visible } from '../plan/text.ts';
import { count } from '../plan/words.ts';
import { detail } from './detail.ts';
import { totals, TOTALS } from './figures.ts';
import { matrix } from './matrix.ts';
import { table } from './table.ts';

/** How the terminal takes the tables. */
export interface TerminalOptions {
  /** Its width; below 40, lines are as if it had 40. */
  readonly columns: number;
  /** Whether it shows colours. */
  readonly colour: boolean;
}

const LEAST_COLUMNS = 40;

/** Said of rows that are marked. */
export const DIFFERS = '≠';

/** All clusters beside each other; of a single one that was asked for, everything. */
export function terminal(fleet: FleetOverview, single: boolean, { columns: wanted, colour }: TerminalOptions): string {
  const columns = Math.max(wanted, LEAST_COLUMNS);
  const body = single ? detail(fleet, columns) : comparison(fleet, columns);
  const lines = [...title(fleet, columns), [], ...body, ...flow(fleet, columns)];
  return lines.map((line) => print(line, columns, colour)).join('\n');
}

function title({ clusters, base }: FleetOverview, columns: number): Line[] {
  const [first] = clusters;
  const what = clusters.length === 1 && first ? visible(first.name) : count(clusters.length, 'cluster');
  const compared = base ? `, compared with ${base.commit}` : '';
  return hang(0, { text: 'Fleet:', style: 'bold' }, `${what}${compared}`, columns);
}

/** What is on its way, and what stays behind. */
function flow({ flow: found }: FleetOverview, columns: number): Line[] {
  const lines = found ? flowLines(found) : [];
  return lines.length === 0
    ? []
    : [[], ...lines.flatMap((text) => hang(2, { text: '»', style: 'yellow' }, visible(text), columns))];
}

function comparison(fleet: FleetOverview, columns: number): Line[] {
  const names = fleet.clusters.map(({ name }) => name);
  const rows = matrix(fleet);
  const marked = rows.some(({ differs }) => differs);
  const sums = totals(fleet);
  return [
    ...table(
      names,
      rows.map(({ label, cells, differs, below }) => ({
        label: `${differs ? DIFFERS : ' '} ${below ? '  ' : ''}${label}`,
        cells,
        ...(differs && { style: 'yellow' as const }),
      })),
      columns,
    ),
    ...(marked ? [[], ...hang(0, { text: DIFFERS, style: 'yellow' }, 'clusters do not have the same', columns)] : []),
    [],
    ...table(
      names,
      TOTALS.map(({ label }, i) => ({ label: `  ${label}`, cells: sums.map(({ cells }) => cells[i] ?? '') })),
      columns,
    ),
  ];
}
