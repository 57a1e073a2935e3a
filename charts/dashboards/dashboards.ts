import type { DashboardBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { argoCd } from '../components/argo-cd/dashboards.ts';
import { certManager } from '../components/cert-manager/dashboards.ts';
import { gateway } from '../components/gateway/dashboards.ts';
import { cluster, fleet } from '../components/grafana/dashboards.ts';
import { workload } from '../components/kube-state-metrics/dashboards.ts';
import { mongo } from '../components/mongo/dashboards.ts';
import { service } from '../components/nest-service/dashboards.ts';
import { node } from '../components/node-exporter/dashboards.ts';
import { postfacto } from '../components/postfacto/dashboards.ts';
import { velero } from '../components/velero/dashboards.ts';
import { objectives } from '../rules/dashboards.ts';

/** Every dashboard, by the folder whose `dashboards/` its JSON is written to. */
export const DASHBOARDS: Readonly<Record<string, readonly (() => DashboardBuilder)[]>> = {
  'charts/components/argo-cd': [argoCd],
  'charts/components/cert-manager': [certManager],
  'charts/components/gateway': [gateway],
  'charts/components/grafana': [fleet, cluster],
  'charts/components/kube-state-metrics': [workload],
  'charts/components/mongo': [mongo],
  'charts/components/nest-service': [service],
  'charts/components/node-exporter': [node],
  'charts/components/postfacto': [postfacto],
  'charts/components/velero': [velero],
  'charts/rules': [objectives],
};
