/** A code block of a document, with the file that the text before it names. */
export interface Block {
  /** From the repository's root; `<name>` stands for a cluster. */
  readonly file: string;
  readonly language: string;
  readonly code: string;
  /** The second-level heading above it. */
  readonly section: string;
}

/** The code blocks of a Markdown document. @throws Error for a block before any file is named */
export function blocksOf(markdown: string): Block[] {
  const blocks: Block[] = [];
  let [file, section] = ['', ''];
  for (const [, heading, path, language, code = ''] of markdown.matchAll(
    /^## (.*)$|`((?:charts|clusters)\/[^`]+\.(?:ts|json))`|^```(\w+)\n([^]*?)^```$/gm,
  )) {
    if (heading !== undefined) section = heading;
    if (path !== undefined) file = path;
    if (language === undefined) continue;
    if (file === '') throw new Error(`no file is named before this block:\n${code}`);
    blocks.push({ file, language, code, section });
  }
  return blocks;
}

/** A text after a change in the form of a diff without line numbers. @throws Error unless it applies exactly once */
export function applyDiff(text: string, diff: string): string {
  const lines = diff.trimEnd().split('\n');
  const side = (other: string): string =>
    lines
      .filter((line) => !line.startsWith(other))
      .map((line) => `${line.slice(1)}\n`)
      .join('');
  const [before, after] = [side('+'), side('-')];
  const found = text.split(before).length - 1;
  if (found !== 1) throw new Error(`the diff applies ${found} times:\n${diff}`);
  return text.replace(before, () => after);
}
