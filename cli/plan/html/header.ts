import { type Entry, type Plan, SEVERITIES, VERDICTS } from '../../../charts/plan/model.ts';
import { revision, unneededOf } from '../words.ts';
import { findingOf } from './entry.ts';
import { markup, type Markup } from './markup.ts';

/** What is compared, how much changes, and what narrows it down. */
export function headerOf(plan: Plan): Markup {
  const { base, head, clusters, entries, noise } = plan;
  const meant = entries.filter(({ verdict }) => verdict !== 'same');
  const changed = new Set(meant.flatMap((entry) => entry.clusters)).size;
  return markup`<header>
<h1>Plan <span class="commits"><code title="${base}">${revision(base)}</code> → <code title="${head}">${revision(head)}</code></span></h1>
<p>${summary(meant.length, changed, clusters.length)}${
    noise.objects + noise.fields > 0 &&
    markup` <span class="aside">Without meaning: ${count(noise.objects, 'object')}, ${count(noise.fields, 'field')}.</span>`
  }</p>
<div class="counts">
${buttons('severity', SEVERITIES, entries)}
${buttons('verdict', Object.keys(VERDICTS) as (keyof typeof VERDICTS)[], entries)}
</div>
${unneededIn(plan)}
</header>
`;
}

/** The lines that accept nothing: a new one is a mistake, which must be seen. */
function unneededIn(plan: Plan): Markup | undefined {
  const title = unneededOf(plan);
  if (title === undefined) return undefined;
  return markup`<section class="unneeded">
<p>${title}:</p>
<ul class="findings">${plan.unneeded.map(findingOf)}</ul>
</section>`;
}

/** The search, and what else needs the page's script. */
export function controlsOf({ entries }: Plan): Markup {
  return markup`<form class="controls" role="search">
<input type="search" name="search" placeholder="Search objects, paths, values, rules" aria-label="Search objects, paths, values and rules" autocomplete="off" spellcheck="false">
${select(
  'cluster',
  'All clusters',
  entries.flatMap((entry) => entry.clusters),
)}
${select(
  'application',
  'All Applications',
  entries.map(({ application }) => application),
)}
<span class="toggles">
<button type="button" name="side" aria-pressed="false">Side by side</button>
${hasNoise(entries) && markup`<button type="button" name="noise" aria-pressed="false">Noise</button>`}
<button type="button" name="open" aria-pressed="false">Open all</button>
<button type="button" name="theme" aria-pressed="false">Dark</button>
<button type="button" name="help" aria-label="Keys" aria-haspopup="dialog">?</button>
</span>
<output name="result" role="status"></output>
<button type="button" name="reset" hidden>Clear filters</button>
</form>
`;
}

function hasNoise(entries: readonly Entry[]): boolean {
  return entries.some(({ verdict, fields }) => verdict === 'same' || fields.some(({ noise }) => noise));
}

function summary(entries: number, changed: number, clusters: number): string {
  if (entries === 0) return `Nothing changes in ${count(clusters, 'cluster')}.`;
  return `${count(entries, 'change')} in ${changed} of ${count(clusters, 'cluster')}, in the order in which Argo CD acts.`;
}

function count(number: number, what: string): string {
  return `${number.toLocaleString('en')} ${what}${number === 1 ? '' : 's'}`;
}

function buttons<Name extends 'severity' | 'verdict'>(
  name: Name,
  values: readonly Entry[Name][],
  entries: readonly Entry[],
): Markup | undefined {
  const numbers = new Map<string, number>();
  for (const entry of entries) numbers.set(entry[name], (numbers.get(entry[name]) ?? 0) + 1);
  if (numbers.size === 0) return undefined;
  return markup`<div role="group" aria-label="${name}">${values.map((value) => {
    const number = numbers.get(value);
    const style = name === 'severity' ? value : value === 'same' && 'noise';
    return (
      number !== undefined &&
      markup`<button type="button" name="${name}" value="${value}" class="${style}" aria-pressed="false">${value} <span>${number.toLocaleString('en')}</span></button> `
    );
  })}</div>`;
}

function select(name: string, all: string, values: readonly string[]): Markup {
  const options = [...new Set(values)].toSorted();
  return markup`<select name="${name}" aria-label="${name}">
<option value="">${all} (${options.length})</option>
${options.map((value) => markup`<option value="${value}">${value}</option>\n`)}</select>`;
}
