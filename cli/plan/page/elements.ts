/** The one element of a class for a selector. @throws Error if the page has none */
export function required<T extends Element>(type: new () => T, selector: string): T {
  const element = document.querySelector(selector);
  if (element instanceof type) return element;
  throw new Error(`the page has no ${type.name} ${selector}`);
}

/** All elements for a selector. */
export function all<T extends Element>(selector: string, within: ParentNode = document): T[] {
  return [...within.querySelectorAll<T>(selector)];
}

/** Sets a pressed state, if the page has the button. */
export function press(button: Element | null, pressed: boolean): void {
  button?.setAttribute('aria-pressed', String(pressed));
}
