import { defineAlerts } from '../../rules/rule.ts';
import { jobOf, noneUp } from '../../rules/target.ts';

const JOB = jobOf('gateway');
const FAILED = 'code=~"5.."';

/** Requests a second from outside: the other entry point has probes and metrics. */
const requests = (more = ''): string =>
  `sum(rate(traefik_entrypoint_requests_total{${JOB}, entrypoint=~"web|websecure"${more}}[5m]))`;

/**
 * Alerts of the gateway.
 *
 * @param namespaces of the components whose hosts it serves; Traefik's name of a backend has one of them before the name of
 *   the Service, and both may have hyphens
 */
export const gatewayAlerts = (namespaces: readonly string[]) => {
  // The first that fits counts.
  const known = namespaces.toSorted((a, b) => b.length - a.length || (a < b ? -1 : 1)).join('|');
  /** Requests a second by the backend of a route: Traefik's name of its service ends in namespace, name and position. */
  const byBackend = (more = ''): string => {
    const all = `rate(traefik_service_requests_total{${JOB}, service=~".+-svc-.+@kubernetesgateway"${more}}[5m])`;
    const named = `label_replace(${all}, "backend", "$1", "service", ".*-svc-(.+)-[0-9]+@kubernetesgateway")`;
    return `sum by (namespace, backend) (label_replace(
  ${named},
  "namespace", "$1", "service", ".*-svc-(${known})-.+-[0-9]+@kubernetesgateway"
))`;
  };
  return defineAlerts('component', {
    GatewayErrors: {
      // At least one in ten seconds: a share of almost no requests says nothing.
      expr: `${requests(`, ${FAILED}`)} / ${requests()} > 0.05 and ${requests(`, ${FAILED}`)} > 0.1`,
      for: '5m',
      severity: 'critical',
      summary: '{{ $value | humanizePercentage }} of all requests from outside fail',
      impact: 'users see errors, on hosts of several components or on the busiest one',
      runbook: 'gateway-errors',
    },
    BackendErrors: {
      expr: `${byBackend(`, ${FAILED}`)} / ${byBackend()} > 0.1
and
${byBackend(`, ${FAILED}`)} > 0.05`,
      for: '10m',
      severity: 'warning',
      summary: '{{ $value | humanizePercentage }} of the requests to {{ $labels.backend }} fail',
      impact: 'users of this component see errors',
      runbook: 'gateway-errors',
      about: 'namespace',
    },
    GatewayConnectionsNearLimit: {
      // Each connection, from a client or to a backend, takes one.
      expr: `max by (pod) (process_open_fds{${JOB}} / process_max_fds{${JOB}}) > 0.8`,
      for: '5m',
      severity: 'warning',
      summary: 'pod {{ $labels.pod }} of the gateway uses {{ $value | humanizePercentage }} of its file descriptors',
      impact: 'soon it accepts no connection',
      runbook: 'gateway-errors',
    },
    GatewayDown: {
      expr: noneUp(JOB),
      for: '5m',
      severity: 'critical',
      summary: 'no pod of the gateway is running',
      impact: 'no host can be reached from outside',
      runbook: 'gateway-errors',
    },
  });
};
