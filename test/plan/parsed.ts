import { parse } from 'parse5';

interface Node {
  readonly nodeName: string;
  readonly value?: string;
  readonly attrs?: readonly { readonly name: string; readonly value: string }[];
  readonly childNodes?: readonly Node[];
}

/** An element as an HTML parser sees it. */
export interface Parsed {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  /** Of it and of all elements in it. */
  readonly text: string;
}

/** All elements of a page, in its order. @param scripted whether the browser runs scripts, which noscript depends on */
export function elementsOf(page: string, scripted: boolean): Parsed[] {
  return below(parse(page, { scriptingEnabled: scripted }));
}

function below(node: Node): Parsed[] {
  return (node.childNodes ?? []).flatMap((child) => (child.attrs ? [parsed(child), ...below(child)] : []));
}

function parsed(node: Node): Parsed {
  const attributes = new Map((node.attrs ?? []).map(({ name, value }) => [name, value]));
  return { name: node.nodeName, attributes, text: textOf(node) };
}

function textOf({ value, childNodes = [] }: Node): string {
  return value ?? childNodes.map(textOf).join('');
}
