import type { Field, Plan } from '../../charts/plan/model.ts';
import { assets, sourceOf } from './html/assets.ts';
import { groupsOf } from './html/groups.ts';
import { controlsOf, headerOf } from './html/header.ts';
import { helpOf } from './html/help.ts';
import { markup, Markup } from './html/markup.ts';

/**
 * A plan as one file that a browser shows: readable without its script, which adds search, filters and keys. Nothing is
 * loaded, and the policy in it lets only its own style and script run.
 */
export function html(plan: Plan): string {
  const { css, js } = assets();
  const policy = [
    "default-src 'none'",
    `style-src ${sourceOf(css)}`,
    `script-src ${sourceOf(js)}`,
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types plan',
  ].join('; ');
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>Plan: ${plan.head}</title>
<style>${new Markup(css)}</style>
<script>${new Markup(js)}</script>
</head>
<body>
<a class="skip" href="#changes">Skip to the changes</a>
${headerOf(plan)}
${plan.entries.length > 0 && controlsOf(plan)}
<main id="changes" tabindex="-1">
${groupsOf(plan)}
<p class="nothing" hidden>No change matches.</p>
</main>
${helpOf()}
<script type="application/json" id="plan">${new Markup(island(plan))}</script>
</body>
</html>
`.text;
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
