import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CORE_SCHEMA, load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { Sections } from '../../cli/plan/sections.ts';
import { at } from '../../charts/lib/manifest.ts';

const whole = (text: string): unknown => load(text, { schema: CORE_SCHEMA });

/** What is not sections with a key each, or not at every line that looks like the start of one. */
const TEXTS: Readonly<Record<string, string>> = {
  'a list without indentation': 'a:\n- 1\n- b: 2\n\nc: 3\n',
  'a text that keeps its line breaks': 'a: |+\n  b: 1\n\n\nc: 2\n',
  comments: '# one\na: 1 # two\n# three\nb: 2\n',
  JSON: '{\n"a": 1,\n"b": [2]\n}\n',
  'a marker': '---\na: 1\nb: 2\n',
  'a flow map over lines': 'a: {\nb: 1}\nc: 2\n',
  'a quoted text over lines': 'a: "x\nb: y"\nc: 2\n',
  'an alias of another section': 'a: &x { b: 1 }\nc: *x\n',
  'a merge of another section': 'a: &x { b: 1 }\n<<: *x\n',
  'sections of sections': 'a:\n  b: 1\n\n  c:\n    d: |\n      e: 1\n\n       f: 2\n  g: "h\n    i: j"\nk: 3\n',
  'lists in sections of sections': 'a:\n  b:\n  - 1\n  c:\n    - 2\n',
  'a quoted text over lines in a section': 'a:\n  b: "x\n  c: y"\n  d: 1\n',
  'an alias within a section': 'a:\n  b: &x 1\n  c: *x\n',
  'other keys in a section': 'a:\n  "b": 1\n  c.d/e: 2\n  3: 4\n',
  'a section with a comment': 'a:\n  b: 1\n# c\n  d: 2\n',
  'a section that is indented by one': 'a:\n b: 1\n c: 2\n',
  'a section that is indented by three': 'a:\n   b: 1\n   c: 2\n',
  'a line separator that is no line break': 'a: "x\u2028b: y"\nc: 2\n',
  'line breaks of another system': 'a: 1\r\nb:\r\n  c: 2\r\n',
  'no line break at the end': 'a: 1\nb:\n  c: 2',
  'a quoted key': '"a": 1\nb: 2\n',
  'a list': '- a: 1\n- b: 2\n',
  'a list of one': '- a\n',
  'a flow map as a line': '{ a: 1, b: 2 }\n',
  'a text': 'a\n',
  nothing: '',
};

/** What is no single YAML document. */
const MISTAKES: Readonly<Record<string, string>> = {
  'a key twice': 'a: 1\nb: 2\na: 3\n',
  'a map that is indented, before a key': '  { a: 1 }\nb: 2\n',
  'an indented key before others': '# c\n  a: 1\nb: 2\n',
  'a word between keys': 'a: 1\nb\nc: 2\n',
  'a key twice in a section': 'a:\n  b: 1\n  c: 2\n  b: 3\n',
  'a list outside its section': 'a:\n  b:\n- 1\n',
  'a key outside its section': 'a:\n  b: 1\n c: 2\n',
  'a line separator in a plain text': 'a: x\u2028b: y\nc: 2\n',
  'the end of a document in between': 'a: 1\n...\nb: 2\n',
  'a second document': 'a: 1\n---\nb: 2\n',
  'a directive in between': 'a: 1\n%YAML 1.2\nb: 2\n',
};

describe('sections of YAML', () => {
  it.each(Object.entries(TEXTS))('have the values of the whole: %s', (_, text) => {
    expect(new Sections().read(text)).toEqual(whole(text));
  });

  it.each(Object.entries(MISTAKES))('are refused as the whole is: %s', (_, text) => {
    expect(() => whole(text)).toThrow();
    expect(() => new Sections().read(text)).toThrow();
  });

  it('have the values of the whole in each file of dist, in the order of its keys', () => {
    const dist = join(import.meta.dirname, '..', '..', 'dist');
    const sections = new Sections();
    for (const path of readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((one) =>
      one.endsWith('.yaml'),
    )) {
      const text = readFileSync(join(dist, path), 'utf8');
      expect(JSON.stringify(sections.read(text)), path).toBe(JSON.stringify(whole(text)));
    }
  });

  it('are one value of two texts within sections, too', () => {
    const sections = new Sections();
    const labelsIn = (text: string): unknown => at(sections.read(text), 'metadata', 'labels');
    const first = labelsIn('metadata:\n  name: a\n  labels:\n    b: c\n');
    expect(labelsIn('metadata:\n  name: d\n  labels:\n    b: c\n')).toBe(first);
  });

  it('are one value of two texts that have them, until nobody has asked for two rounds', () => {
    const sections = new Sections();
    const specIn = (text: string): unknown => at(sections.read(text), 'spec');
    const first = specIn('kind: A\nspec:\n  b: 1\n');
    expect(specIn('kind: C\nspec:\n  b: 1\n')).toBe(first);
    sections.next();
    expect(specIn('kind: D\nspec:\n  b: 1\n')).toBe(first);
    sections.next();
    sections.next();
    expect(specIn('kind: E\nspec:\n  b: 1\n')).not.toBe(first);
  });
});
