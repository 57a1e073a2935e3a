import { mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { base } from './base.ts';
import { type Account, NONROOT, PATH, writableByAll, writeTexts } from './debian.ts';
import type { Image, Layer } from './image.ts';
import { programLayer } from './program.ts';

/** Users of upstream's images that have neither root nor the usual ones. */
const NOBODY = '65534';
const UNPRIVILEGED = `${NONROOT.id}:${NONROOT.id}`;
/** The user that Velero's image has from its base image; there the group's number is 1000. */
const CNB: Account = { name: 'cnb', id: 1002, home: '/home/cnb' };

/** What the base images of distributions set. */
const ENV = [`PATH=${PATH}`, 'SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt'];

/** Programs of cert-manager, each with an image: one binary, whose first argument says which it is. */
const CERT_MANAGER = ['controller', 'webhook', 'cainjector', 'acmesolver'] as const;
const CERT_MANAGER_BINARY = '/app/cert-manager';

/** Upstream's path of a program of cert-manager. */
const certManagerPath = (name: string) => `/app/cmd/${name}/${name}`;

/** Gives the binary upstream's paths, so that the images share it. */
const certManagerPaths: Layer = {
  name: 'cert-manager-paths',
  key: () => [CERT_MANAGER, CERT_MANAGER_BINARY],
  write(root) {
    for (const path of CERT_MANAGER.map(certManagerPath)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      symlinkSync(CERT_MANAGER_BINARY, join(root, path));
    }
  },
};

/** Where the filer of SeaweedFS keeps its index: beside the data, and not where it is started. */
const FILER = '[leveldb2]\nenabled = true\ndir = "/data/filerldb2"\n';

const seaweedFiles: Layer = {
  name: 'seaweedfs-files',
  key: () => FILER,
  write(root) {
    writeTexts(root, { 'etc/seaweedfs/filer.toml': FILER });
    // Upstream's belongs to its user; here all files are root's.
    writableByAll(join(root, 'data'));
  },
};

/** Images of the controllers and servers of the platform. */
export const PLATFORM_IMAGES: readonly Image[] = [
  {
    repository: 'library/traefik',
    origin: { real: 'Traefik' },
    layers: [...base(), programLayer('traefik', '/usr/local/bin/traefik')],
    // Upstream's entry point is a script that puts the program before arguments that begin with a hyphen.
    config: { Entrypoint: ['/usr/local/bin/traefik'], Env: ENV },
  },
  ...CERT_MANAGER.map((name) => ({
    repository: `jetstack/cert-manager-${name}`,
    origin: { real: 'cert-manager’s packages with a main function of ours, which leaves out the issuer Venafi' },
    layers: [...base(), programLayer('cert-manager', CERT_MANAGER_BINARY), certManagerPaths],
    config: { Entrypoint: [certManagerPath(name), name], Env: ENV, User: `${NONROOT.id}` },
  })),
  {
    repository: 'external-dns/external-dns',
    origin: { real: 'ExternalDNS' },
    layers: [...base(), programLayer('external-dns', '/ko-app/external-dns')],
    config: { Entrypoint: ['/ko-app/external-dns'], Env: ENV },
  },
  {
    repository: 'external-secrets/external-secrets',
    origin: {
      otherVersion:
        'External Secrets v0.16.2 with a main function of ours, which adds what manifests take from newer ones',
      because: 'the module proxy has no newer version with all of its nested modules',
    },
    layers: [...base(), programLayer('external-secrets', '/bin/external-secrets')],
    config: { Entrypoint: ['/bin/external-secrets'], Env: ENV, User: NOBODY },
  },
  {
    repository: 'metrics-server/metrics-server',
    origin: { real: 'Metrics Server' },
    layers: [...base(), programLayer('metrics-server', '/metrics-server')],
    config: { Entrypoint: ['/metrics-server'], Env: ENV, User: NOBODY },
  },
  {
    repository: 'kubectl',
    origin: { real: 'kubectl’s packages with a main function of ours' },
    layers: [...base(), programLayer('kubectl', '/bin/kubectl')],
    config: { Entrypoint: ['/bin/kubectl'], Env: ENV },
  },
  {
    repository: 'velero/velero',
    origin: { real: 'Velero, without restic' },
    layers: [
      ...base(CNB),
      programLayer('velero', '/velero'),
      programLayer('velero-helper', '/velero-helper'),
      // Restored pods wait in an init container with this program of the same image until their volumes are there.
      programLayer('velero-restore-helper', '/velero-restore-helper'),
    ],
    // Upstream's has no entry point: manifests name the program.
    config: { Env: ENV, User: 'cnb:cnb' },
  },
  {
    repository: 'velero/velero-plugin-for-aws',
    origin: { real: 'Velero’s plugin for AWS' },
    layers: [
      programLayer('velero-plugin-for-aws', '/plugins/velero-plugin-for-aws'),
      // Copies the plugin into the volume that it shares with the server.
      programLayer('cp-plugin', '/bin/cp-plugin'),
    ],
    config: {
      Entrypoint: ['cp-plugin', '/plugins/velero-plugin-for-aws', '/target/velero-plugin-for-aws'],
      Env: [`PATH=${PATH}`],
      User: UNPRIVILEGED,
    },
  },
  {
    repository: 'chrislusf/seaweedfs',
    origin: {
      otherVersion: 'SeaweedFS 4.53, without the volume server, worker and vector engine in Rust',
      because: 'its module has no versions of releases, and the proxy serves only the newest commit',
    },
    layers: [
      ...base({ name: 'seaweed', id: 1000, home: '/home/seaweed' }),
      programLayer('weed', '/usr/bin/weed'),
      seaweedFiles,
    ],
    config: {
      // What upstream's script does for `mini` with a folder, except that it changes from root to the user `seaweed`.
      Entrypoint: ['/usr/bin/weed', '-logtostderr=true'],
      Cmd: ['mini', '-dir=/data'],
      Env: [`PATH=${PATH}`, 'GODEBUG=fips140=on'],
      WorkingDir: '/data',
    },
  },
  {
    repository: 'stakater/reloader',
    origin: {
      played: 'a program of ours: it rolls workloads whose annotation names a Secret when that Secret changes',
      because: 'the newest version of its Go module that is served, 1.4.19, has no --namespaces',
    },
    layers: [...base(), programLayer('reloader', '/manager')],
    config: { Entrypoint: ['/manager'], Env: ENV, User: UNPRIVILEGED, WorkingDir: '/' },
  },
];
