import { all, CONTAINER, prove, set } from '../../../../test/lib/plan-rules.ts';
import { MONITORS } from './monitors.ts';

prove(MONITORS, {
  'SLP-monitor-port': {
    fires: {
      'a pod that renames its port': [
        set('Deployment', 'hello', [...CONTAINER, 'ports', 1, 'name'], 'stats'),
        /^Deployment hello\/hello has no port metrics any more, which PodMonitor hello\/hello reads/,
      ],
      'a monitor of another port': [
        set('PodMonitor', 'hello', ['spec', 'podMetricsEndpoints', 0, 'port'], 'stats'),
        /^PodMonitor hello\/hello reads port stats, which none of its pods has/,
      ],
    },
    quiet: {
      both: all(
        set('Deployment', 'hello', [...CONTAINER, 'ports', 1, 'name'], 'stats'),
        set('PodMonitor', 'hello', ['spec', 'podMetricsEndpoints', 0, 'port'], 'stats'),
      ),
    },
  },
});
