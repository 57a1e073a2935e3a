import type { Component } from '../../component.ts';
import { Fault, suggest } from '../../fault.ts';
import { at, listAt, type Manifest } from '../../lib/manifest.ts';
import { connect } from '../../lib/network.ts';
import { type HostBinding, route } from '../../lib/route.ts';
import { selects } from '../../order/offers.ts';
import { containerPorts, type PolicedWorkload } from './policies.ts';

/** A host, and the Service and its port that the gateway routes it to. */
export interface ServedHost {
  readonly binding: HostBinding;
  readonly service: string;
  readonly port: number;
}

/**
 * Routes a host to a Service, and connects the gateway to the container port behind it.
 *
 * @throws Fault if the Service, its port or the pods behind it do not exist
 */
export function serve(
  component: Component,
  { binding, service: name, port }: ServedHost,
  objects: readonly Manifest[],
  workloads: readonly PolicedWorkload[],
): void {
  const where = `manifests.${component.name}.host`;
  const services = objects.filter(({ kind, apiVersion }) => kind === 'Service' && apiVersion === 'v1');
  const service = services.find(({ metadata }) => metadata.name === name);
  if (!service)
    throw new Fault({
      what: `"${component.name}" has no Service "${name}"`,
      where,
      seen: name,
      fix: suggest(
        name,
        services.map(({ metadata }) => metadata.name),
      ),
    });
  const ports = listAt(service, 'spec', 'ports');
  const entry = ports.find((one) => at(one, 'port') === port);
  if (!entry)
    throw new Fault({
      what: `Service "${name}" has no port ${port}`,
      where,
      seen: String(port),
      fix: suggest(
        String(port),
        ports.map((one) => String(at(one, 'port'))),
      ),
    });
  const target = at(entry, 'targetPort') ?? port;
  const backends = workloads
    .filter(({ podLabels }) => selects(at(service, 'spec', 'selector'), podLabels))
    .flatMap(({ endpoint, object }) => targetPorts(object, target).map((found) => ({ endpoint, target: found })));
  const [first, ...others] = backends;
  if (!first)
    throw new Fault({
      what: `no container port is behind port ${port} of Service "${name}"`,
      where,
      seen: `targetPort ${String(target)}, selector ${JSON.stringify(at(service, 'spec', 'selector') ?? {})}`,
      fix: 'the pods that it selects must declare this port: choose another Service or port',
    });
  route(component, binding, [{ workload: { name, endpoint: first.endpoint }, port, target: first.target }]);
  for (const other of others) connect(binding.gateway, other.endpoint, other.target);
}

/** The container port that a Service's target names, by number or name. */
function targetPorts(object: Manifest, target: unknown): string[] {
  const found = containerPorts(object).find(
    ({ port, name }) => port === target || (name !== undefined && name === target),
  );
  return found ? [String(found.port)] : [];
}
