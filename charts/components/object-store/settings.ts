import { z } from 'zod';
import { instances } from '../../lib/instances.ts';
import { quantitySetting } from '../../lib/quantity.ts';
import { workloadSettings } from '../../lib/workload-settings.ts';

/** Settings of an object store. */
export const objectStoreSettings = z.strictObject({
  /** Volume size. @default '20Gi' */
  size: quantitySetting.default('20Gi'),
  ...workloadSettings(),
});

/** Section `objectStore`: one object store, or several by name. */
export const objectStoreSection = instances(objectStoreSettings, {
  component: 'object-store',
  tightest: { kind: 'StatefulSet', suffix: '' },
});
