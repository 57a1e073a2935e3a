import { Fault } from '../../fault.ts';
import { at, label, listAt, type Manifest, textAt } from '../../lib/manifest.ts';
import { anyBytesOf } from '../../lib/quantity.ts';
import type { Requests } from './model.ts';

export const NONE: Requests = {
  pods: 0,
  cpuMillicores: 0,
  memoryBytes: 0,
  memoryLimitBytes: 0,
  podsWithoutMemoryLimit: 0,
};

/** A field of every list of requests. */
type Sums = { [K in keyof Requests]: number };

export function sumOf(all: readonly Requests[]): Requests {
  return all.reduce<Sums>((sum, one) => combined(sum, one, (a, b) => a + b), NONE);
}

/** The requests of several pods that are alike. */
export function times(pods: number, one: Requests): Requests {
  return combined(one, one, (a) => a * pods);
}

function combined(one: Requests, other: Requests, join: (a: number, b: number) => number): Requests {
  const fields = Object.keys(NONE) as (keyof Requests)[];
  return Object.fromEntries(fields.map((field) => [field, join(one[field], other[field])])) as Requests;
}

type Resource = 'cpu' | 'memory';
/** An amount of a container or pod; undefined if it says none. */
type Amount = (holder: unknown) => number | undefined;

/**
 * What one pod asks for, as the scheduler counts it: containers and sidecars together, or an init container with the
 * sidecars before it if that is more, and the overhead of its runtime; what is said of the whole pod comes first
 * (kubernetes.io/docs/concepts/workloads/pods/init-containers, /docs/concepts/scheduling-eviction/pod-overhead).
 *
 * @throws Fault for a quantity that is none
 */
export function podRequests(workload: Manifest, spec: unknown): Requests {
  const read = (kind: 'requests' | 'limits', resource: Resource): Amount => amount(workload, kind, resource);
  const cpu = total(spec, requested(read, 'cpu')) + (overhead(workload, spec, 'cpu') ?? 0);
  const memory = total(spec, requested(read, 'memory')) + (overhead(workload, spec, 'memory') ?? 0);
  const limit = read('limits', 'memory');
  const whole = limit(spec);
  const unlimited =
    whole === undefined && [...listAt(spec, 'containers'), ...sidecars(spec)].some((one) => limit(one) === undefined);
  return {
    pods: 1,
    cpuMillicores: roundedUp(cpu * 1000),
    memoryBytes: roundedUp(memory),
    memoryLimitBytes: unlimited ? 0 : roundedUp(total(spec, limit) + (overhead(workload, spec, 'memory') ?? 0)),
    podsWithoutMemoryLimit: unlimited ? 1 : 0,
  };
}

/** The API server takes a limit as the request where there is none. */
function requested(read: (kind: 'requests' | 'limits', resource: Resource) => Amount, resource: Resource): Amount {
  return (holder) => read('requests', resource)(holder) ?? read('limits', resource)(holder);
}

function total(spec: unknown, of: Amount): number {
  const whole = of(spec);
  if (whole !== undefined) return whole;
  const sum = (list: readonly unknown[]): number => list.reduce<number>((all, one) => all + (of(one) ?? 0), 0);
  let [before, most] = [0, 0];
  for (const init of listAt(spec, 'initContainers')) {
    most = Math.max(most, before + (of(init) ?? 0));
    if (isSidecar(init)) before += of(init) ?? 0;
  }
  return Math.max(most, sum([...listAt(spec, 'containers'), ...sidecars(spec)]));
}

function sidecars(spec: unknown): unknown[] {
  return listAt(spec, 'initContainers').filter(isSidecar);
}

function isSidecar(init: unknown): boolean {
  return textAt(init, 'restartPolicy') === 'Always';
}

function amount(workload: Manifest, kind: 'requests' | 'limits', resource: Resource): Amount {
  return (holder) => quantity(workload, at(holder, 'resources', kind, resource));
}

function overhead(workload: Manifest, spec: unknown, resource: Resource): number | undefined {
  return quantity(workload, at(spec, 'overhead', resource));
}

function quantity(workload: Manifest, value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined;
  return quantityOf(value, workload);
}

/** A quantity of an object. @throws Fault if it is none */
export function quantityOf(value: unknown, object: Manifest): number {
  const number = anyBytesOf(String(value));
  if (Number.isFinite(number)) return number;
  throw new Fault({
    what: 'a quantity of CPU, memory or storage cannot be read',
    where: label(object),
    seen: String(value),
    fix: 'write a number with a unit of Kubernetes, such as 500m or 2Gi',
  });
}

/** Whole units, as the API server rounds; thousandths are not exact in binary. */
export function roundedUp(number: number): number {
  return Math.ceil(number - 1e-6);
}
