//! A chart of horizontal bars on a logarithmic scale, as an SVG file.
//!
//! It has a ground of its own, which follows the reader's light or dark setting together with all that is on it: so it
//! is legible on a page of either colour, and where a viewer knows no such setting.

use anyhow::Result;
use svg::Document;
use svg::node::element::{Group, Line, Rectangle, Style, Text, Title};

/// What a bar stands for, which is its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Paint {
    Ours,
    OtherLevel,
    Peer,
    Floor,
    Rust,
    Python,
    Node,
}

pub(crate) struct Bar {
    /// Left of the bar.
    pub(crate) label: String,
    /// Where it ends.
    pub(crate) value: f64,
    /// A line from the fastest call to the one that nine in ten beat.
    pub(crate) spread: Option<(f64, f64)>,
    /// Right of the bar.
    pub(crate) note: String,
    pub(crate) paint: Paint,
}

/// Bars under a heading.
pub(crate) struct Bars {
    pub(crate) heading: String,
    /// More of it, in small letters.
    pub(crate) remark: String,
    pub(crate) bars: Vec<Bar>,
}

pub(crate) struct Chart {
    pub(crate) title: String,
    pub(crate) subtitle: String,
    pub(crate) unit: &'static str,
    /// Where bars begin, and are drawn to the left of where they are less; the least value's decade if there is none.
    pub(crate) origin: Option<f64>,
    /// Whether headings stand beside their bars, which is lower, or above them.
    pub(crate) beside: bool,
    pub(crate) groups: Vec<Bars>,
}

const WIDTH: f64 = 860.0;
const EDGE: f64 = 20.0;
/// From right of the widest label to left of the widest note.
const BARS: (f64, f64) = (235.0, 630.0);
/// The same with headings beside.
const BARS_BESIDE: (f64, f64) = (300.0, 600.0);
/// Letters of a line of small ones left of these, and the height of a line.
const REMARK: (usize, f64) = (37, 13.0);
const TOP: f64 = 78.0;
const HEADING: f64 = 24.0;
const BAR: f64 = 16.0;
const GAP: f64 = 12.0;

/// Colours by class, on light and on dark ground: contrast with the ground is above 3 for bars and 4.5 for letters.
/// Letters have a rim of the ground's colour, so that lines do not cross them.
const STYLE: &str = "
.ground { fill: #ffffff; stroke: #d0d7de }
text { font: 12px system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif; fill: #1f2328 }
.title { font-size: 16px; font-weight: 600 } .heading { font-weight: 600 } .small { font-size: 11px; fill: #59636e }
text { paint-order: stroke; stroke: #ffffff; stroke-width: 4px; stroke-linejoin: round }
.left { text-anchor: end } .middle { text-anchor: middle }
.grid { stroke: #d8dee4 } .origin { stroke: #1f2328 } .spread { stroke: #1f2328; stroke-width: 1.5 }
.ours { fill: #0969da } .other-level { fill: #6aaef5 } .peer { fill: #848d97 } .floor { fill: #b08800 }
.rust { fill: #c4552d } .python { fill: #2f6fb5 } .node { fill: #3c873a }
@media (prefers-color-scheme: dark) {
.ground { fill: #0d1117; stroke: #30363d } text { fill: #e6edf3; stroke: #0d1117 } .small { fill: #9198a1 }
.grid { stroke: #262c36 } .origin { stroke: #e6edf3 } .spread { stroke: #e6edf3 }
.ours { fill: #4493f8 } .other-level { fill: #1f5fb0 } .peer { fill: #7d8590 } .floor { fill: #bb8009 }
.rust { fill: #e0764f } .python { fill: #5b9ae0 } .node { fill: #57ab5a }
}
";

impl Paint {
    fn class(self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::OtherLevel => "other-level",
            Self::Peer => "peer",
            Self::Floor => "floor",
            Self::Rust => "rust",
            Self::Python => "python",
            Self::Node => "node",
        }
    }
}

/// From values to places between the two ends of bars.
struct Scale {
    ends: (f64, f64),
    low: f64,
    high: f64,
}

impl Scale {
    fn of(chart: &Chart) -> Self {
        let bars = || chart.groups.iter().flat_map(|group| &group.bars);
        let ends = bars().flat_map(|bar| [bar.value, bar.spread.map_or(bar.value, |(low, _)| low)]);
        let least = ends.fold(chart.origin.unwrap_or(f64::INFINITY), f64::min);
        let ends = bars().flat_map(|bar| [bar.value, bar.spread.map_or(bar.value, |(_, high)| high)]);
        let most = ends.fold(chart.origin.unwrap_or(0.0), f64::max);
        let low = match chart.origin {
            // Room for a bar to the left only where there is one.
            Some(origin) if least >= origin => origin,
            Some(_) => least / 1.1,
            None => least / 2.0,
        };
        let ends = if chart.beside { BARS_BESIDE } else { BARS };
        Self { ends, low, high: (most * 1.05).max(low * 2.0) }
    }

    fn x(&self, value: f64) -> f64 {
        let part = (value.clamp(self.low, self.high) / self.low).ln() / (self.high / self.low).ln();
        self.ends.0 + part * (self.ends.1 - self.ends.0)
    }

    /// 1, 2, 5, 10 and so on inside the scale; powers of ten alone where it is long.
    fn ticks(&self) -> Vec<f64> {
        let steps: &[f64] = if self.high / self.low > 300.0 { &[1.0] } else { &[1.0, 2.0, 5.0] };
        let decades = self.low.log10().floor() as i32..=self.high.log10().ceil() as i32;
        let all = decades.flat_map(|decade| steps.iter().map(move |step| step * 10f64.powi(decade)));
        all.filter(|tick| (self.low..=self.high).contains(tick)).collect()
    }
}

impl Chart {
    /// The chart as the text of an SVG file.
    pub(crate) fn svg(&self) -> Result<String> {
        let scale = Scale::of(self);
        let bottom = TOP + self.groups.iter().map(|group| self.height(group)).sum::<f64>();
        let height = bottom + EDGE;

        let mut ground = Group::new();
        ground = ground.add(
            Rectangle::new()
                .set("class", "ground")
                .set("x", 0.5)
                .set("y", 0.5)
                .set("width", WIDTH - 1.0)
                .set("height", height - 1.0)
                .set("rx", 8),
        );
        ground = ground.add(text(&self.title, EDGE, 28.0, "title")).add(text(&self.subtitle, EDGE, 48.0, "small"));
        for tick in scale.ticks() {
            let x = place(scale.x(tick));
            ground = ground.add(line("grid", (x, TOP - 6.0), (x, bottom))).add(text(
                &format!("{tick}{}", self.unit),
                x,
                TOP - 10.0,
                "small middle",
            ));
        }

        if let Some(origin) = self.origin {
            let x = place(scale.x(origin));
            ground = ground.add(line("origin", (x, TOP - 6.0), (x, bottom)));
        }
        let mut rows = Group::new();
        let mut y = TOP;
        for group in &self.groups {
            rows = rows.add(self.group(group, &scale, y));
            y += self.height(group);
        }

        let document = Document::new()
            .set("viewBox", (0, 0, WIDTH, height))
            .set("width", WIDTH)
            .set("height", height)
            .set("role", "img")
            .add(Title::new(&self.title))
            .add(Style::new(STYLE))
            .add(ground)
            .add(rows);
        Ok(format!("{document}\n"))
    }

    fn height(&self, group: &Bars) -> f64 {
        let bars = BAR * group.bars.len() as f64;
        let heading = REMARK.1 * (1 + wrapped(&group.remark, REMARK.0).len()) as f64;
        GAP + if self.beside { bars.max(heading + 3.0) } else { HEADING + bars }
    }

    fn group(&self, group: &Bars, scale: &Scale, top: f64) -> Group {
        let mut all = Group::new().add(text(&group.heading, EDGE, top + 12.0, "heading"));
        let mut y = top;
        if self.beside {
            for (index, line) in wrapped(&group.remark, REMARK.0).iter().enumerate() {
                all = all.add(text(line, EDGE, top + 12.0 + REMARK.1 * (index + 1) as f64, "small"));
            }
        } else {
            y += HEADING - 4.0;
        }
        for bar in &group.bars {
            all = all.add(self.row(bar, scale, y));
            y += BAR;
        }
        all
    }

    fn row(&self, bar: &Bar, scale: &Scale, y: f64) -> Group {
        let middle = y + BAR / 2.0;
        let origin = place(self.origin.map_or(scale.ends.0, |origin| scale.x(origin)));
        let end = place(scale.x(bar.value));
        let mut row = Group::new().add(text(&bar.label, scale.ends.0 - 8.0, middle + 4.0, "left")).add(
            Rectangle::new()
                .set("class", bar.paint.class())
                .set("x", origin.min(end))
                .set("y", y + 1.5)
                .set("width", place((end - origin).abs().max(1.0)))
                .set("height", BAR - 3.0),
        );
        let mut right = origin.max(end);
        if let Some((low, high)) = bar.spread {
            let (low, high) = (place(scale.x(low)), place(scale.x(high)));
            row = row.add(line("spread", (low, middle), (high, middle)));
            right = right.max(high);
        }
        row.add(text(&bar.note, right + 6.0, middle + 4.0, ""))
    }
}

/// Words in lines of at most so many letters, where no word is longer.
fn wrapped(text: &str, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= most => *line += &format!(" {word}"),
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// A tenth of a pixel: a run that measured the same writes the same file.
fn place(x: f64) -> f64 {
    (x * 10.0).round() / 10.0
}

fn text(content: &str, x: f64, y: f64, class: &str) -> Text {
    let text = Text::new(content).set("x", place(x)).set("y", place(y));
    if class.is_empty() { text } else { text.set("class", class) }
}

fn line(class: &str, from: (f64, f64), to: (f64, f64)) -> Line {
    Line::new().set("class", class).set("x1", from.0).set("y1", from.1).set("x2", to.0).set("y2", to.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(values: &[f64], origin: Option<f64>) -> Chart {
        let bar = |&value: &f64| Bar {
            label: "a < b".into(),
            value,
            spread: None,
            note: format!("{value}"),
            paint: Paint::Ours,
        };
        let bars = values.iter().map(bar).collect();
        let groups = vec![Bars { heading: "W1".into(), remark: String::new(), bars }];
        Chart { title: "t".into(), subtitle: "s".into(), unit: "x", origin, beside: false, groups }
    }

    #[test]
    fn a_remark_is_broken_between_words() {
        assert_eq!(wrapped("576x768 to 240x256 nearest", 18), ["576x768 to 240x256", "nearest"]);
        assert_eq!(wrapped("", 18), [""; 0]);
    }

    #[test]
    fn headings_beside_make_a_lower_chart() {
        let above = chart(&[2.0, 3.0], None);
        let beside = Chart { beside: true, ..chart(&[2.0, 3.0], None) };
        let height = |chart: &Chart| chart.groups.iter().map(|group| chart.height(group)).sum::<f64>();
        assert!(height(&beside) < height(&above));
    }

    #[test]
    fn equal_factors_are_equal_lengths() {
        let scale = Scale::of(&chart(&[1.0, 100.0], Some(1.0)));
        let [one, ten, hundred] = [1.0, 10.0, 100.0].map(|value| scale.x(value));
        assert!(
            (hundred - ten - (ten - one)).abs() < 1e-9 && one == BARS.0 && hundred < BARS.1,
            "{one} {ten} {hundred}"
        );
    }

    #[test]
    fn less_than_the_origin_goes_to_its_left() {
        let scale = Scale::of(&chart(&[0.5, 4.0], Some(1.0)));
        assert!(scale.x(0.5) < scale.x(1.0) && scale.x(0.5) >= BARS.0);
        assert_eq!(scale.ticks(), [0.5, 1.0, 2.0]);
    }

    #[test]
    fn labels_are_escaped_and_every_bar_is_there() {
        let svg = chart(&[2.0, 3.0], None).svg().unwrap();
        assert!(svg.contains("a &lt; b") && !svg.contains("a < b"), "{svg}");
        assert_eq!(svg.matches("class=\"ours\"").count(), 2);
    }
}
