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
  const service = serviceNamed(name, objects, where);
  const target = at(portOf(service, port, where), 'targetPort') ?? port;
  const selector = at(service, 'spec', 'selector');
  const [first, ...others] = workloads
    .filter(({ podLabels }) => selects(selector, podLabels))
    .flatMap(({ endpoint, object }) => targetPort(object, target).map((found) => ({ endpoint, target: found })));
  if (!first)
    throw new Fault({
      what: `no container port is behind port ${port} of Service "${name}"`,
      where,
      seen: `targetPort ${JSON.stringify(target)}, selector ${JSON.stringify(selector ?? {})}`,
      fix: 'the pods that it selects must declare this port: choose another Service or port',
    });
  const servicePorts = { [first.target]: { port, target: first.target } };
  route(component, binding, [
    { workload: { name, endpoint: first.endpoint, servicePorts }, port, target: first.target },
  ]);
  for (const other of others) connect(binding.gateway, other.endpoint, other.target);
}

function serviceNamed(name: string, objects: readonly Manifest[], where: string): Manifest {
  const services = objects.filter(({ kind, apiVersion }) => kind === 'Service' && apiVersion === 'v1');
  const found = services.find(({ metadata }) => metadata.name === name);
  if (found) return found;
  const known = services.map(({ metadata }) => metadata.name);
  throw new Fault({ what: `the entry has no Service "${name}"`, where, seen: name, fix: suggest(name, known) });
}

function portOf(service: Manifest, port: number, where: string): unknown {
  const ports = listAt(service, 'spec', 'ports');
  const found = ports.find((one) => at(one, 'port') === port);
  if (found !== undefined) return found;
  const known = ports.map((one) => String(at(one, 'port')));
  throw new Fault({
    what: `Service "${service.metadata.name}" has no port ${port}`,
    where,
    seen: String(port),
    fix: suggest(String(port), known),
  });
}

/** The container port that a Service's target names, by number or name; none if the containers do not declare it. */
function targetPort(object: Manifest, target: unknown): string[] {
  const found = containerPorts(object).find(
    ({ port, name }) => port === target || (name !== undefined && name === target),
  );
  return found ? [String(found.port)] : [];
}
