import { isDeepStrictEqual } from 'node:util';
import { k8s } from 'cdk8s-plus-28';
import type { Component } from '../component.ts';
import { Fault } from '../fault.ts';
import type { ContainerProps, Mount, Resources } from './container.ts';
import { bytesOf, cpusOf } from './quantity.ts';
import { storedRegistry, storedValue } from './stored-values.ts';
import type { ContainerSettings, EnvSetting, VolumeSetting } from './workload-settings.ts';
import type { WorkloadProps } from './workload-props.ts';

/** A workload or a container, as messages name it: `container traefik of the workload gateway`. */
interface Place {
  readonly component: Component;
  readonly name: string;
}

/**
 * The props of a workload after its settings are applied.
 *
 * @param name name of the workload
 * @throws Fault if a setting conflicts with what the component sets
 */
export function applySettings<Props extends WorkloadProps>(component: Component, name: string, props: Props): Props {
  const { settings } = props;
  const place = { component, name: `the workload ${name}` };
  const containers = props.containers.map((one, i) =>
    withSettings(place, one, i === 0 ? settings : settings.containers?.[one.name]),
  );
  const initContainers = props.initContainers?.map((one) => withSettings(place, one, settings.containers?.[one.name]));
  const given = [settings, ...Object.values(settings.containers ?? {})].flatMap((one) => one?.volumes ?? []);
  return {
    ...props,
    containers,
    initContainers,
    volumes: volumes(place, props.volumes, given),
    podLabels: merge(place, 'the pod label', props.podLabels, settings.podLabels),
    podAnnotations: merge(place, 'the pod annotation', props.podAnnotations, settings.podAnnotations),
    nodeSelector: merge(place, 'the node selector', props.nodeSelector, settings.nodeSelector),
    priorityClassName: settings.priorityClassName ?? props.priorityClassName,
    imagePullSecret:
      settings.imagePullSecret &&
      storedRegistry(component, settings.imagePullSecret, { of: settings, key: 'imagePullSecret' }),
  };
}

function withSettings(place: Place, container: ContainerProps, settings: ContainerSettings = {}): ContainerProps {
  const here = { ...place, name: `container ${container.name} of ${place.name}` };
  return {
    ...container,
    resources: applyResources(here.name, container.resources, settings.resources),
    env: merge(here, 'the variable', container.env, settings.env && environment(here, settings.env), settings.env),
    mounts: merge(here, 'the mount', container.mounts, mounts(settings.volumes), settings.volumes),
    ...probes(here, container, settings.probes),
  };
}

/**
 * Both maps; a key of both with different values is a mistake, because the component relies on its own.
 *
 * @param setting what the given map is made of, for the line of the mistake
 */
function merge<T>(
  { component, name }: Place,
  what: string,
  own: Readonly<Record<string, T>> | undefined,
  given: Readonly<Record<string, T>> | undefined,
  setting: object | undefined = given,
): Readonly<Record<string, T>> | undefined {
  if (!given || !own) return given ?? own;
  const taken = Object.keys(given).find((key) => key in own && !isDeepStrictEqual(own[key], given[key]));
  if (taken !== undefined) {
    throw new Fault({
      what: `${what} "${taken}" of ${name} is set by the component itself`,
      setting: setting && { of: setting, key: taken },
      where: `component ${component.name}`,
      seen: JSON.stringify(given[taken]),
      fix: `remove it from the settings; to replace ${JSON.stringify(own[taken])} on this cluster, use an override`,
    });
  }
  return { ...own, ...given };
}

function environment(
  { component }: Place,
  env: Readonly<Record<string, EnvSetting>>,
): Record<string, string | k8s.EnvVarSource> {
  return Object.fromEntries(
    Object.entries(env).map(([name, value]) => {
      if (typeof value === 'string') return [name, value];
      const { storeKeyRef, ...source } = value;
      return [
        name,
        storeKeyRef
          ? { secretKeyRef: storedValue(component, storeKeyRef.name, storeKeyRef.key, { of: env, key: name }) }
          : source,
      ];
    }),
  );
}

/**
 * The resources of a container after its settings are applied.
 *
 * @param name the container, as messages name it
 * @throws Fault if a request exceeds its limit
 */
export function applyResources(name: string, own: Resources, given: ContainerSettings['resources']): Resources {
  if (!given) return own;
  const memory = given.limits?.memory ?? own.memory;
  const lower = own.memoryRequest !== undefined && bytesOf(own.memoryRequest) < bytesOf(memory);
  const merged: Required<Resources> = {
    cpu: given.requests?.cpu ?? own.cpu,
    cpuLimit: given.limits?.cpu ?? own.cpuLimit,
    memory,
    memoryRequest: given.requests?.memory ?? (lower ? own.memoryRequest : memory),
  };
  atMost(name, given, 'cpu', merged.cpu, merged.cpuLimit, cpusOf);
  atMost(name, given, 'memory', merged.memoryRequest, merged.memory, bytesOf);
  return merged;
}

/** @throws Fault if a request exceeds its limit */
function atMost(
  name: string,
  given: object,
  what: string,
  request: string,
  limit: string,
  amount: (text: string) => number,
): void {
  if (amount(request) <= amount(limit)) return;
  throw new Fault({
    what: `${name} requests ${request} of ${what}, more than its limit of ${limit}`,
    setting: { of: given, key: 'limits' in given ? 'limits' : 'requests' },
    where: name,
    fix: `set both resources.requests.${what} and resources.limits.${what}; what is not set keeps the component's value`,
  });
}

function probes(
  { component, name: place }: Place,
  container: ContainerProps,
  given: NonNullable<ContainerSettings['probes']> = {},
): Pick<ContainerProps, 'startup' | 'liveness' | 'readiness'> {
  const timed = (name: keyof typeof given): k8s.Probe | undefined => {
    const probe = container[name];
    if (given[name] && !probe) {
      throw new Fault({
        what: `${place} has no ${name} probe, which the settings time`,
        setting: { of: given, key: name },
        where: `component ${component.name}`,
        seen: JSON.stringify(given[name]),
        fix: `remove probes.${name}`,
      });
    }
    return probe && { ...probe, ...given[name] };
  };
  return { startup: timed('startup'), liveness: timed('liveness'), readiness: timed('readiness') };
}

function mounts(given: readonly VolumeSetting[] | undefined): Record<string, Mount> | undefined {
  return (
    given && Object.fromEntries(given.map(({ name, mountPath, subPath }) => [mountPath, { volume: name, subPath }]))
  );
}

/** Adds the volumes of all containers' settings; several containers may mount the same one. */
function volumes(
  place: Place,
  own: readonly k8s.Volume[] | undefined,
  given: readonly VolumeSetting[],
): readonly k8s.Volume[] | undefined {
  if (given.length === 0) return own;
  checkSources(place, given);
  const byName = (list: readonly k8s.Volume[]): Record<string, k8s.Volume> =>
    Object.fromEntries(list.map((one) => [one.name, one]));
  const all = given.reduce<Readonly<Record<string, k8s.Volume>>>(
    (sum, one) => merge(place, 'the volume', sum, byName([volume(place, one)]), one) ?? sum,
    byName(own ?? []),
  );
  return Object.values(all);
}

/** Several containers may mount one volume, if they mean the same one. */
function checkSources(place: Place, given: readonly VolumeSetting[]): void {
  for (const [i, one] of given.entries()) {
    const other = given.slice(0, i).find(({ name }) => name === one.name);
    if (!other || isDeepStrictEqual(volume(place, other), volume(place, one))) continue;
    throw new Fault({
      what: `two containers of ${place.name} have different volumes of the name "${one.name}"`,
      setting: { of: one, key: 'name' },
      where: `component ${place.component.name}`,
      seen: one.name,
      fix: 'give one of them another name',
    });
  }
}

function volume({ component }: Place, { name, configMap, secret, csi, store }: VolumeSetting): k8s.Volume {
  if (!store) return { name, configMap, secret, csi };
  const [first] = store.items.map(({ key }) => storedValue(component, store.name, key, { of: store, key: 'name' }));
  return { name, secret: { secretName: first?.name, items: store.items } };
}
