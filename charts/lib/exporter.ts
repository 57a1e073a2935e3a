import { k8s } from 'cdk8s-plus-28';
import { type ContainerProps, httpProbe } from './container.ts';

/**
 * Probes of an exporter beside the server that it is about, on its port `metrics`. Neither depends on the server: the
 * exporter must be up to report that the server is down, and a pod that is not ready takes its server out of the Service.
 *
 * @param path that is answered without a question to the server
 */
export function exporterProbes(path: string): Pick<ContainerProps, 'liveness' | 'readiness'> {
  return {
    liveness: httpProbe(path, 'metrics', {
      initialDelaySeconds: 10,
      periodSeconds: 30,
      timeoutSeconds: 5,
      failureThreshold: 3,
    }),
    readiness: { tcpSocket: { port: k8s.IntOrString.fromString('metrics') }, periodSeconds: 15 },
  };
}
