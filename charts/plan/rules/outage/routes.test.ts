import { all, drop, prove, push, remove, set } from '../../../../test/lib/plan-rules.ts';
import { GATEWAYS } from './routes.ts';

const BACKENDS = ['spec', 'rules', 0, 'backendRefs'] as const;
const weighted = (one: number, other: number): unknown[] => [
  { name: 'hello', port: 80, weight: one },
  { name: 'canary', port: 80, weight: other },
];

prove(GATEWAYS, {
  'SLP-listener-gone': {
    fires: {
      removed: [
        (d) => d.drop(d.find('Gateway', 'gateway'), 'spec', 'listeners', 1),
        /^Gateway gateway\/gateway has no listener https any more: .*HTTPRoute hello\/hello.* no longer reached by it$/,
      ],
    },
    quiet: {
      'another order': (d) => {
        const gateway = d.find('Gateway', 'gateway');
        d.set(
          gateway,
          ['spec', 'listeners'],
          (gateway as unknown as { spec: { listeners: unknown[] } }).spec.listeners.toReversed(),
        );
      },
    },
  },
  'SLP-route-detached': {
    fires: {
      'another host': [
        set('Gateway', 'gateway', ['spec', 'listeners', 1, 'hostname'], '*.example.com'),
        /no longer serves hello\.aks\.example\.net of HTTPRoute hello\/hello/,
      ],
      'other namespaces': [
        set('Gateway', 'gateway', ['spec', 'listeners', 1, 'allowedRoutes', 'namespaces'], { from: 'Same' }),
        /no longer serves hello\.aks/,
      ],
    },
    quiet: { 'any host': drop('Gateway', 'gateway', 'spec', 'listeners', 1, 'hostname') },
  },
  'SLP-host-removed': {
    fires: {
      'another host': [
        set('HTTPRoute', 'hello', ['spec', 'hostnames'], ['hi.aks.example.net']),
        /no longer serves hello\.aks\.example\.net, and nothing else does$/,
      ],
      'no route': [remove('HTTPRoute', 'hello'), /is deleted, and nothing else serves hello\.aks\.example\.net$/],
    },
    quiet: {
      'one more host': push('HTTPRoute', 'hello', ['spec', 'hostnames'], 'hi.aks.example.net'),
      'a route of another name': all(
        (d) => d.copy(d.find('HTTPRoute', 'hello'), 'other'),
        remove('HTTPRoute', 'hello'),
      ),
    },
  },
  'SLP-weights': {
    given: set('HTTPRoute', 'hello', BACKENDS, weighted(90, 10)),
    fires: {
      'other shares': [
        set('HTTPRoute', 'hello', BACKENDS, weighted(10, 90)),
        /go to hello\/80 10 %, canary\/80 90 % instead of hello\/80 90 %, canary\/80 10 %$/,
      ],
    },
    quiet: { 'the same shares': set('HTTPRoute', 'hello', BACKENDS, weighted(9, 1)) },
  },
  'SLP-weights-zero': {
    fires: {
      'all 0': [
        set('HTTPRoute', 'hello', [...BACKENDS, 0, 'weight'], 0),
        /sends no request that matches .* to anything/,
      ],
    },
    quiet: { 'one of two': set('HTTPRoute', 'hello', BACKENDS, weighted(0, 1)) },
  },
});
