//! How values are shown: units, colours, thresholds, and words in the place of numbers. Part of Grafana's schema.

use std::collections::BTreeMap;

use serde::Serialize;

/// How the fields of a panel are shown.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct FieldConfigSource {
    pub(super) defaults: FieldConfig,
    pub(super) overrides: Vec<Override>,
}

/// How a field is shown.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FieldConfig {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) unit: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) decimals: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) min: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) max: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) no_value: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) color: Option<FieldColor>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) thresholds: Option<Thresholds>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) mappings: Vec<Mapping>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) links: Vec<DataLink>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) custom: Option<Custom>,
}

/// Where the colour of a field comes from.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FieldColor {
    pub(super) mode: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) fixed_color: Option<&'static str>,
}

/// From which values on a field has which colour.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Thresholds {
    pub(super) mode: &'static str,
    pub(super) steps: Vec<Threshold>,
}

/// One of the thresholds; the first has no value.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Threshold {
    pub(super) color: &'static str,
    pub(super) value: Option<f64>,
}

/// Words for values.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Mapping {
    pub(super) r#type: &'static str,
    pub(super) options: BTreeMap<&'static str, MappingResult>,
}

/// What is shown in the place of a value.
#[derive(Debug, Clone, Serialize)]
pub(super) struct MappingResult {
    pub(super) text: &'static str,
    pub(super) color: &'static str,
    pub(super) index: usize,
}

/// A link from a value.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DataLink {
    pub(super) title: &'static str,
    pub(super) url: String,
    pub(super) target_blank: bool,
}

/// What only panels of one type know.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub(super) enum Custom {
    /// Lines of a graph.
    Line(LineConfig),
    /// Cells of a table.
    Cell(CellConfig),
    /// Bars over time.
    Bar(BarConfig),
}

/// How lines are drawn.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LineConfig {
    pub(super) draw_style: &'static str,
    pub(super) line_width: u8,
    pub(super) fill_opacity: u8,
    pub(super) show_points: &'static str,
    pub(super) stacking: Stacking,
    pub(super) thresholds_style: ThresholdsStyle,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) axis_soft_min: Option<f64>,
    pub(super) axis_centered_zero: bool,
}

/// Whether values stand on top of each other.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Stacking {
    pub(super) mode: &'static str,
    pub(super) group: &'static str,
}

/// Whether thresholds are drawn.
#[derive(Debug, Clone, Serialize)]
pub(super) struct ThresholdsStyle {
    pub(super) mode: &'static str,
}

/// How cells are drawn.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CellConfig {
    pub(super) align: &'static str,
    pub(super) cell_options: CellOptions,
    pub(super) filterable: bool,
    pub(super) inspect: bool,
}

/// What a cell looks like.
#[derive(Debug, Clone, Serialize)]
pub(super) struct CellOptions {
    pub(super) r#type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) mode: Option<&'static str>,
}

/// How bars over time are drawn.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct BarConfig {
    pub(super) line_width: u8,
    pub(super) fill_opacity: u8,
}

/// What is different for one field.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Override {
    pub(super) matcher: Matcher,
    pub(super) properties: Vec<Property>,
}

/// Which field.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Matcher {
    pub(super) id: &'static str,
    pub(super) options: &'static str,
}

/// One thing that is different.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "id", content = "value", rename_all = "camelCase")]
pub(super) enum Property {
    Unit(&'static str),
    Min(f64),
    Max(f64),
    Color(FieldColor),
    Thresholds(Thresholds),
    Mappings(Vec<Mapping>),
    Links(Vec<DataLink>),
    #[serde(rename = "custom.cellOptions")]
    CellOptions(CellOptions),
    #[serde(rename = "custom.width")]
    Width(u32),
    #[serde(rename = "custom.axisPlacement")]
    AxisPlacement(&'static str),
    #[serde(rename = "custom.transform")]
    Transform(&'static str),
}
