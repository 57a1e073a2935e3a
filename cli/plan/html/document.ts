import { sourceOf, type Assets } from './assets.ts';
import { Markup, markup } from './markup.ts';

/**
 * A page as one file that a browser shows. Nothing is loaded, and the policy in it lets only its own style and script run.
 *
 * @param js its script, which makes HTML by the policy of trusted types `plan` @default none
 */
export function documentOf(title: string, { css, js }: Pick<Assets, 'css'> & Partial<Assets>, body: Markup): string {
  const scripts = js === undefined ? [] : [`script-src ${sourceOf(js)}`];
  const types = js === undefined ? [] : ["require-trusted-types-for 'script'", 'trusted-types plan'];
  const own = ["default-src 'none'", `style-src ${sourceOf(css)}`, ...scripts, "base-uri 'none'", "form-action 'none'"];
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${[...own, ...types].join('; ')}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${new Markup(css)}</style>${
    js !== undefined &&
    markup`
<script>${new Markup(js)}</script>`
  }
</head>
<body>
${body}
</body>
</html>
`.text;
}
