import { alertTable } from '../../../test/rules/alert-table.ts';
import { gatewayAlerts } from './alerts.ts';

const TARGET = 'job="gateway/gateway",namespace="gateway"';

/** Requests a minute to an entry point, on two pods. */
const entryPoint = (good: number, failed: number, name = 'websecure') =>
  Object.fromEntries(
    ['a', 'b'].flatMap((pod) => [
      [`traefik_entrypoint_requests_total{${TARGET},pod="${pod}",entrypoint="${name}",code="200"}`, `0+${good}x60`],
      [`traefik_entrypoint_requests_total{${TARGET},pod="${pod}",entrypoint="${name}",code="502"}`, `0+${failed}x60`],
    ]),
  );
/** Requests a minute to a Service, by two routes. */
const backend = (good: number, failed: number, target = 'items-items') =>
  Object.fromEntries(
    ['gateway-gateway', 'gateway-hosts'].flatMap((gateway) => {
      const service = `httproute-items-items-gw-${gateway}-ep-websecure-0-0123456789-svc-${target}-0@kubernetesgateway`;
      return [
        [`traefik_service_requests_total{${TARGET},service="${service}",code="200"}`, `0+${good}x60`],
        [`traefik_service_requests_total{${TARGET},service="${service}",code="500"}`, `0+${failed}x60`],
      ];
    }),
  );
const files = (open: number) => ({
  [`process_open_fds{${TARGET},pod="gateway-1"}`]: `${open}x60`,
  [`process_max_fds{${TARGET},pod="gateway-1"}`]: '1000x60',
});

alertTable(gatewayAlerts(['items', 'items-of-others', 'gateway']), {
  GatewayErrors: {
    fires: { series: entryPoint(90, 10), at: 15 },
    quiet: [
      { series: entryPoint(96, 4), at: 15 },
      // So few that a share says nothing.
      { series: entryPoint(0, 2), at: 15 },
      // Probes of its own entry point.
      { series: { ...entryPoint(100, 0), ...entryPoint(0, 500, 'traefik') }, at: 15 },
    ],
  },
  BackendErrors: {
    fires: [
      { series: backend(50, 10), at: 20, labels: { namespace: 'items', backend: 'items-items' } },
      // A namespace that begins like another one.
      { series: backend(50, 10, 'items-of-others-shop'), at: 20, labels: { namespace: 'items-of-others' } },
      // Nobody's: the gateway's own.
      { series: backend(50, 10, 'shop-shop'), at: 20, labels: { namespace: 'gateway', backend: 'shop-shop' } },
    ],
    quiet: [
      { series: backend(95, 5), at: 20 },
      { series: backend(0, 1), at: 20 },
    ],
  },
  GatewayConnectionsNearLimit: {
    fires: { series: files(900), at: 10, labels: { pod: 'gateway-1' } },
    quiet: { series: files(700), at: 10 },
  },
  GatewayDown: {
    fires: { series: { [`up{${TARGET},pod="a"}`]: '0x30' }, at: 10 },
    quiet: { series: { [`up{${TARGET},pod="a"}`]: '0x30', [`up{${TARGET},pod="b"}`]: '1x30' }, at: 10 },
  },
});
