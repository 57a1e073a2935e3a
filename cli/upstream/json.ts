/** Columns that a line may have, as for the formatter. */
const WIDTH = 120;

/** A JSON value as text, formatted as the repository's formatter does it: what fits stays on one line. */
export function jsonText(value: unknown): string {
  return `${textOf(value, '', 0)}\n`;
}

/** @param taken columns of the line before the value, and of the comma after it */
function textOf(value: unknown, indent: string, taken: number): string {
  const line = onOneLine(value);
  // The outermost value is written on several lines.
  if (taken > 0 && taken + line.length <= WIDTH) return line;
  if (typeof value !== 'object' || value === null) return line;
  const deeper = `${indent}  `;
  const entries = Array.isArray(value)
    ? value.map((item) => ['', item] as const)
    : Object.entries(value).map(([key, item]) => [`${JSON.stringify(key)}: `, item] as const);
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  const lines = entries.map(([key, item], i) => {
    const comma = i < entries.length - 1 ? ',' : '';
    return `${deeper}${key}${textOf(item, deeper, deeper.length + key.length + comma.length)}${comma}`;
  });
  return [open, ...lines, `${indent}${close}`].join('\n');
}

function onOneLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(onOneLine).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${onOneLine(item)}`);
  return entries.length > 0 ? `{ ${entries.join(', ')} }` : '{}';
}
