import { markup, type Markup } from './markup.ts';

const KEYS: readonly (readonly [keys: readonly string[], does: string])[] = [
  [['/'], 'search'],
  [['j', 'k'], 'next, previous change'],
  [['Enter', 'o'], 'open or close'],
  [['d'], 'next block or danger'],
  [['e'], 'open or close all that are shown'],
  [['s'], 'side by side'],
  [['?'], 'these keys'],
  [['Esc'], 'close; in the search, empty and leave it'],
];

/** The dialog that lists the keys. */
export function helpOf(): Markup {
  return markup`<dialog id="help" aria-labelledby="keys">
<h2 id="keys">Keys</h2>
<dl>${KEYS.map(
    ([keys, does]) => markup`<div><dt>${keys.map((key) => markup`<kbd>${key}</kbd> `)}</dt><dd>${does}</dd></div>
`,
  )}</dl>
<p>Filters and search are in the address: copy it to share what you see.</p>
<form method="dialog"><button>Close</button></form>
</dialog>`;
}
