import {
  PrometheusOperator,
  type PrometheusOperatorProps,
} from '../../charts/components/prometheus-operator/prometheus-operator.ts';
import { prometheusOperatorSettings } from '../../charts/components/prometheus-operator/settings.ts';
import { newestUpstream } from './upstream.ts';

/** A Prometheus Operator for tests. @param settings its section of a cluster file */
export function prometheusOperator(servers: PrometheusOperatorProps['servers'], settings: object = {}) {
  return new PrometheusOperator({
    ...prometheusOperatorSettings.parse(settings),
    images: {
      server: 'prometheus-operator:v0.93.0',
      webhook: 'admission-webhook:v0.93.0',
      reloader: 'prometheus-config-reloader:v0.93.0',
    },
    upstream: newestUpstream('prometheus-operator'),
    servers,
  });
}
