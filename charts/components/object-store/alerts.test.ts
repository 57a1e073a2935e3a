import { alertTable } from '../../../test/rules/alert-table.ts';
import { objectStoreAlerts } from './alerts.ts';

const OWN = 'namespace="object-store", pod="object-store-0"';
const OTHER = 'namespace="object-store-cold", pod="object-store-cold-0"';

const readOnly = (labels: string, type: string) => ({
  [`SeaweedFS_volumeServer_read_only_volumes{${labels}, collection="velero", type="${type}"}`]: '3x60',
});

const requests = (failed: number, labels = OWN) => ({
  [`SeaweedFS_s3_request_total{${labels}, bucket="velero", type="PUT", code="200"}`]: '0+100x60',
  [`SeaweedFS_s3_request_total{${labels}, bucket="velero", type="PUT", code="500"}`]: `0+${failed}x60`,
});

alertTable(objectStoreAlerts('object-store'), {
  ObjectStoreFull: {
    fires: { series: readOnly(OWN, 'isDiskSpaceLow'), at: 20, labels: { namespace: 'object-store' } },
    quiet: [
      { series: readOnly(OWN, 'noWriteCanDelete'), at: 20 },
      { series: readOnly(OTHER, 'isDiskSpaceLow'), at: 20 },
    ],
  },
  ObjectStoreErrors: {
    fires: { series: requests(10), at: 40, labels: { namespace: 'object-store' } },
    quiet: { series: { ...requests(4), ...requests(50, OTHER) }, at: 40 },
  },
});
