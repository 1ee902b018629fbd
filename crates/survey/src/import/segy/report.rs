//! What an import found, in words.

use std::fmt::{self, Write};

use document::numbers::short;
use segy::{Field, File, Geometry, GeometryWarning, GroupBy, LengthUnit, Static};

use super::spread::Spread;
use super::times::{Affected, Times};
use crate::quality::{DEFECTS, Defect, QualityControl};
use crate::survey::Survey;

/// The facts of an import in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// A name and a fact, a line each.
    lines: Vec<(&'static str, String)>,
    /// What is unusual.
    pub(super) warnings: Vec<String>,
}

impl Report {
    /// What is unusual.
    #[must_use]
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    pub(super) fn new(
        file: &File,
        geometry: &Geometry,
        spread: &Spread,
        times: &Times,
        look: &QualityControl,
    ) -> Self {
        let mut report = Self { lines: Vec::new(), warnings: Vec::new() };
        report.warnings.extend(file.warnings().iter().map(ToString::to_string));
        // Receivers in water have negative elevations.
        let usual = |warning: &&GeometryWarning| matches!(warning, GeometryWarning::Elevations { field: Field::Gelev, range: [_, most] } if *most <= 0.0);
        let unusual = geometry.warnings.iter().filter(|warning| !usual(warning));
        report.warnings.extend(unusual.map(ToString::to_string));
        report.file(file);
        report.shots(geometry, spread);
        report.positions(geometry, spread);
        report.left_out(geometry, spread, look);
        report.times(file, times);
        report.statics(geometry);
        report.signal(look);
        report.suspicious(look);
        report
    }

    /// Names and facts, a line each; a line without a name continues the one before.
    #[must_use]
    pub fn lines(&self) -> &[(&'static str, String)] {
        &self.lines
    }

    fn line(&mut self, name: &'static str, fact: String) {
        self.lines.push((name, fact));
    }

    fn file(&mut self, file: &File) {
        let mut kind = file.kind().to_string();
        if let Some([major, minor]) = file.binary().map(|binary| binary.revision) {
            write!(kind, " revision {major}.{minor}").expect("writing to a String cannot fail");
        }
        self.line("file", format!("{kind}, {} endian, samples {}", file.byte_order(), file.format()));
        let [least, most] = file.samples_range();
        let samples = if least == most { most.to_string() } else { format!("{least} to {most}") };
        let traces = file.traces();
        self.line("traces", format!("{traces} of {samples} samples, one each {} s", short(file.interval())));
    }

    fn shots(&mut self, geometry: &Geometry, spread: &Spread) {
        let by = match geometry.grouped_by {
            GroupBy::Ffid | GroupBy::Auto => "the field record number (FFID, header byte 9)".to_owned(),
            GroupBy::Source => "the position of the source".to_owned(),
            GroupBy::Field(field) => format!("the field {field}"),
        };
        let [fewest, most] = spread.counts;
        let shots = spread.shots.len();
        let traces =
            if fewest == most { format!("{most} traces each") } else { format!("{fewest} to {most} traces") };
        self.line("shots", format!("{shots} with {traces}, told apart by {by}"));
        if spread.padded > 0 {
            let short: Vec<usize> = (0..shots).filter(|shot| spread.shots[*shot].len() < most).collect();
            let named = short
                .iter()
                .take(3)
                .map(|shot| format!("{} has {}", spread.ids[*shot], spread.shots[*shot].len()));
            let more = if short.len() > 3 { ", ..." } else { "" };
            self.line(
                "missing",
                format!(
                    "{} traces of {} shots that have fewer than {most} (shot {}{more}) are zero, to be masked",
                    spread.padded,
                    short.len(),
                    named.collect::<Vec<_>>().join(", ")
                ),
            );
        }
    }

    fn positions(&mut self, geometry: &Geometry, spread: &Spread) {
        let Survey { sources, receivers, .. } = &spread.survey;
        let place = &spread.placement;
        let [east, north] = place.origin;
        let unit = if geometry.units == LengthUnit::Foot { "; lengths were in feet" } else { "" };
        if let Some(off) = spread.off_line {
            let whole =
                format!("{} m long, azimuth {:.1} degrees", short(tenths(off.length)), place.azimuth());
            self.line("line", format!("{whole}; x = 0 is at ({east:.2}, {north:.2}) m of the file{unit}"));
            let change =
                format!("distances from source to receiver change by up to {:.2} m", off.offset_change);
            self.line("off the line", format!("up to {:.2} m (trace {}); {change}", off.largest, off.trace));
        } else {
            self.line("volume", format!("x = y = 0 is at ({east:.2}, {north:.2}) m of the file{unit}"));
        }
        if let Some([longitude, latitude]) = place.centre {
            self.line(
                "map",
                format!("projected around longitude {longitude:.6}, latitude {latitude:.6} degrees"),
            );
        }
        let all = || receivers.all().iter().flatten();
        self.line("sources", span(&sources.iter()));
        let moving = if receivers.move_on() { ", each shot's own" } else { ", the same for all shots" };
        self.line("receivers", span(&all()) + moving);
        let offsets = sources.iter().enumerate().flat_map(|(shot, source)| {
            receivers.of(shot)[..spread.shots[shot].len()].iter().map(|receiver| receiver.distance(source))
        });
        let [near, far] = range(offsets);
        self.line("offsets", format!("{} to {} m", short(tenths(near)), short(tenths(far))));
        if let Some(depth) = spread.water_depth {
            self.line("water", format!("{} m deep by the headers (median)", short(tenths(depth))));
        }
    }

    fn left_out(&mut self, geometry: &Geometry, spread: &Spread, look: &QualityControl) {
        for (code, traces) in &geometry.excluded {
            let use_them = format!("`--trace-ids {code}` uses them");
            self.line(
                "left out",
                format!("{traces} traces with trace identification code {code}; {use_them}"),
            );
        }
        if geometry.dead > 0 {
            self.line(
                "dead",
                match geometry.dead {
                    1 => "1 trace is marked as dead; it is zero, to be masked".to_owned(),
                    dead => format!("{dead} traces are marked as dead; they are zero, to be masked"),
                },
            );
        }
        let other = look.silent.saturating_sub(spread.traces().filter(|trace| trace.dead).count());
        if other > 0 {
            let traces = if other == 1 { "trace is" } else { "traces are" };
            self.line("silent", format!("{other} other {traces} zero, NaN or infinite, to be masked"));
        }
    }

    fn times(&mut self, file: &File, times: &Times) {
        let end = (times.samples - 1) as f64 * file.interval();
        self.line("times", format!("0 to {} s, {} samples", short(end), times.samples));
        let mut said = |some: Affected, what: &str| {
            if some.traces > 0 {
                self.line("", format!("{} traces {what}, up to {} s", some.traces, short(some.most)));
            }
        };
        said(times.before, "begin before the shot: what is before it is cut off");
        said(times.after, "begin after the shot (delay recording time): zeros are put before");
        said(times.cut, "are longer than the shortest one: what is after its end is cut off");
        if times.between > 0 {
            self.line("", format!("{} traces begin between two samples and are interpolated", times.between));
        }
    }

    fn statics(&mut self, geometry: &Geometry) {
        let statics = geometry.statics;
        for (what, Static { traces, least, most }) in
            [("of sources", statics.source), ("of receivers", statics.receiver), ("in total", statics.total)]
        {
            if traces > 0 {
                let range = format!("{} to {} s", short(least), short(most));
                self.line(
                    "statics",
                    format!(
                        "{what}: {range} in {traces} traces; the headers have them, they are not applied"
                    ),
                );
            }
        }
        if statics.total.traces > 0 {
            self.warnings.push(
                "total statics are not zero: samples that were shifted by them have wrong times for an inversion".to_owned(),
            );
        }
    }

    fn suspicious(&mut self, look: &QualityControl) {
        let found = DEFECTS.iter().zip(look.counts());
        let named: Vec<String> = found
            .filter(|(row, count)| *count > 0 && row.defect != Defect::Dead)
            .map(|(row, count)| format!("{count} {}", row.name))
            .collect();
        if !named.is_empty() {
            self.line("suspicious", format!("traces: {}", named.join(", ")));
        }
    }

    fn signal(&mut self, look: &QualityControl) {
        match look.spectra.usable() {
            Some(band) => {
                let [low, peak, high] = [band.low, band.peak, band.high].map(|f| short(tenths(f)));
                self.line("spectrum", format!("usable from {low} to {high} Hz, largest at {peak} Hz"));
            }
            None => self.warnings.push(
                "no usable frequencies: the spectrum after the first breaks is not above that before them"
                    .to_owned(),
            ),
        }
        if let Some(swell) = look.subject.swell {
            let [end, above] = [swell.end, swell.picked_above].map(|f| short(tenths(f)));
            let picked = format!("hides the first breaks; they are picked above {above} Hz");
            self.line("swell", format!("noise below {end} Hz {picked}"));
        }
        let [picked, unclear] = look.first_breaks.counts();
        let mut picks = format!("{picked} of {} traces", picked + unclear);
        if let Some(wave) = look.first_breaks.diving_wave() {
            write!(
                picks,
                "; {:.0} m/s at the surface, growing by {:.2} m/s per m, mean error {:.0} ms",
                wave.top,
                wave.growth,
                1e3 * wave.error
            )
            .expect("writing to a String cannot fail");
            if wave.error > 0.5 * look.subject.period {
                self.warnings.push(format!(
                    "first breaks are {:.0} ms off the fitted wave on average, more than half a period: the suggested start is not to be trusted; \
                     look at the picks in the page of the quality control",
                    1e3 * wave.error
                ));
            } else if look.first_breaks.at_limit(&wave) {
                self.warnings.push(
                    "the wave fitted to the first breaks is at a limit of velocities that rocks have: look at the picks in the page of the quality \
                     control before you trust the suggested start"
                        .to_owned(),
                );
            }
        }
        self.line("first breaks", picks);
    }
}

fn tenths(value: f64) -> f64 {
    (10.0 * value).round() / 10.0
}

fn range(values: impl Iterator<Item = f64>) -> [f64; 2] {
    values.fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], value| [low.min(value), high.max(value)])
}

/// The range of each coordinate of points.
fn span<'a>(points: &(impl Iterator<Item = &'a fd::Point> + Clone)) -> String {
    let dims = points.clone().next().map_or(2, fd::Point::dims);
    let side = |(axis, name): (usize, &&str)| {
        let [low, high] =
            range(points.clone().map(|point| point.coordinates()[axis])).map(|v| short(tenths(v)));
        if low == high { format!("{name} {low} m") } else { format!("{name} {low} to {high} m") }
    };
    fd::coordinate_names(dims).iter().enumerate().map(side).collect::<Vec<_>>().join(", ")
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.lines.iter().try_for_each(|(name, fact)| writeln!(f, "  {name:<12} {fact}"))
    }
}
