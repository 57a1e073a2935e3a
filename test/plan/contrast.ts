import type { Page } from 'playwright-core';

/** Text of a page on its background, as the browser computes both. */
export interface Painted {
  readonly text: string;
  readonly color: string;
  readonly background: string;
}

/** Every text that is shown. It runs in the browser, from which only JSON comes. */
export async function paintedOf(page: Page): Promise<Painted[]> {
  return page.evaluate(`[...document.querySelectorAll('body *')]
    .filter((element) => element.checkVisibility() && !element.matches('option, script'))
    .filter((element) => [...element.childNodes].some(({ nodeType, data }) => nodeType === 3 && data.trim()))
    .map((element) => {
      let behind = element;
      while (behind && getComputedStyle(behind).backgroundColor === 'rgba(0, 0, 0, 0)') behind = behind.parentElement;
      return {
        text: element.textContent.trim().slice(0, 60),
        color: getComputedStyle(element).color,
        background: getComputedStyle(behind).backgroundColor,
      };
    })`);
}

/** The contrast of WCAG 2, from 1 to 21. */
export function contrastOf({ color, background }: Painted): number {
  const [lighter = 0, darker = 0] = [luminance(color), luminance(background)].toSorted((one, other) => other - one);
  return (lighter + 0.05) / (darker + 0.05);
}

function luminance(color: string): number {
  const [, ...channels] = /^rgb\((\d+), (\d+), (\d+)\)$/.exec(color) ?? [];
  if (channels.length !== 3) throw new Error(`not an opaque color: ${color}`);
  const [red = 0, green = 0, blue = 0] = channels
    .map((channel) => Number(channel) / 255)
    .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
