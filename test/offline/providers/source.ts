import type { Problem } from '../../../charts/fault.ts';

/** How an attribute gets its value. */
export interface Flags {
  readonly computed: boolean;
  readonly optional: boolean;
  readonly required: boolean;
}

/** Creates the error for an attribute that cannot be read. */
export type Unreadable = (path: string, what: string, fix: Problem['fix']) => Error;

/** The TypeScript source of a binding's script, from its source map. */
export class Source {
  private readonly text: string;
  private readonly unreadable: Unreadable;

  constructor(script: string, unreadable: Unreadable) {
    this.unreadable = unreadable;
    const [, map = ''] = /^\/\/# sourceMappingURL=data:application\/json;base64,(.+)$/m.exec(script) ?? [];
    const { sourcesContent: [text] = [] } = JSON.parse(Buffer.from(map, 'base64').toString() || '{}') as {
      readonly sourcesContent?: readonly string[];
    };
    if (text === undefined)
      throw unreadable(
        '',
        'its script has no source map with the TypeScript',
        'find where the binding has its comments now, and adapt source.ts',
      );
    this.text = text;
  }

  /** Flags from the comments in a class, by attribute. */
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

  /** Flags of the properties of an interface, by argument name, which is in their documentation comments. */
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
      throw this.unreadable(
        path,
        `its TypeScript has no "${start.trim()}"`,
        'see how the binding declares it now, and adapt source.ts',
      );
    return this.text.slice(from, to);
  }
}
