import { label, listAt } from '../../../lib/manifest.ts';
import { type Container, containersOfBoth } from '../pods.ts';
import { rule } from '../rule.ts';

/** The modes of mongod, each of which reaches members of the one before and after it (`net.tls.mode`). */
const MODES = ['disabled', 'allowTLS', 'preferTLS', 'requireTLS'];
const OPTION = '--tlsMode=';

function modeOf({ value }: Container): string {
  const words = [...listAt(value, 'command'), ...listAt(value, 'args')].map(String);
  return words.findLast((word) => word.startsWith(OPTION))?.slice(OPTION.length) ?? 'disabled';
}

const runsMongod = ({ value }: Container): boolean =>
  [...listAt(value, 'command'), ...listAt(value, 'args')].includes('mongod');

const jump = rule('SLP-tls-mode-jump', {
  severity: 'danger',
  about:
    'Members of a MongoDB replica set skip a mode of TLS: while they roll, those of both modes cannot reach each other',
  kinds: ['StatefulSet'],
  changed: (before, after) =>
    containersOfBoth(before, after).flatMap(({ old, now }) => {
      if (!runsMongod(old) || !runsMongod(now)) return [];
      const [one, other] = [MODES.indexOf(modeOf(old)), MODES.indexOf(modeOf(now))];
      if (one === -1 || other === -1 || Math.abs(one - other) < 2) return [];
      const between = MODES.slice(Math.min(one, other) + 1, Math.max(one, other));
      return [
        {
          path: `${now.path}.command`,
          says: `Members of ${label(after)} go from tlsMode ${MODES[one]} to ${MODES[other]} at once: while they roll there is no majority of members that reach each other, so that nothing can be written`,
          instead: `go by ${(one < other ? between : between.toReversed()).join(', then ')}, a sync each, and wait for the roll`,
        },
      ];
    }),
});

/** What divides a replica set while it rolls. */
export const MONGO_TLS = [jump];
