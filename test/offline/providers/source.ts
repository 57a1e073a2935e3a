import type { Problem } from '../../../charts/fault.ts';

/** How an attribute is given a value. */
export interface Flags {
  readonly computed: boolean;
  readonly optional: boolean;
  readonly required: boolean;
}

/** Makes an error of what is wrong with the attribute at a path. */
export type Lost = (path: string, what: string, fix: Problem['fix']) => Error;

/** The TypeScript that a script of a binding was compiled from, and that the compiler put into its source map. */
export class Source {
  private readonly text: string;
  private readonly lost: Lost;

  constructor(script: string, lost: Lost) {
    this.lost = lost;
    const [, map = ''] = /^\/\/# sourceMappingURL=data:application\/json;base64,(.+)$/m.exec(script) ?? [];
    const { sourcesContent: [text] = [] } = JSON.parse(Buffer.from(map, 'base64').toString() || '{}') as {
      readonly sourcesContent?: readonly string[];
    };
    if (text === undefined)
      throw lost(
        '',
        'its script has no source map with the TypeScript',
        'see where the binding keeps its comments now, and teach it to source.ts',
      );
    this.text = text;
  }

  /** What comments in a class say, by attribute. */
  comments(name: string, path: string): Map<string, Flags> {
    const comments = this.declaration(`export class ${name} extends `, path).matchAll(
      /^ *\/\/ (\w+) - computed: (true|false), optional: (true|false), required: (true|false)$/gm,
    );
    return new Map(
      [...comments].map(([, attribute = '', computed, optional, required]) => [
        attribute,
        { computed: computed === 'true', optional: optional === 'true', required: required === 'true' },
      ]),
    );
  }

  /** What an interface says of each property, by the argument's name, which is in its documentation. */
  properties(name: string, path: string): Map<string, Flags> {
    const properties = this.declaration(`export interface ${name} {`, path).matchAll(
      /#(\w+) \w+#\1\}\s*\*\/\s*readonly \w+(\??):/g,
    );
    return new Map(
      [...properties].map(([, attribute = '', mark]) => [
        attribute,
        { computed: false, optional: mark === '?', required: mark !== '?' },
      ]),
    );
  }

  private declaration(start: string, path: string): string {
    const from = this.text.indexOf(start);
    const to = this.text.indexOf('\n}', from);
    if (from < 0 || to < 0)
      throw this.lost(
        path,
        `its TypeScript has no "${start.trim()}"`,
        'see how the binding declares it now, and teach it to source.ts',
      );
    return this.text.slice(from, to);
  }
}
