import { defineAlerts } from '../../rules/rule.ts';
import { jobOf, noneUp } from '../../rules/target.ts';

const JOB = jobOf('gateway');
const FAILED = 'code=~"5.."';

/** Requests a second from outside: the other entry point has probes and metrics. */
const requests = (more = ''): string =>
  `sum(rate(traefik_entrypoint_requests_total{${JOB}, entrypoint=~"web|websecure"${more}}[5m]))`;

/** Requests a second by the backend of a route: Traefik's name of its service ends in namespace, name and position. */
const byBackend = (more = ''): string =>
  `sum by (backend) (label_replace(
  rate(traefik_service_requests_total{${JOB}, service=~".+-svc-.+@kubernetesgateway"${more}}[5m]),
  "backend", "$1", "service", ".*-svc-(.+)-[0-9]+@kubernetesgateway"
))`;

export const GATEWAY_ALERTS = defineAlerts({
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
