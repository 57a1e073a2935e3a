import { describe, expect, it } from 'vitest';
import { network } from './cases/network.ts';
import { others } from './cases/others.ts';
import { workloads } from './cases/workloads.ts';
import { entriesFor } from './changes.ts';

describe.each([...workloads, ...network, ...others])(
  '$title',
  ({ before, after, of, verdict, severity = 'info', rule, names, fields }) => {
    const entries = entriesFor(before, after);
    const entry = of === undefined ? entries[0] : entries.find(({ object }) => object === of);

    it(`is ${verdict}, ${severity}`, () => {
      expect(entries.map(({ object, verdict: is }) => `${object}: ${is}`)).toContain(`${entry?.object}: ${verdict}`);
      expect(entry).toMatchObject({ verdict, severity });
      if (of === undefined) expect(entries).toHaveLength(1);
    });

    it.runIf(rule !== undefined || names !== undefined)('says why', () => {
      if (rule !== undefined) expect(entry?.findings.map((one) => one.rule)).toContain(rule);
      if (names) expect(entry?.findings.map(({ says, instead }) => `${says}; ${instead}`).join('\n')).toMatch(names);
    });

    it.runIf(fields !== undefined)('shows these fields alone', () => {
      expect(entry?.fields.filter(({ noise }) => !noise).map(({ path }) => path)).toEqual(fields);
    });
  },
);
