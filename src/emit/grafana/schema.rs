//! Grafana's dashboards as types: the parts of its schema that Cistern writes, under the names that Grafana gives them.

use serde::Serialize;

use super::fields::FieldConfigSource;

/// The version of the schema that these types are of.
pub(super) const SCHEMA_VERSION: u32 = 41;

/// A dashboard.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Dashboard {
    pub(super) uid: String,
    pub(super) title: String,
    pub(super) description: String,
    pub(super) tags: Vec<&'static str>,
    pub(super) schema_version: u32,
    pub(super) editable: bool,
    /// Whether the cursor is shown in every panel at once: 1 for a cross.
    pub(super) graph_tooltip: u8,
    pub(super) refresh: &'static str,
    pub(super) time: TimeRange,
    pub(super) timezone: &'static str,
    pub(super) templating: Templating,
    pub(super) annotations: Annotations,
    pub(super) links: Vec<Link>,
    pub(super) panels: Vec<Element>,
}

/// What a dashboard shows when it is opened.
#[derive(Debug, Clone, Serialize)]
pub(super) struct TimeRange {
    pub(super) from: &'static str,
    pub(super) to: &'static str,
}

/// The variables of a dashboard.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Templating {
    pub(super) list: Vec<Variable>,
}

/// What is marked in the graphs of a dashboard.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Annotations {
    pub(super) list: Vec<Annotation>,
}

/// A reference to a data source.
#[derive(Debug, Clone, Serialize)]
pub(super) struct DataSourceRef {
    pub(super) r#type: &'static str,
    pub(super) uid: &'static str,
}

/// A variable, which whoever looks picks a value for.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Variable {
    pub(super) name: &'static str,
    pub(super) label: &'static str,
    pub(super) r#type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) datasource: Option<DataSourceRef>,
    pub(super) query: VariableQuery,
    /// When its values are asked for: 2 whenever the time range changes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) refresh: Option<u8>,
    /// 1 by the alphabet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) sort: Option<u8>,
    pub(super) multi: bool,
    pub(super) include_all: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) all_value: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) current: Option<Choice>,
}

/// What a variable has until somebody picks.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Choice {
    pub(super) text: &'static str,
    pub(super) value: &'static str,
}

/// Where the values of a variable come from.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub(super) enum VariableQuery {
    /// The type of a data source, or what a text box holds at first.
    Text(&'static str),
    /// The values of a label in Prometheus.
    #[serde(rename_all = "camelCase")]
    Prometheus { qry_type: u8, query: String, ref_id: &'static str },
    /// The values of a label in Loki.
    #[serde(rename_all = "camelCase")]
    Loki { label: &'static str, stream: String, r#type: u8, ref_id: &'static str },
}

/// Marks in graphs.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Annotation {
    pub(super) name: &'static str,
    pub(super) datasource: DataSourceRef,
    pub(super) enable: bool,
    pub(super) icon_color: &'static str,
    pub(super) target: Target,
    pub(super) title_format: &'static str,
    pub(super) text_format: &'static str,
    pub(super) tag_keys: &'static str,
}

/// A link at the top of a dashboard.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Link {
    pub(super) title: &'static str,
    /// `dashboards` for all that have the tags, `link` for an address.
    pub(super) r#type: &'static str,
    pub(super) tags: Vec<&'static str>,
    pub(super) icon: &'static str,
    pub(super) tooltip: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) url: Option<String>,
    pub(super) as_dropdown: bool,
    pub(super) include_vars: bool,
    pub(super) keep_time: bool,
    pub(super) target_blank: bool,
}

/// What stands in the grid of a dashboard.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub(super) enum Element {
    /// A heading.
    Row(Row),
    /// A panel.
    Panel(Box<Panel>),
}

/// A heading over panels.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Row {
    pub(super) id: u32,
    pub(super) r#type: &'static str,
    pub(super) title: String,
    pub(super) collapsed: bool,
    pub(super) grid_pos: GridPos,
    pub(super) panels: Vec<Panel>,
}

/// A place in the grid, which is 24 columns wide.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub(super) struct GridPos {
    pub(super) x: u32,
    pub(super) y: u32,
    pub(super) w: u32,
    pub(super) h: u32,
}

/// A panel.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Panel {
    pub(super) id: u32,
    pub(super) title: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) description: String,
    pub(super) grid_pos: GridPos,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) datasource: Option<DataSourceRef>,
    #[serde(flatten)]
    pub(super) visualization: Visualization,
    pub(super) field_config: FieldConfigSource,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) targets: Vec<Target>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) transformations: Vec<Transformation>,
}

/// What a panel asks a data source.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Target {
    pub(super) ref_id: String,
    pub(super) datasource: DataSourceRef,
    pub(super) expr: String,
    pub(super) editor_mode: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) format: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) legend_format: Option<&'static str>,
    pub(super) instant: bool,
    pub(super) range: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) max_lines: Option<u32>,
}

/// How answers are rearranged before they are drawn.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "id", content = "options", rename_all = "camelCase")]
pub(super) enum Transformation {
    /// One row for each value of a field.
    #[serde(rename_all = "camelCase")]
    JoinByField { by_field: &'static str, mode: &'static str },
    /// Which fields stay, by their names.
    FilterFieldsByName { include: FieldNames },
    /// The order and the names of fields.
    #[serde(rename_all = "camelCase")]
    Organize {
        index_by_name: serde_json::Map<String, serde_json::Value>,
        rename_by_name: serde_json::Map<String, serde_json::Value>,
    },
}

/// Names of fields.
#[derive(Debug, Clone, Serialize)]
pub(super) struct FieldNames {
    pub(super) names: Vec<String>,
}

/// How a panel draws: its type and that type's options.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "type", content = "options", rename_all = "lowercase")]
pub(super) enum Visualization {
    /// One large value.
    Stat(StatOptions),
    /// Values over time.
    TimeSeries(TimeSeriesOptions),
    /// Bars beside their names.
    BarGauge(BarGaugeOptions),
    /// Shares of a whole.
    PieChart(PieChartOptions),
    /// What something was, and when.
    #[serde(rename = "state-timeline")]
    StateTimeline(StateTimelineOptions),
    /// Rows and columns.
    Table(TableOptions),
    /// Lines of logs.
    Logs(LogsOptions),
    /// A page in Markdown.
    Text(TextOptions),
}

/// What becomes one value of a series.
#[derive(Debug, Clone, Serialize)]
pub(super) struct ReduceOptions {
    pub(super) calcs: Vec<&'static str>,
    pub(super) fields: &'static str,
    pub(super) values: bool,
}

/// Options of a stat.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct StatOptions {
    pub(super) color_mode: &'static str,
    pub(super) graph_mode: &'static str,
    pub(super) justify_mode: &'static str,
    pub(super) text_mode: &'static str,
    pub(super) orientation: &'static str,
    pub(super) wide_layout: bool,
    pub(super) show_percent_change: bool,
    pub(super) percent_change_color_mode: &'static str,
    pub(super) reduce_options: ReduceOptions,
}

/// Options of a graph.
#[derive(Debug, Clone, Serialize)]
pub(super) struct TimeSeriesOptions {
    pub(super) legend: Legend,
    pub(super) tooltip: Tooltip,
}

/// Options of bars.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct BarGaugeOptions {
    pub(super) display_mode: &'static str,
    pub(super) value_mode: &'static str,
    pub(super) name_placement: &'static str,
    pub(super) orientation: &'static str,
    pub(super) show_unfilled: bool,
    pub(super) sizing: &'static str,
    pub(super) min_viz_height: u32,
    pub(super) min_viz_width: u32,
    pub(super) max_viz_height: u32,
    pub(super) reduce_options: ReduceOptions,
    pub(super) legend: Legend,
}

/// Options of shares.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PieChartOptions {
    pub(super) pie_type: &'static str,
    pub(super) display_labels: Vec<&'static str>,
    pub(super) sort: &'static str,
    pub(super) orientation: &'static str,
    pub(super) reduce_options: ReduceOptions,
    pub(super) legend: Legend,
    pub(super) tooltip: Tooltip,
}

/// Options of what was when.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct StateTimelineOptions {
    pub(super) show_value: &'static str,
    pub(super) align_value: &'static str,
    pub(super) merge_values: bool,
    pub(super) row_height: f64,
    pub(super) legend: Legend,
    pub(super) tooltip: Tooltip,
}

/// Options of a table.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TableOptions {
    pub(super) show_header: bool,
    pub(super) cell_height: &'static str,
    pub(super) frame_index: u32,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) sort_by: Vec<SortBy>,
}

/// The column that a table is sorted by.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SortBy {
    pub(super) display_name: &'static str,
    pub(super) desc: bool,
}

/// Options of logs.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LogsOptions {
    pub(super) dedup_strategy: &'static str,
    pub(super) sort_order: &'static str,
    pub(super) enable_log_details: bool,
    pub(super) prettify_log_message: bool,
    pub(super) show_common_labels: bool,
    pub(super) show_labels: bool,
    pub(super) show_log_context_toggle: bool,
    pub(super) show_time: bool,
    pub(super) wrap_log_message: bool,
}

/// Options of a page.
#[derive(Debug, Clone, Serialize)]
pub(super) struct TextOptions {
    pub(super) mode: &'static str,
    pub(super) content: String,
}

/// What says which colour is which.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Legend {
    pub(super) show_legend: bool,
    pub(super) display_mode: &'static str,
    pub(super) placement: &'static str,
    pub(super) calcs: Vec<&'static str>,
    /// Of shares only: what stands beside the name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) values: Vec<&'static str>,
}

/// What is shown beside the cursor.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Tooltip {
    pub(super) mode: &'static str,
    pub(super) sort: &'static str,
}
