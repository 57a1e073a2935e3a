import { secondsOf } from '../../lib/duration.ts';
import { anyBytesOf } from '../../lib/quantity.ts';
import type { Place } from './place.ts';

/** True if two different scalars at a place mean the same. */
export function meansTheSame(place: Place, one: unknown, other: unknown): boolean {
  if (place.embedded) return false;
  if (isQuantity(place)) return sameQuantity(one, other);
  if (typeof one !== 'string' || typeof other !== 'string') return false;
  return isDuration(place) && secondsOf(one) !== undefined && secondsOf(one) === secondsOf(other);
}

/** Maps of quantities by resource, and single ones. */
function isQuantity({ pattern, field }: Place): boolean {
  return (
    /(^|\.)(requests|limits|hard|capacity|default|defaultRequest|max|min|podFixed)\.[^.]+$/.test(pattern) ||
    ['sizeLimit', 'averageValue', 'storage'].includes(field)
  );
}

function sameQuantity(one: unknown, other: unknown): boolean {
  const [a, b] = [one, other].map((value) => anyBytesOf(String(value)));
  if (a === undefined || b === undefined || Number.isNaN(a) || Number.isNaN(b)) return false;
  // Thousandths are not exact in binary.
  return Math.abs(a - b) <= Math.abs(a) * 1e-12;
}

/** Durations as text are in custom resources alone; built-in kinds count seconds. */
function isDuration({ field, root }: Place): boolean {
  return (
    !root.builtIn &&
    /^(duration|renewBefore|refreshInterval|ttl|for|keep_firing_for|.*[iI]nterval|.*[tT]imeout|backendRequest|request|maxDuration|retention)$/.test(
      field,
    )
  );
}
