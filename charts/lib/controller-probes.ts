import { type ContainerProps, httpProbe } from './container.ts';

/**
 * Probes of a controller, which answers on one path while it runs: nobody waits for its answers, so that it has time for
 * them. One that answers elsewhere once it works replaces `readiness`.
 *
 * @param path that is answered without a question to the API server
 * @param port name of the container's port
 */
export function controllerProbes(
  path: string,
  port: string,
): Pick<ContainerProps, 'startup' | 'liveness' | 'readiness'> {
  return {
    startup: httpProbe(path, port, { periodSeconds: 2, failureThreshold: 30 }),
    liveness: httpProbe(path, port, { periodSeconds: 20, timeoutSeconds: 5, failureThreshold: 3 }),
    readiness: httpProbe(path, port, { periodSeconds: 10, timeoutSeconds: 3, failureThreshold: 2 }),
  };
}
