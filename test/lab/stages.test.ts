import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { expect, it } from 'vitest';
import { listAt, textAt } from '../../charts/lib/manifest.ts';
import { STATE, STATES } from './kubelet.ts';

const stages = loadAll(readFileSync(join(import.meta.dirname, 'stages', 'pod.yaml'), 'utf8'));

it.each(STATES)('a pod in state %s has a Stage of its own', (state) => {
  const wanted = `.metadata.annotations["${STATE}"]`;
  const found = stages.filter((stage) =>
    listAt(stage, 'spec', 'selector', 'matchExpressions').some(
      (expression) => textAt(expression, 'key') === wanted && listAt(expression, 'values').includes(state),
    ),
  );
  expect(found.map((stage) => textAt(stage, 'metadata', 'name'))).toEqual([`pod-${state}`]);
});

it.each(['building', 'unbuilt'])('the reason of a pod in state %s is none that Argo CD takes for an error', (state) => {
  const stage = stages.find((one) => textAt(one, 'metadata', 'name') === `pod-${state}`);
  const reason = /^ *reason: (\w+Program\w*|Program\w+)$/m.exec(
    textAt(stage, 'spec', 'next', 'statusTemplate') ?? '',
  )?.[1];
  expect(reason).toBeDefined();
  expect(reason).not.toMatch(/^Err|Error$|BackOff$/);
});
