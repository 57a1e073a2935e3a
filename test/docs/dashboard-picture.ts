/** What of a dashboard's JSON is drawn. */
export interface DrawnDashboard {
  readonly title: string;
  readonly panels: readonly {
    readonly type: string;
    readonly title?: string;
    readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  }[];
}

/** Pixels of a column and of a row of Grafana's grid of 24 columns, and between panels. */
const COLUMN = 40;
const ROW = 22;
const GAP = 6;
const HEADER = 44;

/** A picture of where a dashboard has which panels, as SVG. What they show is Grafana's to draw. */
export function pictureOf({ title, panels }: DrawnDashboard): string {
  const height = HEADER + Math.max(...panels.map(({ gridPos: { y, h } }) => y + h)) * ROW + GAP;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${24 * COLUMN + GAP} ${height}" font-family="sans-serif" font-size="13">`,
    `<rect width="100%" height="100%" fill="#f4f5f5"/>`,
    `<text x="${GAP * 2}" y="28" font-size="17" font-weight="bold" fill="#24292e">${escaped(title)}</text>`,
    ...panels.map(panel),
    '</svg>',
    '',
  ].join('\n');
}

function panel({ type, title = '', gridPos: { x, y, w, h } }: DrawnDashboard['panels'][number]): string {
  const [left, top] = [x * COLUMN + GAP, HEADER + y * ROW];
  const label = `<text x="${left + 10}" y="${top + (type === 'row' ? 15 : 20)}" fill="#24292e"`;
  if (type === 'row') return `${label} font-weight="bold">▾ ${escaped(title)}</text>`;
  const [width, height] = [w * COLUMN - GAP, h * ROW - GAP];
  return [
    `<rect x="${left}" y="${top}" width="${width}" height="${height}" rx="2" fill="#fff" stroke="#d8d9da"/>`,
    `${label}>${escaped(title)}</text>`,
    `<text x="${left + width - 10}" y="${top + height - 9}" fill="#8e8e8e" font-size="11" text-anchor="end">${escaped(type)}</text>`,
  ].join('\n');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
