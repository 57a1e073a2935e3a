import type { z } from 'zod';
import { namespacesOf, tenantComponent } from './components/tenant/settings.ts';
import { suggest, throwIfAny } from './fault.ts';
import { componentName, type Instances } from './lib/instances.ts';

/** The settings of a cluster that have names, or refer to some. */
interface NamedSettings {
  readonly mongo?: Instances<unknown>;
  readonly objectStore?: Instances<unknown>;
  readonly postfacto?: Instances<unknown>;
  readonly velero?: { readonly objectStore?: string };
  readonly services: Readonly<Record<string, { readonly database?: string }>>;
  readonly manifests: Readonly<Record<string, unknown>>;
  readonly tenants: Tenants;
}

/** The tenants of a cluster by name, and their namespaces, if these are named. */
type Tenants = Readonly<Record<string, { readonly namespaces?: readonly string[] }>>;

/** A setting by its path in the cluster file. */
type Path = readonly (string | number)[];

/**
 * Checks that references between sections lead somewhere, that no two settings name one component, and that the
 * namespaces of tenants are theirs alone.
 */
export function checkNames(settings: NamedSettings, context: z.core.$RefinementCtx<NamedSettings>): void {
  const { mongo, objectStore, velero, services } = settings;
  const refer = (name: string | undefined, named: Instances<unknown> | undefined, ...path: Path): void => {
    if (name === undefined || named === undefined || Object.hasOwn(named, name)) return;
    context.addIssue({ code: 'custom', path: [...path], message: suggest(name, Object.keys(named)) });
  };
  for (const [name, { database }] of Object.entries(services)) refer(database, mongo, 'services', name, 'database');
  refer(velero?.objectStore, objectStore, 'velero', 'objectStore');

  const components = componentsOf(settings);
  const report = (path: Path, what: string, fix: string): void =>
    context.addIssue({ code: 'custom', path: [...path], message: fix, params: { what } });
  for (const [component, path, other] of repeated(components))
    report(path, `${both(other, path)} are both the component "${component}"`, 'rename one of them');
  // A component of these sections has the namespace of its name, except a tenant.
  const taken = components.filter(([, [section]]) => section !== 'tenants');
  for (const [namespace, path, other] of repeated(tenantNamespaces(settings.tenants), taken))
    report(
      path,
      `${both(other, path)} have the same namespace "${namespace}"`,
      'name another one in "namespaces" of the tenant',
    );
}

/** A name, and the setting that says it. */
type Named = readonly [name: string, path: Path];

/** The names that occur again, with both of their settings; those of `taken` occur before. */
function repeated(named: readonly Named[], taken: readonly Named[] = []): (readonly [string, Path, Path])[] {
  const owners = new Map(taken);
  return named.flatMap(([name, path]) => {
    const other = owners.get(name);
    owners.set(name, path);
    return other ? [[name, path, other] as const] : [];
  });
}

function both(one: Path, other: Path): string {
  return `"${one.join('.')}" and "${other.join('.')}"`;
}

/** The components whose names the cluster file chooses. */
function componentsOf({ mongo, objectStore, postfacto, services, manifests, tenants }: NamedSettings): Named[] {
  const of = (component: string, section: string, named: Instances<unknown> = {}): Named[] =>
    Object.keys(named).map((instance) => [
      componentName(component, instance),
      // This one may be the only one, in the form without names.
      instance === component ? [section] : [section, instance],
    ]);
  return [
    ...of('mongo', 'mongo', mongo),
    ...of('object-store', 'objectStore', objectStore),
    ...of('postfacto', 'postfacto', postfacto),
    ...Object.keys(services).map((name) => [name, ['services', name]] as const),
    ...Object.keys(manifests).map((name) => [name, ['manifests', name]] as const),
    ...Object.keys(tenants).map((name) => [tenantComponent(name), ['tenants', name]] as const),
  ];
}

/** The namespaces of tenants, each with the setting that names it. */
function tenantNamespaces(tenants: Tenants): Named[] {
  return Object.entries(tenants).flatMap(([tenant, settings]) =>
    namespacesOf(tenant, settings).map(
      (namespace, i) =>
        [namespace, settings.namespaces ? ['tenants', tenant, 'namespaces', i] : ['tenants', tenant]] as const,
    ),
  );
}

/** @throws Fault if a tenant has the namespace of a component that no section names, which is one of the platform's */
export function checkTenantNamespaces(
  tenants: Tenants,
  components: readonly { readonly name: string; readonly namespace?: string }[],
): void {
  const own = new Set(Object.keys(tenants).map(tenantComponent));
  const platform = components.filter(({ name }) => !own.has(name));
  throwIfAny(
    tenantNamespaces(tenants).flatMap(([namespace, setting]) => {
      const component = platform.find((other) => other.namespace === namespace);
      if (!component) return [];
      return {
        what: `"${setting.join('.')}" is the namespace "${namespace}", which the component "${component.name}" has`,
        setting,
        seen: namespace,
        fix: 'name another one in "namespaces" of the tenant',
      };
    }),
  );
}
