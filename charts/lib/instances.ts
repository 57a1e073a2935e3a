import { z } from 'zod';

/** The longest name of a label or a host name. */
const LABEL = 63;

/** What controllers append to the name of a workload: where, and the number of characters. */
const APPENDED = {
  StatefulSet: { to: 'a label of its pods', characters: 11 },
  Deployment: { to: 'the host name of its pods', characters: 16 },
} as const;

/** What `instances` needs to know of a component. */
export interface InstancesProps {
  /** Its name: `mongo`. In the single form it is the name of the only instance. */
  readonly component: string;
  /** The workload whose name leaves the least space for that of the component, which it begins with. */
  readonly tightest: { readonly kind: keyof typeof APPENDED; readonly suffix: string };
}

/** Values by the name of the instance. */
export type Instances<T> = Readonly<Record<string, T>>;

/** Settings by name, as written: no instance is named like a setting, or the compiler could not tell the forms apart. */
type ByName<T> = Instances<T> & { readonly [Setting in keyof T]?: never };

/**
 * Schema of a section for one or several instances of a component: `{ size: … }`, or by name
 * `{ main: { size: … }, analytics: { … } }`. Its output is by name in both forms.
 *
 * @param settings settings of one instance; their names cannot be names of instances
 */
export function instances<S extends z.ZodObject>(settings: S, props: InstancesProps) {
  const byName = z
    .record(instanceName(settings, props), settings)
    .refine((named) => Object.keys(named).length > 0, 'must have one instance at least');
  return z.xor([
    settings.transform((only): Instances<z.output<S>> => ({ [props.component]: only })),
    byName as z.ZodType<Instances<z.output<S>>, ByName<z.input<S>>>,
  ]);
}

/** Name of the component of an instance: one that is named like its component has the plain name. */
export function componentName(component: string, instance: string): string {
  return instance === component ? component : `${component}-${instance}`;
}

/**
 * Creates the component of each instance.
 *
 * @param named settings by the name of the instance; undefined if the cluster does not run the component
 * @param create called with the name and the settings of each component
 * @returns the components by the name of the instance
 */
export function eachInstance<T, C>(
  component: string,
  named: Instances<T> | undefined,
  create: (name: string, settings: T) => C,
): ReadonlyMap<string, C> {
  return new Map(
    Object.entries(named ?? {}).map(([instance, settings]) => [
      instance,
      create(componentName(component, instance), settings),
    ]),
  );
}

function instanceName(settings: z.ZodObject, { component, tightest: { kind, suffix } }: InstancesProps): z.ZodString {
  const reserved = Object.keys(settings.shape);
  const { to, characters } = APPENDED[kind];
  const longest = LABEL - characters;
  const nameOf = (instance: string): string => `${componentName(component, instance)}${suffix}`;
  return z
    .string()
    .regex(/^[a-z]([a-z0-9-]*[a-z0-9])?$/, 'must be lower-case letters, digits and hyphens, starting with a letter')
    .refine((name) => !reserved.includes(name), 'must not be the name of a setting')
    .refine((name) => nameOf(name).length <= longest, {
      error: ({ input }) =>
        `must be shorter by ${nameOf(String(input)).length - longest}: the ${kind} ${nameOf(String(input))} may have ` +
        `${longest} characters, because ${to} adds ${characters} and has at most ${LABEL}`,
    });
}
