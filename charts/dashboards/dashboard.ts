import {
  AnnotationQueryBuilder,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DATASOURCE, type PanelBuilder } from './panels.ts';

/** A choice at the top of a dashboard; queries use it as `$name`. */
export interface Variable {
  readonly label: string;
  /** PromQL selector of series that have the values: `kube_pod_info{namespace=~"$namespace"}`. */
  readonly of: string;
  /** Label with the values. @default the variable's name */
  readonly by?: string;
  /** True if several can be chosen, and all are by default: queries then match by `=~"$name"`. @default false */
  readonly several?: boolean;
}

/** Panels under a title. */
export interface Row {
  readonly title: string;
  readonly panels: readonly PanelBuilder[];
}

/** Options of a dashboard. */
export interface DashboardOptions {
  readonly name: DashboardName;
  /** What it tells, in a sentence. */
  readonly description: string;
  readonly variables?: Readonly<Record<string, Variable>>;
  /** Dashboards to go on with; they get the variables that they have in common. */
  readonly related?: readonly DashboardName[];
  /** Matchers of the alerts that it marks: `namespace=~"$namespace"`. @default all */
  readonly alerts?: string;
  readonly rows: readonly Row[];
}

/** Titles of the dashboards by uid: links have both before the dashboard itself is built. */
export const TITLES = {
  fleet: 'Fleet',
  cluster: 'Cluster',
  node: 'Node',
  workload: 'Workload',
  service: 'Service',
  objectives: 'Objectives',
  mongo: 'MongoDB',
  postfacto: 'Postfacto',
  gateway: 'Gateway',
  'cert-manager': 'cert-manager',
  velero: 'Velero',
  'argo-cd': 'Argo CD',
} as const;

/** A dashboard's name: its uid without the prefix. */
export type DashboardName = keyof typeof TITLES;

/** The uid, which the dashboards of people do not have by chance. */
export const uidOf = (name: DashboardName): string => `slipway-${name}`;

/** Tag of all of them, for the list of others. */
const TAG = 'slipway';

/** A dashboard with the look that all of them share. */
export function dashboard(options: DashboardOptions): DashboardBuilder {
  const { name, description, variables = {}, related = [], alerts = '', rows } = options;
  const builder = new DashboardBuilder(TITLES[name])
    .uid(uidOf(name))
    .description(description)
    .tags([TAG])
    .readonly()
    .time({ from: 'now-6h', to: 'now' })
    .refresh('1m')
    .tooltip(DashboardCursorSync.Crosshair)
    .annotation(firing(alerts));
  for (const [key, one] of Object.entries(variables)) builder.withVariable(variable(key, one));
  for (const other of related) builder.link(linkTo(other));
  builder.link(
    new DashboardLinkBuilder('All').type(DashboardLinkType.Dashboards).tags([TAG]).asDropdown(true).keepTime(true),
  );
  // Numbered here, because links to a panel name its number.
  let id = 0;
  for (const { title, panels } of rows) {
    builder.withRow(new RowBuilder(title).id((id += 1)));
    for (const panel of panels) builder.withPanel(panel.id((id += 1)));
  }
  return builder;
}

/** Marks since when alerts fire. */
function firing(matchers: string): AnnotationQueryBuilder {
  const all = ['alertstate="firing"', 'severity=~"warning|critical"', matchers].filter(Boolean).join(', ');
  return new AnnotationQueryBuilder()
    .name('Alerts')
    .datasource(DATASOURCE)
    .enable(true)
    .iconColor('red')
    .expr(`ALERTS{${all}}`)
    .step('60s')
    .titleFormat('{{alertname}}')
    .textFormat('{{namespace}} {{pod}}')
    .tagKeys('severity');
}

function variable(name: string, { label, of, by = name, several = false }: Variable): QueryVariableBuilder {
  const query = `label_values(${of}, ${by})`;
  const builder = new QueryVariableBuilder(name)
    .label(label)
    .datasource(DATASOURCE)
    .definition(query)
    // As Grafana's own editor writes it: 1 is the type of `label_values`.
    .query({ qryType: 1, query, refId: 'PrometheusVariableQueryEditor-VariableQuery' })
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.NaturalAsc)
    .multi(several)
    .includeAll(several);
  return several ? builder.allValue('.*').current({ text: 'All', value: '$__all' }) : builder;
}

function linkTo(name: DashboardName): DashboardLinkBuilder {
  return new DashboardLinkBuilder(TITLES[name])
    .type(DashboardLinkType.Link)
    .url(`/d/${uidOf(name)}`)
    .includeVars(true)
    .keepTime(true);
}
