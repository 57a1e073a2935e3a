const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

/** How a number is written. */
export type Format = (number: number) => string;

/** A number of things. */
export const plain: Format = String;

/** CPU in cores: `5.62`. */
export const cores: Format = (millicores) => String(millicores / 1000);

/** Bytes in the largest unit of which there is one: `42.2 GiB`. */
export const bytes: Format = (number) => {
  let [value, unit] = [number, 0];
  while (value >= 1024 && unit < UNITS.length - 1) [value, unit] = [value / 1024, unit + 1];
  const rounded = Math.round(value * 10) / 10;
  return unit === 0 ? String(number === 0 ? 0 : `${number} B`) : `${rounded} ${UNITS[unit]}`;
};

/** A number, and by how much it is more or less than it was: `5.62 +0.5`. */
export function withChange(format: Format, now: number, before: number | undefined): string {
  if (before === undefined || before === now) return format(now);
  return `${format(now)} ${now > before ? '+' : '−'}${format(Math.abs(now - before))}`;
}

/** How long a backup is kept, of a Go duration: whole days as such. */
export function keptFor(ttl: string): string {
  const [, hours] = /^(\d+)h(?:0m)?(?:0s)?$/.exec(ttl) ?? [];
  if (hours === undefined) return ttl;
  return Number(hours) % 24 === 0 ? `${Number(hours) / 24}d` : `${hours}h`;
}
