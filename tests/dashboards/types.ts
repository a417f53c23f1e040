// What a dashboard of Cistern must be: Grafana's own types, with a panel's options and fields by its type.
// What Grafana's plugins define elsewhere (questions to Prometheus, its marks and its variables) is written out below.
import type {
  AnnotationQuery, Dashboard, DashboardLink, DataQuery, FieldConfig, FieldConfigSource, GraphFieldConfig, Panel, RowPanel,
  TableFieldOptions, VariableModel,
} from '@grafana/schema';
import type { Options as BarGauge } from '@grafana/schema/dist/esm/raw/composable/bargauge/panelcfg/x/BarGaugePanelCfg_types.gen';
import type { Options as Logs } from '@grafana/schema/dist/esm/raw/composable/logs/panelcfg/x/LogsPanelCfg_types.gen';
import type { LokiDataQuery } from '@grafana/schema/dist/esm/raw/composable/loki/dataquery/x/LokiDataQuery_types.gen';
import type { Options as PieChart } from '@grafana/schema/dist/esm/raw/composable/piechart/panelcfg/x/PieChartPanelCfg_types.gen';
import type { Options as Stat } from '@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen';
import type { FieldConfig as StateField, Options as StateTimeline } from '@grafana/schema/dist/esm/raw/composable/statetimeline/panelcfg/x/StateTimelinePanelCfg_types.gen';
import type { Options as Table } from '@grafana/schema/dist/esm/raw/composable/table/panelcfg/x/TablePanelCfg_types.gen';
import type { Options as Text } from '@grafana/schema/dist/esm/raw/composable/text/panelcfg/x/TextPanelCfg_types.gen';
import type { Options as TimeSeries } from '@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen';

// JSON has words where TypeScript has enumerations, and its lists of words hold more than one.
type Plain<T> = T extends string ? `${T}` : T extends Array<infer U> ? Plain<U>[] : T extends object ? { [K in keyof T]: Plain<T[K]> } : T;

type Source = { type: 'prometheus' | 'loki'; uid: string };

type PrometheusQuery = DataQuery & {
  datasource: { type: 'prometheus'; uid: string };
  expr: string;
  editorMode: 'code' | 'builder';
  format?: 'time_series' | 'table' | 'heatmap';
  legendFormat?: string;
  instant: boolean;
  range: boolean;
};
type LokiQuery = LokiDataQuery & { datasource: { type: 'loki'; uid: string } };

type Transformation =
  | { id: 'joinByField'; options: { byField: string; mode: 'outer' | 'inner' } }
  | { id: 'filterFieldsByName'; options: { include: { names: string[] } } }
  | { id: 'organize'; options: { indexByName: Record<string, number>; renameByName: Record<string, string> } };

// What an override may set, and to what.
type Values<Custom> = Required<Pick<FieldConfig, 'unit' | 'decimals' | 'min' | 'max' | 'color' | 'thresholds' | 'mappings'>> & {
  links: Link[];
} & { [K in keyof Custom & string as `custom.${K}`]-?: Exclude<Custom[K], undefined> };
type Property<Custom> = { [K in keyof Values<Custom>]: { id: K; value: Values<Custom>[K] } }[keyof Values<Custom>];
type Override<Custom> = { matcher: { id: 'byName' | 'byRegexp'; options: string }; properties: Property<Custom>[] };
type Link = { title: string; url: string; targetBlank: boolean };

type Fields<Custom> = Omit<FieldConfigSource, 'defaults' | 'overrides'> & {
  defaults: Omit<FieldConfig, 'custom' | 'links'> & { custom?: Custom; links?: Link[] };
  overrides: Override<Custom>[];
};
type Of<Type extends string, Options, Custom = {}, Query = PrometheusQuery> = Omit<
  Panel, 'type' | 'options' | 'fieldConfig' | 'targets' | 'transformations' | 'datasource'
> & {
  type: Type;
  options: Options;
  fieldConfig: Fields<Custom>;
  datasource?: Source;
  targets?: Query[];
  transformations?: Transformation[];
};

type AnyPanel =
  | Of<'stat', Stat>
  | Of<'timeseries', TimeSeries, GraphFieldConfig, PrometheusQuery | LokiQuery>
  | Of<'bargauge', BarGauge>
  | Of<'piechart', PieChart>
  | Of<'state-timeline', StateTimeline, StateField>
  | Of<'table', Table, TableFieldOptions & { width?: number }>
  | Of<'logs', Logs, {}, LokiQuery>
  | Of<'text', Text>;

type Mark = Omit<AnnotationQuery, 'target' | 'datasource'> & {
  datasource: Source;
  target: PrometheusQuery;
  titleFormat: string;
  textFormat: string;
  tagKeys: string;
};
type Variable = Omit<VariableModel, 'query' | 'datasource'> & {
  datasource?: Source;
  query: string | { qryType: 1; query: string; refId: string } | { type: 1; label: string; stream: string; refId: string };
};

export type Ours = Plain<
  Omit<Dashboard, 'panels' | 'annotations' | 'templating' | 'links'> & {
    panels: Array<AnyPanel | RowPanel>;
    annotations: { list: Mark[] };
    templating: { list: Variable[] };
    links: DashboardLink[];
  }
>;
