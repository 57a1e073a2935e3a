import type { z } from 'zod';
import { suggest } from './fault.ts';
import { tenantComponent } from './components/tenant/settings.ts';
import { componentName, type Instances } from './lib/instances.ts';

/** The settings of a cluster that have names, or refer to some. */
interface NamedSettings {
  readonly mongo?: Instances<unknown>;
  readonly objectStore?: Instances<unknown>;
  readonly postfacto?: Instances<unknown>;
  readonly velero?: { readonly objectStore?: string };
  readonly services: Readonly<Record<string, { readonly database?: string }>>;
  readonly manifests: Readonly<Record<string, unknown>>;
  readonly tenants: Readonly<Record<string, unknown>>;
}

/** A setting by its path in the cluster file. */
type Path = readonly string[];

/** Checks that references between sections lead somewhere, and that no two settings name one component. */
export function checkNames(settings: NamedSettings, context: z.core.$RefinementCtx<NamedSettings>): void {
  const { mongo, objectStore, velero, services } = settings;
  const refer = (name: string | undefined, named: Instances<unknown> | undefined, ...path: Path): void => {
    if (name === undefined || named === undefined || Object.hasOwn(named, name)) return;
    context.addIssue({ code: 'custom', path: [...path], message: suggest(name, Object.keys(named)) });
  };
  for (const [name, { database }] of Object.entries(services)) refer(database, mongo, 'services', name, 'database');
  refer(velero?.objectStore, objectStore, 'velero', 'objectStore');

  const owners = new Map<string, Path>();
  for (const [component, path] of componentsOf(settings)) {
    const other = owners.get(component);
    if (other) {
      context.addIssue({
        code: 'custom',
        path: [...path],
        message: 'rename one of them',
        params: { what: `"${other.join('.')}" and "${path.join('.')}" are both the component "${component}"` },
      });
    }
    owners.set(component, path);
  }
}

/** The components whose names the cluster file chooses. */
function componentsOf({
  mongo,
  objectStore,
  postfacto,
  services,
  manifests,
  tenants,
}: NamedSettings): (readonly [string, Path])[] {
  const of = (component: string, section: string, named: Instances<unknown> = {}): (readonly [string, Path])[] =>
    Object.keys(named).map((instance) => [componentName(component, instance), [section, instance]]);
  return [
    ...of('mongo', 'mongo', mongo),
    ...of('object-store', 'objectStore', objectStore),
    ...of('postfacto', 'postfacto', postfacto),
    ...Object.keys(services).map((name) => [name, ['services', name]] as const),
    ...Object.keys(manifests).map((name) => [name, ['manifests', name]] as const),
    ...Object.keys(tenants).map((name) => [tenantComponent(name), ['tenants', name]] as const),
  ];
}
