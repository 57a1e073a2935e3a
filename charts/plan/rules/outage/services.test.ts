import { add, all, CONTAINER, prove, remove, set } from '../../../../test/lib/plan-rules.ts';
import { SERVICES } from './services.ts';

const SELECTOR = ['spec', 'selector', 'app.kubernetes.io/name'] as const;
const MONITOR = {
  apiVersion: 'monitoring.coreos.com/v1',
  kind: 'ServiceMonitor',
  metadata: { name: 'hello', namespace: 'hello' },
  spec: { selector: { matchLabels: { 'app.kubernetes.io/name': 'hello' } }, endpoints: [{ port: 'http' }] },
};

prove(SERVICES, {
  'SLP-service-without-pods': {
    fires: {
      'another selector': [
        set('Service', 'hello', SELECTOR, 'x'),
        /^Service hello\/hello selects no pods any more: by .* there were those of Deployment hello\/hello$/,
      ],
      'other labels of the pods': [
        set('Deployment', 'hello', ['spec', 'template', 'metadata', 'labels', 'app.kubernetes.io/name'], 'x'),
        /^Service hello\/hello selects no pods any more/,
      ],
      'no workload': [remove('Deployment', 'hello'), /^Service hello\/hello selects no pods any more/],
    },
    quiet: {
      both: all(
        set('Service', 'hello', SELECTOR, 'x'),
        set('Deployment', 'hello', ['spec', 'template', 'metadata', 'labels', 'app.kubernetes.io/name'], 'x'),
      ),
      'the workload with its Service': all(remove('Deployment', 'hello'), remove('Service', 'hello')),
    },
  },
  'SLP-port-gone': {
    given: add(MONITOR),
    fires: {
      'a number that a route calls': [
        set('Service', 'hello', ['spec', 'ports', 0, 'port'], 8080),
        /has no port 80 any more, which HTTPRoute hello\/hello calls$/,
      ],
      'a name that a monitor reads': [
        set('Service', 'hello', ['spec', 'ports', 0, 'name'], 'web'),
        /has no port http any more, which ServiceMonitor hello\/hello calls$/,
      ],
      'the port of a webhook': [
        (d) => d.set(d.find('Service', 'cert-manager-webhook'), ['spec', 'ports'], [{ name: 'x', port: 8443 }]),
        /has no port 443 any more, which .*ValidatingWebhookConfiguration cert-manager-webhook/,
      ],
    },
    quiet: {
      'a name that nothing reads': all(
        remove('ServiceMonitor', 'hello'),
        set('Service', 'hello', ['spec', 'ports', 0, 'name'], 'web'),
      ),
      'both ends': all(
        set('Service', 'hello', ['spec', 'ports', 0, 'port'], 8080),
        set('HTTPRoute', 'hello', ['spec', 'rules', 0, 'backendRefs', 0, 'port'], 8080),
      ),
    },
  },
  'SLP-target-port': {
    fires: {
      'a name that no pod has': [
        set('Service', 'hello', ['spec', 'ports', 0, 'targetPort'], 'web'),
        /^Service hello\/hello leads to port web, which none of its pods has/,
      ],
      'a pod that renames it': [
        set('Deployment', 'hello', [...CONTAINER, 'ports', 0, 'name'], 'web'),
        /leads to port http, which none of its pods has/,
      ],
    },
    quiet: {
      both: all(
        set('Service', 'hello', ['spec', 'ports', 0, 'targetPort'], 'web'),
        set('Deployment', 'hello', [...CONTAINER, 'ports', 0, 'name'], 'web'),
      ),
      'a number': set('Service', 'hello', ['spec', 'ports', 0, 'targetPort'], 3000),
    },
  },
});
