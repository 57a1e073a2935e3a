import type { Field } from '../../../charts/plan/model.ts';
import { type Chunk, chunksOf, type Line } from './diff.ts';
import { markup, type Markup } from './markup.ts';
import { linesOf } from './value.ts';

/** Lines of one value that are shown; the data of the page has all. */
const MOST_LINES = 400;
/** Characters of one line that are shown. */
const LONGEST = 4000;
/** Characters of two values that fit beside each other. */
const SHORT = 60;

/** One difference of an object: its path, what is to be known of it, and both values. */
export function fieldOf(field: Field): Markup {
  const { path, change, noise, rolls } = field;
  const tags = [change !== 'changed' && change, rolls && 'replaces pods', noise && 'no meaning'];
  return markup`<div class="field${noise && ' noise'}">
<div class="path"><code>${path}</code>${tags.map((tag) => tag && markup` <span class="tag">${tag}</span>`)}</div>
${valuesOf(field)}
</div>
`;
}

function valuesOf({ hidden, before, after }: Field): Markup | undefined {
  if (hidden !== undefined) return markup`<p class="hidden">secret value, never shown: ${hidden}</p>`;
  const [old, current] = [linesOf(before), linesOf(after)];
  if (old.length === 0 && current.length === 0) return undefined;
  const short = old.length < 2 && current.length < 2 && (old[0] ?? '').length + (current[0] ?? '').length <= SHORT;
  return markup`<div class="diff${short && ' short'}">${chunksOf(old, current).map(chunkOf)}</div>`;
}

function chunkOf(chunk: Chunk): Markup {
  if ('unchanged' in chunk) {
    const { unchanged } = chunk;
    return markup`<div class="left-out">${unchanged} unchanged ${unchanged === 1 ? 'line' : 'lines'}</div>`;
  }
  if ('same' in chunk) return markup`<div class="same"><div>${linesIn(chunk.same)}</div></div>`;
  const { before, after } = chunk;
  return markup`<div class="changed">${
    before.length > 0 && markup`<del>${linesIn(before)}</del>`
  }${after.length > 0 && markup`<ins>${linesIn(after)}</ins>`}</div>`;
}

function linesIn(lines: readonly Line[]): (Markup | undefined)[] {
  const more = lines.length - MOST_LINES;
  return [...lines.slice(0, MOST_LINES).map(lineOf), more > 0 ? markup`<em>and ${more} more lines</em>` : undefined];
}

function lineOf(line: Line): Markup {
  const [first] = line;
  if (line.length === 1 && first && first.text.length > LONGEST)
    return markup`<span>${first.text.slice(0, LONGEST)} <em>and ${first.text.length - LONGEST} more characters</em></span>`;
  return markup`<span>${line.map(({ text, marked }) => (marked ? markup`<mark>${text}</mark>` : text))}</span>`;
}
