import { listAt } from '../../lib/manifest.ts';
import type { Snapshot } from '../../plan/change.ts';

const PREFIX = '--config-reloader-';
const IMAGE = '--prometheus-config-reloader=';

/**
 * The pods of a server with the sidecar that the Prometheus Operator adds to them, by the operator's own flags
 * (prometheus-operator, cmd/operator/main.go); as they are if the operator is not in this cluster's dist.
 */
export function withReloader(spec: unknown, snapshot: Snapshot): unknown {
  const flags = operatorFlags(snapshot);
  const image = flags.find((flag) => flag.startsWith(IMAGE))?.slice(IMAGE.length);
  if (image === undefined) return spec;
  const amounts = (end: 'request' | 'limit') =>
    Object.fromEntries(
      ['cpu', 'memory'].flatMap((resource) => {
        const start = `${PREFIX}${resource}-${end}=`;
        const flag = flags.find((one) => one.startsWith(start));
        return flag === undefined ? [] : [[resource, flag.slice(start.length)]];
      }),
    );
  const reloader = {
    name: 'config-reloader',
    image,
    resources: { requests: amounts('request'), limits: amounts('limit') },
  };
  return { ...(spec as object), containers: [...listAt(spec, 'containers'), reloader] };
}

function operatorFlags(snapshot: Snapshot): string[] {
  return (
    snapshot
      .ofKind('Deployment')
      .map(({ manifest }) =>
        listAt(manifest, 'spec', 'template', 'spec', 'containers').flatMap((one) => listAt(one, 'args').map(String)),
      )
      .find((args) => args.some((arg) => arg.startsWith(IMAGE))) ?? []
  );
}
