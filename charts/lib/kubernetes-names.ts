import { z } from 'zod';

// Names and keys of the Kubernetes API, as k8s.io/apimachinery v0.36.1 validates them (pkg/util/validation).

const LABEL = '[a-z0-9]([a-z0-9-]*[a-z0-9])?';
const WORD = '[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?';
const QUALIFIED = new RegExp(String.raw`^(?<prefix>${LABEL}(\.${LABEL})*\/)?(?<name>${WORD})$`);
/** The longest prefix of a key, with its slash. */
const PREFIX_LENGTH = 254;
const NAME_LENGTH = 63;
/** All annotations of an object together, in bytes. */
const ANNOTATIONS_BYTES = 256 * 1024;

function isQualified(key: string): boolean {
  const { prefix = '', name = '' } = QUALIFIED.exec(key)?.groups ?? {};
  return name !== '' && name.length <= NAME_LENGTH && prefix.length <= PREFIX_LENGTH;
}

const KEY =
  'must be a key such as team or example.com/team: up to 63 letters, digits, -, _ and ., after a DNS name and / if any';

/** Key of a label, a taint or a topology. */
export const labelKey = z.string().refine(isQualified, KEY);

/** Value of a label. */
export const labelValue = z
  .string()
  .regex(new RegExp(`^(${WORD})?$`), {
    error: 'must be letters, digits, -, _ and ., with a letter or digit at both ends',
    abort: true,
  })
  .max(NAME_LENGTH, `must have at most ${NAME_LENGTH} characters`);

/** Labels by key, such as those of the nodes that may run a pod. */
export const labelMap = z.record(labelKey, labelValue);

/** Annotations by key; their values are free text. */
export const annotations = z
  .record(
    z.string().refine((key) => isQualified(key.replace(/^[^/]*\//, (prefix) => prefix.toLowerCase())), KEY),
    z.string(),
  )
  .refine(
    (map) => Buffer.byteLength(Object.entries(map).flat().join('')) <= ANNOTATIONS_BYTES,
    'must have at most 256 KiB in all',
  );

/** A DNS label, the name of most things in a namespace. */
export const dnsLabel = z
  .string()
  .regex(new RegExp(`^${LABEL}$`), {
    error: 'must be lower-case letters, digits and hyphens, with a letter or digit at both ends',
    abort: true,
  })
  .max(NAME_LENGTH, `must have at most ${NAME_LENGTH} characters`);

/** A DNS subdomain, the name of a ConfigMap, a Secret or a PriorityClass. */
export const objectName = z
  .string()
  .regex(new RegExp(String.raw`^${LABEL}(\.${LABEL})*$`), {
    error: 'must be the name of an object: lower-case letters, digits, - and ., with a letter or digit at both ends',
    abort: true,
  })
  .max(253, 'must have at most 253 characters');

/** Key of a ConfigMap or a Secret. */
export const dataKey = z
  .string()
  .regex(/^(?!\.{1,2}$|\.\.)[-._a-zA-Z0-9]+$/, {
    error: 'must be a key of letters, digits, -, _ and ., such as ca.crt',
    abort: true,
  })
  .max(253, 'must have at most 253 characters');

/** Path of a file within a volume. */
export const relativePath = z
  .string()
  .min(1, { error: 'must be a path within the volume, such as tls/ca.crt', abort: true })
  .refine(
    (path) => !path.startsWith('/') && !path.startsWith('..') && !path.split('/').includes('..'),
    'must be a path within the volume, without a / at its start and without ".."',
  );

/** Path in a container at which something is mounted, in the one form by which two can be compared. */
export const mountPath = z
  .string()
  .regex(/^\/[^:]+$/, {
    error: 'must be an absolute path below / without a colon, such as /etc/ssl/private',
    abort: true,
  })
  .refine((path) => !/\/(\.{1,2})?(\/|$)/.test(path), 'must be without ".", ".." and a / at its end')
  .refine(
    (path) => !/^\/(proc|sys|dev)(\/|$)/.test(path),
    "must not be in /proc, /sys or /dev, which are the kernel's",
  );
