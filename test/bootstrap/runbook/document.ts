import { readFileSync } from 'node:fs';

/** What somebody does who follows a runbook: types commands, or writes what a command prints into the settings of Terraform. */
export interface Step {
  /** The line of the document that it begins at. */
  readonly line: number;
  readonly document: string;
  readonly code: string;
}

/** Headings of what is done in one cloud alone; what is below any other heading is done in all. */
export const CLOUDS = ['Azure', 'AWS'] as const;
export type CloudName = (typeof CLOUDS)[number];

/** The steps of a runbook for one cloud, in order. A JSON block is the file that the text before it names in backticks. */
export function stepsOf(file: string, document: string, cloud: CloudName): Step[] {
  return parts(readFileSync(file, 'utf8'))
    .filter(({ heading }) => !CLOUDS.some((one) => one === heading && one !== cloud))
    .flatMap(({ line, text, before }) => {
      const [, language, block = ''] = /^```(\w+)\n([^]*)```$/.exec(text) ?? [];
      const code = language === undefined ? settingIn(text) : language === 'json' ? written(before, block) : block;
      return code === undefined || (language !== undefined && !['sh', 'json'].includes(language))
        ? []
        : [{ line, document, code }];
    });
}

interface Part {
  readonly line: number;
  readonly heading: string;
  /** A fenced block, or a single line. */
  readonly text: string;
  /** The text before it since the last block. */
  readonly before: string;
}

function parts(markdown: string): Part[] {
  const found: Part[] = [];
  let heading = '';
  let before = '';
  let line = 1;
  for (const [text] of markdown.matchAll(/^```\w+\n[^]*?^```$|^.*$/gm)) {
    heading = /^#+ (.*)$/.exec(text)?.[1] ?? heading;
    found.push({ line, heading, text, before });
    before = text.startsWith('```') ? '' : `${before}${text}\n`;
    line += text.split('\n').length;
  }
  return found;
}

/** A row of a table: a setting, and the command that prints its value. */
function settingIn(line: string): string | undefined {
  const [, name, command] = /^\| `(\w+)` +\| `((?:[^`|]|\\\|)+)`/.exec(line) ?? [];
  return name === undefined || command === undefined
    ? undefined
    : `value=$(${command.replaceAll(String.raw`\|`, '|')})\nsetting ${name} "$value"\n`;
}

function written(before: string, text: string): string | undefined {
  const name = [...before.matchAll(/`([^`]+\.json)`/g)].at(-1)?.[1];
  return name === undefined ? undefined : `cat >${name} <<'END'\n${text}END\n`;
}
