import { gunzipSync } from 'node:zlib';
import { load } from 'js-yaml';
import { at, listAt, textAt } from '../../../charts/lib/manifest.ts';
import type { Api } from '../api.ts';

/** What the Prometheus Operator made of a cluster's objects: the files that the pods of Prometheus and Alertmanager read. */
export interface Generated {
  /** `prometheus.yaml` */
  readonly prometheus: string;
  /** Texts of rule files by ConfigMap and key. */
  readonly rules: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** `alertmanager.yaml` */
  readonly alertmanager: string;
}

/** Reads it from the API server. @throws Error naming what is not there */
export async function generated(api: Api): Promise<Generated> {
  const maps = await api.list('/api/v1/namespaces/prometheus/configmaps');
  return {
    prometheus: await unpacked(api, 'prometheus', 'prometheus-main', 'prometheus.yaml.gz'),
    rules: Object.fromEntries(
      maps
        .filter(({ metadata }) => metadata.name.startsWith('prometheus-main-rulefiles-'))
        .map((map) => [map.metadata.name, at(map, 'data') as Readonly<Record<string, string>>]),
    ),
    alertmanager: await unpacked(api, 'alertmanager', 'alertmanager-main-generated', 'alertmanager.yaml.gz'),
  };
}

async function unpacked(api: Api, namespace: string, name: string, key: string): Promise<string> {
  const secret = await api.get(`/api/v1/namespaces/${namespace}/secrets/${name}`);
  const packed = textAt(secret, 'data', key);
  if (packed === undefined) throw new Error(`the operator has made no Secret ${namespace}/${name} with the key ${key}`);
  return gunzipSync(Buffer.from(packed, 'base64')).toString();
}

/** Groups of rules in all files. */
export function groupsOf({ rules }: Generated): unknown[] {
  return Object.values(rules).flatMap((files) => Object.values(files).flatMap((text) => listAt(load(text), 'groups')));
}
