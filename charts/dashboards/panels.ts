import * as common from '@grafana/grafana-foundation-sdk/common';
import {
  type Panel,
  type Threshold,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import * as statPanel from '@grafana/grafana-foundation-sdk/stat';
import * as tablePanel from '@grafana/grafana-foundation-sdk/table';
import * as seriesPanel from '@grafana/grafana-foundation-sdk/timeseries';
import * as units from '@grafana/grafana-foundation-sdk/units';

/** The uid under which Grafana's component provisions Prometheus. */
export const DATASOURCE = { type: 'prometheus', uid: 'prometheus' };

/** What a value is, by the name that Grafana has for its unit. */
const UNITS = {
  count: units.Short,
  /** Between 0 and 1. */
  share: units.PercentUnit,
  bytes: units.BytesIEC,
  'bytes/s': units.BytesPerSecondIEC,
  seconds: units.Seconds,
  'requests/s': units.RequestsPerSecond,
  'operations/s': units.OpsPerSecond,
  /** CPU time per second. */
  cores: units.NoUnit,
  /** Milliseconds since 1970, shown as the time from now. */
  time: units.DateTimeFromNow,
} as const;

/** A panel of any kind. */
export interface PanelBuilder {
  id(id: number): this;
  build(): Panel;
}

/** A value from which a panel turns yellow, and one from which it turns red; with `below`, under which it does. */
export interface Limits {
  readonly warning?: number;
  readonly critical?: number;
  /** True if low values are bad. @default false */
  readonly below?: boolean;
}

interface PanelOptions {
  readonly title: string;
  /** What it shows, unless the title says it all. */
  readonly description?: string;
  readonly unit?: keyof typeof UNITS;
  readonly limits?: Limits;
  /** Of the 24 columns of a dashboard. */
  readonly width?: number;
}

/** Options of a panel of time series. */
export interface TimeSeriesOptions extends PanelOptions {
  /** PromQL by legend, in which `{{pod}}` stands for a label. */
  readonly queries: Readonly<Record<string, string>>;
  /** True if the series add up to something. @default false */
  readonly stacked?: boolean;
  /** Upper end of the axis. @default by the values */
  readonly max?: number;
  /** False if values can be below 0. @default true */
  readonly fromZero?: boolean;
}

/** Time series. A gap is shown as one, because then nothing was measured. */
export function timeSeries(options: TimeSeriesOptions): PanelBuilder {
  const { title, description, unit = 'count', limits, width = 12, queries, stacked, max, fromZero = true } = options;
  const panel = new seriesPanel.PanelBuilder()
    .title(title)
    .datasource(DATASOURCE)
    .height(8)
    .span(width)
    .unit(UNITS[unit])
    .legend(
      new common.VizLegendOptionsBuilder()
        .displayMode(common.LegendDisplayMode.List)
        .placement(common.LegendPlacement.Bottom)
        .showLegend(true),
    )
    .tooltip(
      new common.VizTooltipOptionsBuilder().mode(common.TooltipDisplayMode.Multi).sort(common.SortOrder.Descending),
    )
    .lineWidth(1)
    .fillOpacity(stacked ? 30 : 8)
    .showPoints(common.VisibilityMode.Never)
    .spanNulls(false);
  if (description) panel.description(description);
  if (fromZero) panel.min(0);
  if (max !== undefined) panel.max(max);
  if (stacked) panel.stacking(new common.StackingConfigBuilder().mode(common.StackingMode.Normal));
  if (limits)
    panel
      .thresholds(thresholds(limits))
      .thresholdsStyle(new common.GraphThresholdsStyleConfigBuilder().mode(common.GraphThresholdsStyleMode.Dashed));
  for (const [i, [legend, expr]] of Object.entries(queries).entries())
    panel.withTarget(query(i, expr).range().legendFormat(legend));
  return panel;
}

/** Options of a single value. */
export interface StatOptions extends PanelOptions {
  readonly query: string;
}

/** The newest value of a query, coloured by its limits. A query without a result shows "No data". */
export function stat({
  title,
  description,
  unit = 'count',
  limits,
  width = 4,
  query: expr,
}: StatOptions): PanelBuilder {
  const panel = new statPanel.PanelBuilder()
    .title(title)
    .datasource(DATASOURCE)
    .height(4)
    .span(width)
    .unit(UNITS[unit])
    .colorMode(limits ? common.BigValueColorMode.Value : common.BigValueColorMode.None)
    .graphMode(common.BigValueGraphMode.None)
    .reduceOptions(new common.ReduceDataOptionsBuilder().calcs(['lastNotNull']))
    .thresholds(thresholds(limits))
    .withTarget(query(0, expr).instant());
  if (description) panel.description(description);
  return panel;
}

/** A column with the values of a query. */
export interface ValueColumn {
  readonly name: string;
  readonly query: string;
  readonly unit?: keyof typeof UNITS;
  readonly limits?: Limits;
}

/** Options of a table. */
export interface TableOptions extends Omit<PanelOptions, 'unit' | 'limits'> {
  /** Names of the columns by label, which every query keeps and which tell its rows apart. */
  readonly labels: Readonly<Record<string, string>>;
  readonly values: readonly ValueColumn[];
  /** The uid of the dashboard that shows the value of a label, by label: its variable of that name is set to it. */
  readonly links?: Readonly<Record<string, string>>;
  readonly height?: number;
}

/** A table of the newest values: a row for each combination of labels. */
export function table({ title, description, width = 24, height = 8, ...options }: TableOptions): PanelBuilder {
  const { labels, values, links = {} } = options;
  const fields = values.map((value, i) => ({ ...value, field: values.length > 1 ? `Value #${refId(i)}` : 'Value' }));
  const panel = new tablePanel.PanelBuilder()
    .title(title)
    .datasource(DATASOURCE)
    .height(height)
    .span(width)
    .withTransformation({ id: 'merge', options: {} })
    .withTransformation({
      id: 'organize',
      options: {
        excludeByName: { Time: true },
        indexByName: Object.fromEntries(
          [...Object.keys(labels), ...fields.map(({ field }) => field)].map((f, i) => [f, i]),
        ),
        renameByName: { ...labels, ...Object.fromEntries(fields.map(({ field, name }) => [field, name])) },
      },
    });
  if (description) panel.description(description);
  for (const [i, value] of values.entries())
    panel.withTarget(query(i, value.query).instant().format(PromQueryFormat.Table));
  for (const { name, unit = 'count', limits } of fields)
    panel.overrideByName(name, [
      { id: 'unit', value: UNITS[unit] },
      ...(limits
        ? [
            { id: 'thresholds', value: thresholds(limits).build() },
            { id: 'custom.cellOptions', value: { type: 'color-text' } },
          ]
        : []),
    ]);
  for (const [label, uid] of Object.entries(links))
    panel.overrideByName(labels[label] ?? label, [
      {
        id: 'links',
        value: [{ title: 'Show it', url: `/d/${uid}?var-${label}=\${__value.raw}&\${__url_time_range}` }],
      },
    ]);
  return panel;
}

function query(index: number, expr: string): DataqueryBuilder {
  return new DataqueryBuilder().datasource(DATASOURCE).refId(refId(index)).expr(expr);
}

function refId(index: number): string {
  return String.fromCharCode('A'.charCodeAt(0) + index);
}

function thresholds(limits: Limits = {}): ThresholdsConfigBuilder {
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(steps(limits));
}

/** Steps of colours, each from a value on; the first one has no lower end. */
function steps({ warning, critical, below = false }: Limits): Threshold[] {
  const at = (color: string, value?: number): Threshold[] => (value === undefined ? [] : [{ color, value }]);
  if (!below) return [{ color: 'green', value: null }, ...at('yellow', warning), ...at('red', critical)];
  const bounds = [...at('yellow', critical), ...at('green', warning)];
  // Without a bound between them, the colour above it follows at once.
  if (warning === undefined) return [{ color: 'red', value: null }, ...at('green', critical)];
  return [{ color: critical === undefined ? 'yellow' : 'red', value: null }, ...bounds];
}
