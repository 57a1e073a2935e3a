import { join } from 'node:path';

/** The repository. */
export const ROOT = join(import.meta.dirname, '..', '..');
/** The cluster, by its folder in `clusters/`: the one that `bootstrap/kind.yaml` is for. */
export const CLUSTER = 'local';
/** Its name in kind: another one than Terraform's, whose cluster is left alone. */
export const KIND_NAME = `slipway-${CLUSTER}`;
/** What is kept while the cluster is there: kubeconfig, repositories, certificates. */
export const FOLDER = join(ROOT, '.lab', 'kind');
export const KUBECONFIG = join(FOLDER, 'kubeconfig');
/**
 * Image of the nodes. Each release of kind has images of its own, and only these are known to work with it, by digest:
 * this one is of the release that `.github/workflows/kind.yaml` installs, with the minor version that
 * `bootstrap/modules/settings` gives to the clouds' clusters.
 */
export const NODE_IMAGE =
  'kindest/node:v1.35.8@sha256:07b2536e30b803ed61d1677a79df6115f798ce64c80f9e22f6ed45afd09323c0';
