import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import type { Manifest } from '../../charts/lib/manifest.ts';
import { filesOf, yamlOf } from '../../charts/render/files.ts';

function object(kind: string, name: string, namespace?: string, apiVersion = 'v1'): Manifest {
  return { apiVersion, kind, metadata: { name, namespace } };
}

const paths = (...manifests: Manifest[]): string[] => filesOf([{ name: 'web', manifests }]).map(({ path }) => path);

describe('the file of an object', () => {
  it('is named by kind and name', () => {
    expect(paths(object('Service', 'web', 'web'))).toEqual(['web/Service.web.yaml']);
  });

  it('includes the namespace only to distinguish two objects', () => {
    expect(
      paths(object('Role', 'web', 'web'), object('Role', 'web', 'kube-system'), object('Role', 'other', 'web')),
    ).toEqual(['web/Role.web.web.yaml', 'web/Role.kube-system.web.yaml', 'web/Role.other.yaml']);
  });

  it('has no colon, which some file systems do not allow', () => {
    expect(paths(object('ClusterRole', 'web:view'))).toEqual(['web/ClusterRole.web-view.yaml']);
  });
});

describe('a collision', () => {
  it('of one object rendered twice names both components', () => {
    const folders = [
      { name: 'a', manifests: [object('Namespace', 'web')] },
      { name: 'b', manifests: [object('Namespace', 'web')] },
    ];
    expect(() => filesOf(folders)).toThrow(/Namespace web is rendered twice[\s\S]*components a and b/);
  });

  it('of two objects in one file names both objects', () => {
    expect(() =>
      paths(
        object('Ingress', 'web', 'web', 'networking.k8s.io/v1'),
        object('Ingress', 'web', 'web', 'extensions/v1beta1'),
      ),
    ).toThrow(
      /two objects would share the file web\/Ingress.web.web.yaml[\s\S]*networking.k8s.io\/v1 Ingress web\/web and extensions\/v1beta1 Ingress web\/web/,
    );
  });

  it('is detected for case-insensitive file systems', () => {
    expect(() => paths(object('Service', 'web', undefined), object('SERVICE', 'web', undefined, 'v2'))).toThrow(
      /share the file/,
    );
  });
});

describe('YAML', () => {
  it('quotes strings that YAML 1.1 reads as another type', () => {
    const data = { a: 'on', b: 'y', c: '1.0', d: '0x1', e: '1e3', f: '~', g: '12:30:45', h: '' };
    const text = yamlOf({ ...object('ConfigMap', 'traps'), data }, undefined);
    expect(load(text)).toMatchObject({ data });
    for (const value of Object.values(data)) expect(text).toContain(`'${value}'`);
  });

  it('has no folded strings and no aliases', () => {
    const long = 'word '.repeat(60).trim();
    const shared = { x: 1 };
    expect(yamlOf({ ...object('ConfigMap', 'x'), a: shared, b: shared, c: long }, undefined)).toBe(
      `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\na:\n  x: 1\nb:\n  x: 1\nc: ${long}\n`,
    );
  });

  it('has the wave in the sorted annotations', () => {
    const manifest: Manifest = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'x', annotations: { z: '1' } },
      data: { k: 'v' },
    };
    expect(yamlOf(manifest, 3)).toBe(
      "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\n  annotations:\n    argocd.argoproj.io/sync-wave: '3'\n    z: '1'\ndata:\n  k: v\n",
    );
  });
});
