import { z } from 'zod';
import { componentNameSetting } from '../../lib/component-name.ts';
import { hostName, portNumber } from '../../lib/host.ts';
import { dnsLabel } from '../../lib/kubernetes-names.ts';

/** Namespaces and Applications that every cluster has. */
const TAKEN = ['applications', 'argocd', 'default', 'kube-node-lease', 'kube-public', 'kube-system', 'root'];

/** Name of an entry, and so of its component, namespace and pin: a DNS label. */
export const entryName = componentNameSetting.refine(
  (entry) => !TAKEN.includes(entry),
  `must not be one of ${TAKEN.join(', ')}, which every cluster has`,
);

/** A path below a folder. */
const relativePath = z
  .string()
  .refine((path) => !/^[/\\]|(^|[/\\])\.\.([/\\]|$)/.test(path), 'must be a relative path without ".."');

const place = {
  /** Path in the archive that the pin of the entry's name stands for. @default the root of the archive */
  path: relativePath.optional(),
  /** A folder of this repository, in place of an archive: it needs no pin. */
  folder: relativePath.optional(),
};

/** One of `path` and `folder` at most. */
function inOnePlace({ path, folder }: { readonly path?: string; readonly folder?: string }): boolean {
  return path === undefined || folder === undefined;
}
const ONE_PLACE = 'must have a path in the archive or a folder of this repository, not both';

const chart = z
  .strictObject({
    ...place,
    /** @default none */
    values: z.record(z.string(), z.json()).default({}),
    /** Name of the release. @default the entry's name */
    release: componentNameSetting.optional(),
    /**
     * API versions of custom resources that the chart may find, such as `monitoring.coreos.com/v1`; it finds those of
     * every API server. @default none
     */
    apiVersions: z.array(z.string()).default([]),
    /** Leaves out the chart's hooks, which are refused otherwise. @default false */
    noHooks: z.boolean().default(false),
  })
  .refine(inOnePlace, ONE_PLACE);

const ports = z.array(portNumber).min(1);

/** Traffic from one peer. */
const ingress = z.strictObject({
  /** `gateway`, `api-server`, a CIDR range, or another workload of the entry. */
  from: z.string(),
  /** Container ports, TCP. */
  ports,
});

/** Traffic to one peer. */
const egress = z.strictObject({
  /** `internet` (without the clouds' metadata services), `api-server`, a CIDR range, or another workload of the entry. */
  to: z.string(),
  /** TCP ports. @default 443 for `internet`, 443 and 6443 for `api-server` */
  ports: ports.optional(),
});

/** Settings of an entry of the section `manifests`: one component, made of objects that others wrote. */
export const manifestsSettings = z
  .strictObject({
    /** A chart, rendered by `helm template`. */
    helm: chart.optional(),
    /** A kustomization, rendered by `kubectl kustomize`. */
    kustomize: z.strictObject(place).refine(inOnePlace, ONE_PLACE).optional(),
    /** A file or a folder of YAML. */
    yaml: z.strictObject(place).refine(inOnePlace, ONE_PLACE).optional(),
    tier: z.enum(['platform', 'data', 'monitoring', 'apps']).default('apps'),
    /** Pod Security level of its namespace, with the reason. @default restricted */
    podSecurity: z
      .strictObject({ level: z.enum(['baseline', 'privileged']), because: z.string().min(1, 'must give the reason') })
      .optional(),
    /** Other namespaces that its objects, but not its pods, may lie in. @default none */
    namespaces: z.array(dnsLabel).default([]),
    /** A host that the gateway routes to a port of a Service. */
    host: z
      .strictObject({
        /** @default `<entry>.<domain>` */
        name: hostName.optional(),
        service: dnsLabel,
        /** The Service's port. */
        port: portNumber,
      })
      .optional(),
    /** Connections by workload; all other traffic than DNS queries is denied. @default none */
    network: z
      .record(
        z.string(),
        z.strictObject({ ingress: z.array(ingress).default([]), egress: z.array(egress).default([]) }),
      )
      .default({}),
    /** Why its volumes are in no backup. @default they are */
    noBackupBecause: z.string().min(1, 'must give the reason').optional(),
  })
  .refine(
    ({ helm, kustomize, yaml }) => [helm, kustomize, yaml].filter((source) => source !== undefined).length === 1,
    'must have exactly one of helm, kustomize and yaml',
  );

/** An entry, with defaults applied. */
export type ManifestsSettings = z.output<typeof manifestsSettings>;

/** The connections of one workload. */
export type WorkloadConnections = ManifestsSettings['network'][string];
