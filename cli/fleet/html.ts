import { flowLines } from '../../charts/fleet/flow.ts';
import type { ClusterOverview, FleetOverview } from '../../charts/fleet/overview/model.ts';
import { browserFiles } from '../plan/html/assets.ts';
import { documentOf } from '../plan/html/document.ts';
import { type Markup, markup } from '../plan/html/markup.ts';
import { count } from '../plan/words.ts';
import { partsOf, type Sides } from './detail.ts';
import { totals, TOTALS } from './figures.ts';
import { type Item, LISTS, marked } from './lists.ts';
import { ABSENT, matrix } from './matrix.ts';
import { DIFFERS } from './terminal.ts';

/** A cell whose value was another at the base: `1.0 → 1.1`, or `3 +1`. */
const CHANGED = / → | [+−]\d/;

/** A row of a table of the page. */
interface HtmlRow {
  readonly label: string;
  readonly cells: readonly string[];
  /** What it is marked as. */
  readonly is?: string;
}

/** The overview as one file that a browser shows: all clusters beside each other, then each in detail. It has no script. */
export function html(fleet: FleetOverview): string {
  const [css = ''] = browserFiles('fleet', ['page.css']);
  const { clusters, base } = fleet;
  const what = `${count(clusters.length, 'cluster')}${base ? `, compared with ${base.commit}` : ''}`;
  return documentOf(
    `Fleet: ${what}`,
    { css },
    markup`<h1>Fleet <span>${what}</span></h1>
<main>
${flowOf(fleet)}
${versionsOf(fleet)}
<h2>Sums</h2>
${tableOf(
  TOTALS.map(({ label }) => label),
  totals(fleet).map(({ name, cells }) => ({ label: name, cells })),
)}
<h2>Clusters</h2>
${clusters.map((cluster, i) => clusterOf({ now: cluster, before: base?.clusters[i] }))}
</main>`,
  );
}

/** What is on its way through the rings, and what stays behind. */
function flowOf({ flow }: FleetOverview): Markup | undefined {
  const lines = flow ? flowLines(flow) : [];
  if (lines.length === 0) return undefined;
  return markup`<h2>On its way</h2>
<ul class="flow">${lines.map((line) => markup`<li>${line}</li>`)}</ul>`;
}

function versionsOf(fleet: FleetOverview): Markup {
  const rows = matrix(fleet);
  const differing = rows.filter(({ differs }) => differs).length;
  return markup`<h2>Versions${differing > 0 && markup` <span>${DIFFERS} clusters do not have the same</span>`}</h2>
${tableOf(
  fleet.clusters.map(({ name }) => name),
  rows.map(({ label, cells, differs, below }) => ({
    label: differs ? `${label} ${DIFFERS}` : label,
    cells,
    is: [differs ? 'differs' : '', below ? 'below' : ''].join(' ').trim(),
  })),
)}`;
}

function tableOf(heads: readonly string[], rows: readonly HtmlRow[]): Markup {
  return markup`<div class="scroll" tabindex="0"><table>
<thead><tr><td></td>${heads.map((head) => markup`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>${rows.map(
    ({ label, cells, is = '' }) => markup`<tr class="${is}"><th scope="row">${label}</th>${cells.map(cellOf)}</tr>
`,
  )}</tbody>
</table></div>`;
}

function cellOf(text: string): Markup {
  const looks = text === ABSENT ? 'none' : CHANGED.test(text) ? 'changed' : '';
  return markup`<td class="${looks}">${text}</td>`;
}

function clusterOf(sides: Sides): Markup {
  const { name, components, hosts } = sides.now;
  return markup`<details>
<summary><b>${name}</b> <span class="note">${count(components.length, 'component')}, ${count(new Set(hosts.map(({ host }) => host)).size, 'host')}</span></summary>
${partsOf(sides).map(
  ({ title, heads, rows, total }) => markup`<h3>${title}</h3>
${tableOf(heads, rows.length > 1 ? [...rows, { ...total, is: 'total' }] : rows)}`,
)}
${Object.entries(LISTS).map(([title, itemsOf]) => listOf(title, itemsOf, sides))}
</details>
`;
}

function listOf(
  title: string,
  itemsOf: (cluster: ClusterOverview) => Item[],
  { now, before }: Sides,
): Markup | undefined {
  const items = marked(itemsOf(now), itemsOf(before ?? now));
  if (items.length === 0) return undefined;
  return markup`<h3>${title}</h3>
<dl>${items.map(
    ([sign, [label, words]]) =>
      markup`<dt class="${{ '+': 'new', '−': 'gone' }[sign] ?? ''}">${sign}${sign && ' '}${label}</dt><dd>${words}</dd>
`,
  )}</dl>`;
}
