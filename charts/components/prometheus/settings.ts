import { z } from 'zod';
import { httpsUrl } from '../../lib/host.ts';
import { objectName } from '../../lib/kubernetes-names.ts';
import { cpuSetting, quantitySetting } from '../../lib/quantity.ts';
import { operatedPodSettings } from '../../lib/workload-settings.ts';

/** A duration in Prometheus' notation. */
const duration = z.string().regex(/^[1-9]\d*[smhdwy]$/, 'must be a duration such as 30s, 12h or 15d');

/** Another server that gets every sample as well. */
const remoteWrite = z.strictObject({
  /** Where it accepts them: `https://metrics.example.com/api/v1/write`. */
  url: httpsUrl,
  /** Entry of `secrets` with the keys `username` and `password`. @default no authentication */
  secret: objectName.optional(),
});

/** Section `prometheus`. */
export const prometheusSettings = z.strictObject({
  /** Servers that each collect everything. @default 1 */
  replicas: z.int().min(1).default(1),
  /** How long samples are kept, at most; `size` may end it earlier. @default '15d' */
  retention: duration.default('15d'),
  /** Volume size of each server, four fifths of which are for samples; it can grow but never shrink. @default '20Gi' */
  size: quantitySetting.default('20Gi'),
  /** Memory of each server; it needs about 8 KiB for each series. @default '2Gi' */
  memory: quantitySetting.default('2Gi'),
  /** CPU request of each server. @default '200m' */
  cpu: cpuSetting.default('200m'),
  /** CPU limit of each server. @default '2' */
  cpuLimit: cpuSetting.default('2'),
  /** Interval between two scrapes of a target. @default '30s' */
  scrapeInterval: duration.default('30s'),
  /** Other servers that get every sample as well. @default none */
  remoteWrite: z.array(remoteWrite).default([]),
  ...operatedPodSettings(),
});
