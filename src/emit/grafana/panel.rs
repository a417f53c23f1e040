//! The few sorts of panels that the dashboards are made of, and what can be said of one.

use super::fields::{
    BarConfig, CellConfig, CellOptions, Custom, DataLink, FieldColor, FieldConfig, FieldConfigSource, LineConfig,
    Mapping, Matcher, Override, Property, Stacking, Threshold, Thresholds, ThresholdsStyle,
};
use super::schema::{
    BarGaugeOptions, DataSourceRef, FieldNames, GridPos, Legend, LogsOptions, Panel, PieChartOptions, ReduceOptions,
    SortBy, StatOptions, StateTimelineOptions, TableOptions, Target, TextOptions, TimeSeriesOptions, Tooltip,
    Transformation, Visualization,
};

/// A colour from a value on; the first of a list has no value.
pub(super) type Step = (Option<f64>, &'static str);

/// Nothing to worry about whatever the value is.
pub(super) const NEUTRAL: &[Step] = &[(None, "blue")];
/// One is one too many.
pub(super) const NONE_IS_GOOD: &[Step] = &[(None, "green"), (Some(1.0), "red")];
/// One is worth a look.
pub(super) const NONE_IS_BETTER: &[Step] = &[(None, "green"), (Some(1.0), "yellow")];
/// Shares of something that runs full.
pub(super) const FILLING: &[Step] = &[(None, "green"), (Some(0.8), "yellow"), (Some(0.9), "red")];
/// Shares of what should always be there.
pub(super) const AVAILABLE: &[Step] = &[(None, "red"), (Some(0.99), "yellow"), (Some(0.999), "green")];

/// A column of a table: a field of the answers and what is shown of it.
pub(super) struct Column {
    /// The field: a label, or `Value #A` for the answer to the first question.
    field: &'static str,
    /// The heading.
    heading: &'static str,
    properties: Vec<Property>,
}

impl Column {
    /// A column that shows a field as it is.
    pub(super) fn new(field: &'static str, heading: &'static str) -> Self {
        Self { field, heading, properties: Vec::new() }
    }

    /// A share as a bar.
    pub(super) fn share(field: &'static str, heading: &'static str) -> Self {
        let gauge = CellOptions { r#type: "gauge", mode: Some("basic") };
        Self::new(field, heading)
            .with(Property::Unit("percentunit"))
            .with(Property::Min(0.0))
            .with(Property::Max(1.0))
            .with(Property::Thresholds(thresholds(FILLING)))
            .with(Property::CellOptions(gauge))
    }

    /// Says how it is shown.
    pub(super) fn with(mut self, property: Property) -> Self {
        self.properties.push(property);
        self
    }

    /// Says its unit.
    pub(super) fn unit(self, unit: &'static str) -> Self {
        self.with(Property::Unit(unit))
    }

    /// Says how wide it is, in pixels.
    pub(super) fn width(self, pixels: u32) -> Self {
        self.with(Property::Width(pixels))
    }

    /// Colours the text by thresholds.
    pub(super) fn steps(self, steps: &[Step]) -> Self {
        self.with(Property::Thresholds(thresholds(steps))).with(text_in_colour())
    }

    /// Shows words in the place of values, in their colours.
    pub(super) fn words(self, mapping: Mapping) -> Self {
        self.with(Property::Mappings(vec![mapping])).with(text_in_colour())
    }

    /// Links its values.
    pub(super) fn link(self, title: &'static str, url: impl Into<String>) -> Self {
        self.with(Property::Links(vec![DataLink { title, url: url.into(), target_blank: false }]))
    }
}

impl Panel {
    fn new(title: &str, (w, h): (u32, u32), visualization: Visualization) -> Self {
        Self {
            id: 0,
            title: title.to_owned(),
            description: String::new(),
            grid_pos: GridPos { x: 0, y: 0, w, h },
            datasource: None,
            visualization,
            field_config: FieldConfigSource::default(),
            targets: Vec::new(),
            transformations: Vec::new(),
        }
    }

    /// A card: one value, coloured by thresholds.
    pub(super) fn stat(title: &str, size: (u32, u32), steps: &[Step]) -> Self {
        let options = StatOptions {
            color_mode: "value",
            graph_mode: "none",
            justify_mode: "center",
            text_mode: "auto",
            orientation: "auto",
            wide_layout: true,
            show_percent_change: false,
            percent_change_color_mode: "standard",
            reduce_options: last(),
        };
        let mut panel = Self::new(title, size, Visualization::Stat(options));
        panel.field_config.defaults =
            FieldConfig { color: by_thresholds(), thresholds: Some(thresholds(steps)), ..FieldConfig::default() };
        panel
    }

    /// A graph: lines over time.
    pub(super) fn graph(title: &str, size: (u32, u32)) -> Self {
        let legend = legend("table", "bottom", vec!["lastNotNull", "max"]);
        let tooltip = Tooltip { mode: "multi", sort: "desc" };
        let mut panel = Self::new(title, size, Visualization::TimeSeries(TimeSeriesOptions { legend, tooltip }));
        panel.field_config.defaults = FieldConfig {
            color: Some(FieldColor { mode: "palette-classic", fixed_color: None }),
            custom: Some(Custom::Line(line())),
            ..FieldConfig::default()
        };
        panel
    }

    /// Bars that lie below each other, coloured by thresholds.
    pub(super) fn bars(title: &str, size: (u32, u32), steps: &[Step]) -> Self {
        let options = BarGaugeOptions {
            display_mode: "basic",
            value_mode: "color",
            name_placement: "left",
            orientation: "horizontal",
            show_unfilled: true,
            sizing: "auto",
            min_viz_height: 16,
            min_viz_width: 8,
            max_viz_height: 32,
            reduce_options: last(),
            legend: Legend { show_legend: false, ..legend("list", "bottom", Vec::new()) },
        };
        let mut panel = Self::new(title, size, Visualization::BarGauge(options));
        panel.field_config.defaults = FieldConfig {
            min: Some(0.0),
            color: by_thresholds(),
            thresholds: Some(thresholds(steps)),
            ..FieldConfig::default()
        };
        panel
    }

    /// Shares of a whole, as a ring.
    pub(super) fn shares(title: &str, size: (u32, u32)) -> Self {
        let options = PieChartOptions {
            pie_type: "donut",
            display_labels: vec!["name", "value"],
            sort: "desc",
            orientation: "auto",
            reduce_options: last(),
            legend: Legend { values: vec!["value", "percent"], ..legend("table", "right", Vec::new()) },
            tooltip: Tooltip { mode: "single", sort: "none" },
        };
        let mut panel = Self::new(title, size, Visualization::PieChart(options));
        panel.field_config.defaults.color = Some(FieldColor { mode: "palette-classic", fixed_color: None });
        panel
    }

    /// What something was, and when.
    pub(super) fn states(title: &str, size: (u32, u32), mapping: Mapping) -> Self {
        let options = StateTimelineOptions {
            show_value: "auto",
            align_value: "left",
            merge_values: true,
            row_height: 0.8,
            legend: legend("list", "bottom", Vec::new()),
            tooltip: Tooltip { mode: "single", sort: "none" },
        };
        let mut panel = Self::new(title, size, Visualization::StateTimeline(options));
        panel.field_config.defaults = FieldConfig {
            color: by_thresholds(),
            mappings: vec![mapping],
            custom: Some(Custom::Bar(BarConfig { line_width: 0, fill_opacity: 80 })),
            ..FieldConfig::default()
        };
        panel
    }

    /// A table with these columns and no other; the answers to several questions are joined by their first field.
    pub(super) fn table(title: &str, size: (u32, u32), targets: Vec<Target>, columns: Vec<Column>) -> Self {
        let options = TableOptions { show_header: true, cell_height: "sm", frame_index: 0, sort_by: Vec::new() };
        let mut panel = Self::new(title, size, Visualization::Table(options));
        let cell = CellConfig {
            align: "auto",
            cell_options: CellOptions { r#type: "auto", mode: None },
            filterable: false,
            inspect: false,
        };
        panel.field_config.defaults =
            FieldConfig { color: by_thresholds(), custom: Some(Custom::Cell(cell)), ..FieldConfig::default() };
        if targets.len() > 1 {
            let by_field = columns.first().map_or("host", |column| column.field);
            panel.transformations.push(Transformation::JoinByField { by_field, mode: "outer" });
        }
        panel.transformations.extend(arranged(&columns));
        panel.datasource = targets.first().map(|target| target.datasource.clone());
        panel.targets = lettered(targets);
        let overrides = columns.into_iter().filter(|column| !column.properties.is_empty());
        panel.field_config.overrides = overrides.map(|column| field(column.heading, column.properties)).collect();
        panel
    }

    /// Lines of logs, the latest first.
    pub(super) fn logs(title: &str, size: (u32, u32)) -> Self {
        let options = LogsOptions {
            dedup_strategy: "none",
            sort_order: "Descending",
            enable_log_details: true,
            prettify_log_message: false,
            show_common_labels: false,
            show_labels: false,
            show_log_context_toggle: true,
            show_time: true,
            wrap_log_message: true,
        };
        Self::new(title, size, Visualization::Logs(options))
    }

    /// A page in Markdown.
    pub(super) fn text(title: &str, size: (u32, u32), content: String) -> Self {
        Self::new(title, size, Visualization::Text(TextOptions { mode: "markdown", content }))
    }

    /// Says what it shows, in a sentence behind the title.
    pub(super) fn about(mut self, description: &str) -> Self {
        description.clone_into(&mut self.description);
        self
    }

    /// Asks this.
    pub(super) fn ask(mut self, target: Target) -> Self {
        self.datasource = Some(target.datasource.clone());
        self.targets.push(target);
        self.targets = lettered(self.targets);
        self
    }

    /// Says the unit of every value.
    pub(super) fn unit(mut self, unit: &'static str) -> Self {
        self.field_config.defaults.unit = Some(unit);
        self
    }

    /// Says how many digits stand behind the point.
    pub(super) fn decimals(mut self, decimals: u8) -> Self {
        self.field_config.defaults.decimals = Some(decimals);
        self
    }

    /// Shows values from 0 to this.
    pub(super) fn up_to(mut self, max: f64) -> Self {
        self.field_config.defaults.min = Some(0.0);
        self.field_config.defaults.max = Some(max);
        self
    }

    /// Says what stands there when there is no answer.
    pub(super) fn or(mut self, text: &'static str) -> Self {
        self.field_config.defaults.no_value = Some(text);
        self
    }

    /// Shows words in the place of values.
    pub(super) fn words(mut self, mapping: Mapping) -> Self {
        self.field_config.defaults.mappings.push(mapping);
        self
    }

    /// Fills the whole card with the colour.
    pub(super) fn filled(mut self) -> Self {
        if let Visualization::Stat(options) = &mut self.visualization {
            options.color_mode = "background";
        }
        self
    }

    /// Draws the course of the value below it.
    pub(super) fn with_course(mut self) -> Self {
        if let Visualization::Stat(options) = &mut self.visualization {
            options.graph_mode = "area";
        }
        self
    }

    /// Puts the lines on top of each other.
    pub(super) fn stacked(mut self) -> Self {
        if let Some(line) = self.line() {
            line.stacking.mode = "normal";
            line.fill_opacity = 40;
            line.line_width = 0;
        }
        self
    }

    /// Draws thresholds into a graph as dashed lines.
    pub(super) fn limits(mut self, steps: &[Step]) -> Self {
        self.field_config.defaults.thresholds = Some(thresholds(steps));
        if let Some(line) = self.line() {
            line.thresholds_style.mode = "dashed";
        }
        self
    }

    /// Draws the series whose names match below the line.
    pub(super) fn below(mut self, pattern: &'static str) -> Self {
        if let Some(line) = self.line() {
            line.axis_soft_min = None;
            line.axis_centered_zero = true;
        }
        let matcher = Matcher { id: "byRegexp", options: pattern };
        let properties = vec![Property::Transform("negative-Y")];
        self.field_config.overrides.push(Override { matcher, properties });
        self
    }

    /// Gives one series a colour of its own.
    pub(super) fn colour(mut self, series: &'static str, colour: &'static str) -> Self {
        let fixed = Property::Color(FieldColor { mode: "fixed", fixed_color: Some(colour) });
        self.field_config.overrides.push(field(series, vec![fixed]));
        self
    }

    /// Shows one series as a share, on an axis of its own.
    pub(super) fn share_of(mut self, series: &'static str) -> Self {
        let properties = vec![
            Property::Unit("percentunit"),
            Property::Min(0.0),
            Property::Max(1.0),
            Property::AxisPlacement("right"),
        ];
        self.field_config.overrides.push(field(series, properties));
        self
    }

    /// Sorts a table by a column.
    pub(super) fn sorted(mut self, display_name: &'static str, desc: bool) -> Self {
        if let Visualization::Table(options) = &mut self.visualization {
            options.sort_by.push(SortBy { display_name, desc });
        }
        self
    }

    fn line(&mut self) -> Option<&mut LineConfig> {
        match &mut self.field_config.defaults.custom {
            Some(Custom::Line(line)) => Some(line),
            _ => None,
        }
    }
}

impl Target {
    /// A question about a course of values.
    pub(super) fn range(datasource: DataSourceRef, expr: impl Into<String>, legend: &'static str) -> Self {
        Self {
            ref_id: String::new(),
            datasource,
            expr: expr.into(),
            editor_mode: "code",
            format: None,
            legend_format: Some(legend),
            instant: false,
            range: true,
            max_lines: None,
        }
    }

    /// A question about the values of now.
    pub(super) fn now(datasource: DataSourceRef, expr: impl Into<String>, legend: &'static str) -> Self {
        Self { instant: true, range: false, ..Self::range(datasource, expr, legend) }
    }

    /// A question whose answer is rows of a table.
    pub(super) fn rows(datasource: DataSourceRef, expr: impl Into<String>) -> Self {
        Self { format: Some("table"), legend_format: None, ..Self::now(datasource, expr, "") }
    }
}

/// Thresholds of colours.
pub(super) fn thresholds(steps: &[Step]) -> Thresholds {
    let steps = steps.iter().map(|(value, color)| Threshold { color, value: *value }).collect();
    Thresholds { mode: "absolute", steps }
}

fn text_in_colour() -> Property {
    Property::CellOptions(CellOptions { r#type: "color-text", mode: None })
}

fn field(name: &'static str, properties: Vec<Property>) -> Override {
    Override { matcher: Matcher { id: "byName", options: name }, properties }
}

fn by_thresholds() -> Option<FieldColor> {
    Some(FieldColor { mode: "thresholds", fixed_color: None })
}

fn last() -> ReduceOptions {
    ReduceOptions { calcs: vec!["lastNotNull"], fields: "", values: false }
}

fn legend(display_mode: &'static str, placement: &'static str, calcs: Vec<&'static str>) -> Legend {
    Legend { show_legend: true, display_mode, placement, calcs, values: Vec::new() }
}

fn line() -> LineConfig {
    LineConfig {
        draw_style: "line",
        line_width: 1,
        fill_opacity: 10,
        show_points: "never",
        stacking: Stacking { mode: "none", group: "A" },
        thresholds_style: ThresholdsStyle { mode: "off" },
        axis_soft_min: Some(0.0),
        axis_centered_zero: false,
    }
}

/// Leaves the columns, in their order and with their headings.
fn arranged(columns: &[Column]) -> [Transformation; 2] {
    let names = columns.iter().map(|column| column.field.to_owned()).collect();
    let index = |(index, column): (usize, &Column)| (column.field.to_owned(), index.into());
    let rename = |column: &Column| (column.field.to_owned(), column.heading.into());
    [
        Transformation::FilterFieldsByName { include: FieldNames { names } },
        Transformation::Organize {
            index_by_name: columns.iter().enumerate().map(index).collect(),
            rename_by_name: columns.iter().map(rename).collect(),
        },
    ]
}

/// Names questions A, B, C …
fn lettered(mut targets: Vec<Target>) -> Vec<Target> {
    for (letter, target) in ('A'..='Z').zip(&mut targets) {
        target.ref_id = letter.to_string();
    }
    targets
}
