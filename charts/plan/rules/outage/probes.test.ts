import { all, CONTAINER, drop, prove, set } from '../../../../test/lib/plan-rules.ts';
import { PROBE_RULES } from './probes.ts';

const LIVENESS = [...CONTAINER, 'livenessProbe'] as const;

prove(PROBE_RULES, {
  'SLP-liveness-stricter': {
    given: drop('Deployment', 'velero', ...LIVENESS),
    fires: {
      'fewer failures': [
        set('Deployment', 'hello', [...LIVENESS, 'failureThreshold'], 1),
        /it fails for 10 seconds instead of 30$/,
      ],
      'a shorter timeout': [
        set('Deployment', 'hello', [...LIVENESS, 'timeoutSeconds'], 1),
        /answers later than 1 seconds instead of 3$/,
      ],
      'a new probe': [
        set('Deployment', 'velero', [...LIVENESS], { httpGet: { path: '/', port: 8085 } }),
        /whenever its new liveness probe fails for 30 seconds$/,
      ],
    },
    quiet: {
      'the same patience': all(
        set('Deployment', 'hello', [...LIVENESS, 'failureThreshold'], 1),
        set('Deployment', 'hello', [...LIVENESS, 'periodSeconds'], 30),
      ),
      'no probe': drop('Deployment', 'hello', ...LIVENESS),
    },
  },
  'SLP-startup-probe-removed': {
    fires: { removed: [drop('Deployment', 'hello', ...CONTAINER, 'startupProbe'), /has no startup probe any more/] },
    quiet: {
      'with the liveness probe': all(
        drop('Deployment', 'hello', ...CONTAINER, 'startupProbe'),
        drop('Deployment', 'hello', ...LIVENESS),
      ),
    },
  },
  'SLP-readiness-removed': {
    fires: {
      removed: [drop('Deployment', 'hello', ...CONTAINER, 'readinessProbe'), /has no readiness probe any more/],
    },
    quiet: { 'a slower one': set('Deployment', 'hello', [...CONTAINER, 'readinessProbe', 'periodSeconds'], 20) },
  },
  'SLP-probe-port': {
    given: set('Deployment', 'ledger', [...LIVENESS, 'httpGet', 'port'], 'unknown'),
    fires: {
      'a port that has another name': [
        set('Deployment', 'hello', [...CONTAINER, 'ports', 0, 'name'], 'web'),
        /^The livenessProbe of container hello of Deployment hello\/hello asks port http/,
      ],
    },
    quiet: {
      'its number': set('Deployment', 'hello', [...LIVENESS, 'httpGet', 'port'], 3000),
      'a fault that was there': set('Deployment', 'ledger', ['spec', 'revisionHistoryLimit'], 9),
    },
  },
});
