import { all } from './elements.ts';

/** What browsers have that ask for a named policy wherever text becomes HTML; the page's own policy names this one. */
interface TrustedTypes {
  createPolicy(name: string, rules: { createHTML(text: string): string }): { createHTML(text: string): string };
}

const policy = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes?.createPolicy('plan', {
  // The page's own text, in which all values are escaped.
  createHTML: (text) => text,
});

/** In a large plan, what is inside of a change is text in `noscript` until somebody looks: most is never looked at. */
export function unfold(within: ParentNode): void {
  for (const folded of all('noscript', within)) {
    const text = folded.textContent ?? '';
    const { body } = new DOMParser().parseFromString(policy?.createHTML(text) ?? text, 'text/html');
    folded.replaceWith(...body.childNodes);
  }
}
