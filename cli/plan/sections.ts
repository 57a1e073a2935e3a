import { CORE_SCHEMA, load } from 'js-yaml';
import { Recent } from './recent.ts';

/** As the API server reads it: a date is a text. */
const SCHEMA = { schema: CORE_SCHEMA };

/** Where a line begins with a key. */
const KEY = /(?<=\n)(?=[A-Za-z])/;
/** A first line without a key, or another one that is neither a key, nor within the value of one, nor a comment. */
const OTHER_LINE = /^(?![A-Za-z])|\n(?![\sA-Za-z#]|- )[^]/;
/** The first lines of a section with a map. */
const MAP = /^[\w-]+:\n {2}[A-Za-z]/;
/** A line of a section that is not indented as those of its map. */
const OUTSIDE = /\n(?! {2}|\n|$)/;

/**
 * Values of YAML by the text of their sections, which begin with a key at the start of a line, and again of the sections
 * within: two versions of an object have most of them in common, and so have many objects. Equal sections are one value.
 */
export class Sections {
  readonly #known = new Recent<object>();

  /** Forgets what neither this round nor the one before has read. */
  next(): void {
    this.#known.next();
  }

  /** @throws YAMLException if the text is not valid */
  read(text: string): unknown {
    return this.#joined(text, (section) => this.#withSections(section) ?? mapIn(section)) ?? load(text, SCHEMA);
  }

  /** Undefined if the sections do not stand for themselves. */
  #joined(text: string, read: (section: string) => object): object | undefined {
    if (OTHER_LINE.test(text)) return undefined;
    const sections = text.split(KEY);
    const values = sections.map((section) => this.#known.get(section, () => read(section)));
    const joined = Object.assign({}, ...values) as object;
    return Object.keys(joined).length === sections.length ? joined : undefined;
  }

  #withSections(section: string): object | undefined {
    if (!MAP.test(section) || OUTSIDE.test(section)) return undefined;
    const colon = section.indexOf(':');
    const map = this.#joined(
      section
        .slice(colon + 1)
        .replaceAll('\n  ', '\n')
        .slice(1),
      mapIn,
    );
    return map && { [section.slice(0, colon)]: map };
  }
}

/** A map of one key; an empty one if the text is anything else. */
function mapIn(section: string): object {
  try {
    const value = load(section, SCHEMA);
    return isMap(value) && Object.keys(value).length === 1 ? value : {};
  } catch {
    return {};
  }
}

function isMap(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
