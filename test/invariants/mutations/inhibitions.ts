import type { Draft } from '../../lib/draft.ts';
import type { Manifest } from '../../../charts/lib/manifest.ts';
import { inhibitionsApply } from '../inhibitions.ts';
import { type Mutation, mutations } from './mutation.ts';

const FIRST = ['spec', 'inhibitRules', 0] as const;

const config = (d: Draft): Manifest => d.find('AlertmanagerConfig');
const severity = (value: string): object[] => [{ name: 'severity', value, matchType: '=' }];

/** What alerts mute. */
export const inhibitionsMutations: readonly Mutation[] = mutations(inhibitionsApply, {
  'inhibition by an alert that does not exist': [
    (d) => d.set(config(d), [...FIRST, 'sourceMatch', 0, 'value'], 'NodeInOrbit'),
    /^AlertmanagerConfig alertmanager\/main mutes alertname=~\w+ by alertname=NodeInOrbit, which no two alerts are$/,
  ],
  'inhibition of an alert that does not exist': [
    (d) => d.set(config(d), [...FIRST, 'targetMatch', 0, 'value'], 'NodeInOrbit|NodeLost'),
    /^AlertmanagerConfig alertmanager\/main mutes alertname=~NodeInOrbit\|NodeLost by alertname=\w+, which no two alerts are$/,
  ],
  'inhibition of an alert by itself': [
    (d) => {
      d.set(config(d), [...FIRST, 'sourceMatch', 0, 'value'], 'NodeDiskFull');
      d.set(config(d), [...FIRST, 'targetMatch', 0, 'value'], 'NodeDiskFull');
    },
    /^AlertmanagerConfig alertmanager\/main mutes alertname=~NodeDiskFull by alertname=NodeDiskFull/,
  ],
  'inhibition of warnings by what is critical and has the same name': [
    (d) => {
      d.set(config(d), [...FIRST, 'sourceMatch'], severity('critical'));
      d.set(config(d), [...FIRST, 'targetMatch'], severity('warning'));
      d.set(config(d), [...FIRST, 'equal'], ['alertname']);
    },
    /^AlertmanagerConfig alertmanager\/main mutes severity=warning by severity=critical, which no two alerts are$/,
  ],
});
