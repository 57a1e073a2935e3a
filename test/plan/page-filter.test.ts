import { describe, expect, it } from 'vitest';
import { filterOf } from '../../cli/plan/page/filter.ts';
import { hashOf, type State, stateOf } from '../../cli/plan/page/state.ts';
import { EXAMPLE } from './page-example.ts';

const filter = filterOf(EXAMPLE);

function objects(state: Partial<State>): string[] {
  const shown = filter({ ...stateOf(''), ...state });
  return EXAMPLE.entries.filter((_, i) => shown[i]).map(({ object }) => object);
}

describe('the filter of the page', () => {
  it('lets everything through that has a meaning', () => {
    expect(objects({})).toHaveLength(EXAMPLE.entries.length - 1);
    expect(objects({ noise: true })).toHaveLength(EXAMPLE.entries.length);
  });

  it.each([
    ['MONGO statefulset', ['StatefulSet mongo/mongo']],
    ['slp-drain', ['PodDisruptionBudget mongo/mongo']],
    ['keepalive_requests', ['ConfigMap gateway/nginx']],
    ['readOnlyRootFilesystem prod-gke', ['Deployment restaurants/restaurants']],
    ['postfacto/redis', ['Application argocd/postfacto']],
    ['nowhere', []],
  ])('finds %j', (search, found) => {
    expect(objects({ search })).toEqual(found);
  });

  it('takes any of the severities and verdicts, and all kinds of filters together', () => {
    expect(objects({ severity: ['block', 'danger'], application: 'mongo' })).toEqual([
      'StatefulSet mongo/mongo',
      'PodDisruptionBudget mongo/mongo',
    ]);
    expect(objects({ verdict: ['refused', 'cascade'], cluster: 'prod-eks' })).toEqual(['StatefulSet mongo/mongo']);
  });
});

describe('the hash of the page', () => {
  const chosen: State = {
    search: 'a&b=c #%',
    severity: ['block', 'danger'],
    verdict: ['refused'],
    cluster: 'prod-eks',
    application: 'mongo',
    noise: true,
    side: true,
    theme: 'dark',
    at: 0,
  };

  it('has what was chosen, and only that', () => {
    expect(stateOf(hashOf(chosen))).toEqual(chosen);
    expect(hashOf(stateOf(''))).toBe('#');
    expect(hashOf({ ...stateOf(''), severity: ['block', 'danger'], side: true })).toBe('#severity=block,danger&side=1');
  });

  it.each(['#changes', '#at=-1&theme=pink', '#%', '#=&&'])('is the default for %j', (hash) => {
    expect(stateOf(hash)).toEqual(stateOf(''));
  });
});
