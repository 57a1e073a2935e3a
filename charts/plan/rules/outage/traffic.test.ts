import { listAt, textAt } from '../../../lib/manifest.ts';
import { add, all, prove, remove, within } from '../../../../test/lib/plan-rules.ts';
import type { Draft } from '../../../../test/lib/draft.ts';
import { TRAFFIC } from './traffic.ts';

const NAME = 'app.kubernetes.io/name';

/** Removes the rules of a policy whose peers are the pods of a component. */
function without(d: Draft, which: ReturnType<typeof within>, direction: 'ingress' | 'egress', component: string): void {
  const policy = d.find('NetworkPolicy', which);
  const names = (rule: unknown): boolean =>
    listAt(rule, direction === 'ingress' ? 'from' : 'to').some(
      (peer) => textAt(peer, 'podSelector', 'matchLabels', NAME) === component,
    );
  d.set(
    policy,
    ['spec', direction],
    listAt(policy, 'spec', direction).filter((rule) => !names(rule)),
  );
}

prove(TRAFFIC, {
  'SLP-traffic-denied': {
    fires: {
      'an ingress rule that a client needs': [
        (d) => without(d, within('mongo', 'mongo'), 'ingress', 'ledger'),
        /^StatefulSet mongo\/mongo no longer accepts connections of Deployment ledger\/ledger/,
      ],
      'an egress rule that the server names': [
        (d) => without(d, within('ledger', 'ledger'), 'egress', 'mongo'),
        /^Deployment ledger\/ledger may no longer call StatefulSet mongo\/mongo/,
      ],
      'no policy but the default-deny': [
        remove('NetworkPolicy', within('mongo', 'mongo')),
        /no longer accepts connections of .*Deployment ledger\/ledger/,
      ],
    },
    quiet: {
      'both ends': (d) => {
        without(d, within('mongo', 'mongo'), 'ingress', 'ledger');
        without(d, within('ledger', 'ledger'), 'egress', 'mongo');
      },
      'another order of the rules': (d) => {
        const policy = d.find('NetworkPolicy', within('mongo', 'mongo'));
        d.set(policy, ['spec', 'ingress'], listAt(policy, 'spec', 'ingress').toReversed());
      },
    },
  },
  'SLP-newly-isolated': {
    given: all(
      remove('NetworkPolicy', within('hello', 'default-deny')),
      remove('NetworkPolicy', within('hello', 'hello')),
    ),
    fires: {
      'a default-deny': [
        add({
          apiVersion: 'networking.k8s.io/v1',
          kind: 'NetworkPolicy',
          metadata: { name: 'default-deny', namespace: 'hello' },
          spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
        }),
        /^Deployment hello\/hello had no policy for ingress/,
      ],
    },
    quiet: {
      'a second policy': (d) => d.copy(d.find('NetworkPolicy', within('mongo', 'mongo')), 'second'),
      'a policy of new pods': all(
        (d) =>
          d.set(
            d.copy(d.find('Deployment', 'hello'), 'other'),
            ['spec', 'template', 'metadata', 'labels', NAME],
            'other',
          ),
        add({
          apiVersion: 'networking.k8s.io/v1',
          kind: 'NetworkPolicy',
          metadata: { name: 'other', namespace: 'hello' },
          spec: { podSelector: { matchLabels: { [NAME]: 'other' } } },
        }),
      ),
    },
  },
  'SLP-dns-denied': {
    fires: {
      'no egress': [
        (d) => d.set(d.find('NetworkPolicy', within('hello', 'hello')), ['spec', 'egress'], []),
        /^Deployment hello\/hello may no longer ask a name server/,
      ],
    },
    quiet: { 'any port': (d) => d.set(d.find('NetworkPolicy', within('hello', 'hello')), ['spec', 'egress'], [{}]) },
  },
});
