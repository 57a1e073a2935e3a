import type { Field, Plan } from '../../charts/plan/model.ts';
import { assets } from './html/assets.ts';
import { documentOf } from './html/document.ts';
import { groupsOf } from './html/groups.ts';
import { controlsOf, headerOf } from './html/header.ts';
import { helpOf } from './html/help.ts';
import { markup, Markup } from './html/markup.ts';

/** A plan as one file that a browser shows: readable without its script, which adds search, filters and keys. */
export function html(plan: Plan): string {
  return documentOf(
    `Plan: ${plan.head}`,
    assets(),
    markup`<a class="skip" href="#changes">Skip to the changes</a>
${headerOf(plan)}
${plan.entries.length > 0 && controlsOf(plan)}
<main id="changes" tabindex="-1">
${groupsOf(plan)}
<p class="nothing" hidden>No change matches.</p>
</main>
${helpOf()}
<script type="application/json" id="plan">${new Markup(island(plan))}</script>`,
  );
}

/** The plan as JSON that cannot end its element. A secret's value is not to be there; if it were, it would not get out. */
function island(plan: Plan): string {
  const fields = (of: readonly Field[]): Field[] =>
    of.map(({ before, after, ...field }) => (field.hidden === undefined ? { ...field, before, after } : field));
  const safe = { ...plan, entries: plan.entries.map((entry) => ({ ...entry, fields: fields(entry.fields) })) };
  return JSON.stringify(safe).replaceAll(
    /[<\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
