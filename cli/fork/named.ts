/**
 * A text of one service as that of another one: its name as it is in words, strings, comments and paths, and as an identifier of
 * TypeScript where it is one or a part of one: `whoamiModule` becomes `orderDeskModule`.
 */
export function named(text: string, like: string, name: string): string {
  const [from, to] = [camel(like), camel(name)];
  return (
    text
      // A part of an identifier, or the object of one: `WhoamiService`, `whoamiModule`, `this.whoami`, `readonly whoami`.
      .replaceAll(new RegExp(`(?<![A-Za-z])${capital(from)}(?![a-z])`, 'g'), capital(to))
      .replaceAll(
        new RegExp(`(?<![A-Za-z-])${from}(?=[A-Z])|(?<=\\b(?:this\\.|readonly |const |let ))${from}(?![\\w-])`, 'g'),
        to,
      )
      .replaceAll(new RegExp(`(?<![A-Za-z-])${like}(?![A-Za-z])`, 'g'), name)
  );
}

/** A name with hyphens as an identifier. */
export function camel(name: string): string {
  return name.replaceAll(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

export function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
