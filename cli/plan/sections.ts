import { CORE_SCHEMA, load } from 'js-yaml';
import { Recent } from './recent.ts';

/** As the API server reads it: a date is a text. */
const SCHEMA = { schema: CORE_SCHEMA };

/** A line that is neither a key, nor within the value of one, nor a comment: a marker, or what nobody renders. */
const OTHER_LINE = /^(?![\sA-Za-z#]|- )./m;

/**
 * Values of YAML by the text of their sections, which begin with a key at the start of a line: two versions of an object
 * have most sections in common, and so have many objects. Equal sections are one value.
 */
export class Sections {
  readonly #known = new Recent<object>();

  /** Forgets what has not been read since it was called last. */
  next(): void {
    this.#known.next();
  }

  /** @throws YAMLException if the text is not valid */
  read(text: string): unknown {
    return this.#joined(text) ?? load(text, SCHEMA);
  }

  /** Undefined if the sections do not stand for themselves. */
  #joined(text: string): object | undefined {
    if (OTHER_LINE.test(text)) return undefined;
    const sections = text.split(/^(?=[A-Za-z])/m);
    const values = sections.map((section) => this.#known.get(section, () => mapIn(section)));
    const joined = Object.assign({}, ...values) as object;
    return Object.keys(joined).length === sections.length ? joined : undefined;
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
