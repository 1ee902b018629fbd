//! Options of importing SEG-Y and SU files, in place of or in addition to their headers.

use segy::{
    ByteOrder, GeometryOptions, GroupBy, GroupByError, Kind, Layout, LengthUnit, NonFinite, ReadOptions,
    SampleFormat,
};

use super::error::SegyImportError;
use crate::import::Interval;

/// The line that a section is along.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum LineChoice {
    /// Fitted to all sources and receivers.
    #[default]
    Auto,
    /// From one point of the map to another, m.
    Between([[f64; 2]; 2]),
}

/// Options of SEG-Y and SU files. Without any, everything is taken from the file.
#[derive(Debug, Clone, Default, PartialEq, clap::Args)]
#[command(next_help_heading = "SEG-Y and SU")]
pub struct SegyOptions {
    /// Kind of the file: segy or su [default: told from its contents, then from its name]
    #[arg(long, value_parser = parse_kind, value_name = "KIND")]
    pub kind: Option<Kind>,
    /// Byte order: big or little [default: told from the headers]
    #[arg(long, value_parser = parse_byte_order, value_name = "ORDER")]
    pub byte_order: Option<ByteOrder>,
    /// Format of the samples: ibm, f32, i16, ... [default: that of the binary header]
    #[arg(long, value_parser = parse_format, value_name = "FORMAT")]
    pub format: Option<SampleFormat>,
    /// Number of samples of every trace [default: that of the headers]
    #[arg(long, value_name = "N")]
    pub samples: Option<usize>,
    /// Where a field of the trace headers is, such as sx=201 or sx=201:f32; may be repeated
    #[arg(long, value_name = "FIELD=POSITION[:TYPE]")]
    pub byte: Vec<String>,
    /// Read a file that ends within a trace without that trace
    #[arg(long)]
    pub partial: bool,
    /// What is done with samples that are NaN or infinite: refuse, zero, or keep (the trace is then masked)
    #[arg(long, default_value = "refuse", value_parser = parse_non_finite, value_name = "WHAT")]
    pub non_finite: NonFinite,
    /// What the traces of a shot have in common: auto, ffid, source, or a field of the trace headers
    #[arg(long, default_value = "auto", value_parser = parse_group_by, value_name = "WHAT")]
    pub group_by: GroupBy,
    /// How far in m the source may move within a shot [default: 0.01]
    #[arg(long, value_parser = parse_not_negative, value_name = "M")]
    pub source_tolerance: Option<f64>,
    /// Unit of lengths: m or ft [default: that of the binary header]
    #[arg(long, value_parser = parse_units, value_name = "UNIT")]
    pub units: Option<LengthUnit>,
    /// Scalar of coordinates; a negative one divides [default: that of the trace headers]
    #[arg(long, allow_hyphen_values = true, value_parser = parse_scalar, value_name = "S")]
    pub scalco: Option<f64>,
    /// Scalar of elevations and depths; a negative one divides [default: that of the trace headers]
    #[arg(long, allow_hyphen_values = true, value_parser = parse_scalar, value_name = "S")]
    pub scalel: Option<f64>,
    /// Scalar of times; a negative one divides [default: that of the trace headers]
    #[arg(long, allow_hyphen_values = true, value_parser = parse_scalar, value_name = "S")]
    pub sctrh: Option<f64>,
    /// Depth of all sources in m, in place of the headers
    #[arg(long, allow_hyphen_values = true, value_parser = parse_number, value_name = "M")]
    pub source_depth: Option<f64>,
    /// Depth of all receivers in m, in place of the headers
    #[arg(long, allow_hyphen_values = true, value_parser = parse_number, value_name = "M")]
    pub receiver_depth: Option<f64>,
    /// Project longitudes and latitudes to metres; in degrees if header byte 89 does not say what they are
    #[arg(long)]
    pub geographic: bool,
    /// Trace identification codes of the traces to use [default: 0,1,11,12,13,14,15,16,17]
    #[arg(long, value_delimiter = ',', value_parser = parse_trace_id, value_name = "CODES")]
    pub trace_ids: Vec<i32>,
    /// The line that x is along: auto, which is fitted to all positions, or its ends x1,y1,x2,y2 in m
    #[arg(long, default_value = "auto", allow_hyphen_values = true, value_parser = parse_line, value_name = "LINE")]
    pub line: LineChoice,
    /// The largest distance of a source or receiver off the line in m [default: 5 % of its length, at least 10 m]
    #[arg(long, value_parser = parse_not_negative, value_name = "M")]
    pub off_line_limit: Option<f64>,
    /// Give all shots the receivers of the first one, which may be at most this far away in m, in any order
    #[arg(long, value_parser = parse_not_negative, value_name = "M")]
    pub same_receivers: Option<f64>,
    /// Keep positions as [x, y, z], for a volume
    #[arg(long, conflicts_with = "off_line_limit")]
    pub three_d: bool,
    /// Time between samples in s: that of `--interval`, which other formats have, too.
    #[arg(skip)]
    pub interval: Option<Interval>,
}

impl SegyOptions {
    /// Options of reading.
    ///
    /// # Errors
    /// [`SegyImportError::Layout`].
    pub(super) fn read(&self) -> Result<ReadOptions, SegyImportError> {
        Ok(ReadOptions {
            kind: self.kind,
            byte_order: self.byte_order,
            format: self.format,
            interval: self.interval.map(|interval| interval.seconds),
            samples: self.samples,
            layout: Layout::with(self.byte.iter().map(String::as_str))?,
            partial: self.partial,
            same_length: false,
            non_finite: self.non_finite,
        })
    }

    /// Options of geometry.
    pub(super) fn geometry(&self) -> GeometryOptions {
        let usual = GeometryOptions::default();
        GeometryOptions {
            group_by: self.group_by,
            units: self.units,
            coordinate_scalar: self.scalco,
            elevation_scalar: self.scalel,
            time_scalar: self.sctrh,
            source_depth: self.source_depth,
            receiver_depth: self.receiver_depth,
            geographic: self.geographic,
            trace_ids: Some(self.trace_ids.clone()).filter(|codes| !codes.is_empty()),
            source_tolerance: self.source_tolerance.unwrap_or(usual.source_tolerance),
        }
    }
}

fn parse_kind(text: &str) -> Result<Kind, String> {
    match text {
        "segy" | "sgy" => Ok(Kind::SegY),
        "su" => Ok(Kind::Su),
        _ => Err(format!("`{text}` is no kind of file; expected segy or su")),
    }
}

pub(crate) fn parse_byte_order(text: &str) -> Result<ByteOrder, String> {
    match text {
        "big" => Ok(ByteOrder::Big),
        "little" => Ok(ByteOrder::Little),
        _ => Err(format!("`{text}` is no byte order; expected big or little")),
    }
}

fn parse_format(text: &str) -> Result<SampleFormat, String> {
    let names = || SampleFormat::all().map(|format| format.to_string()).collect::<Vec<_>>().join(", ");
    SampleFormat::named(text)
        .ok_or_else(|| format!("no format of samples is called `{text}`; expected one of {}", names()))
}

fn parse_non_finite(text: &str) -> Result<NonFinite, String> {
    match text {
        "refuse" => Ok(NonFinite::Refuse),
        "zero" => Ok(NonFinite::Zero),
        "keep" => Ok(NonFinite::Keep),
        _ => Err(format!("expected refuse, zero or keep, not `{text}`")),
    }
}

fn parse_group_by(text: &str) -> Result<GroupBy, GroupByError> {
    text.parse()
}

fn parse_units(text: &str) -> Result<LengthUnit, String> {
    match text {
        "m" | "metres" | "meters" => Ok(LengthUnit::Metre),
        "ft" | "feet" => Ok(LengthUnit::Foot),
        _ => Err(format!("`{text}` is no unit of lengths; expected m or ft")),
    }
}

fn parse_number(text: &str) -> Result<f64, String> {
    let number = text.trim().parse::<f64>().ok().filter(|number| number.is_finite());
    number.ok_or_else(|| format!("`{text}` is not a finite number; expected one such as 12.5"))
}

fn parse_not_negative(text: &str) -> Result<f64, String> {
    let number = parse_number(text)?;
    if number >= 0.0 {
        Ok(number)
    } else {
        Err(format!("`{text}` is negative; expected a distance in m from 0 on"))
    }
}

fn parse_scalar(text: &str) -> Result<f64, String> {
    let number = parse_number(text)?;
    if number == 0.0 { Err("0 is no scalar; 1 leaves numbers as they are".to_owned()) } else { Ok(number) }
}

fn parse_trace_id(text: &str) -> Result<i32, String> {
    let code = text.trim().parse::<i32>().ok().filter(|code| (-32_768..=32_767).contains(code));
    code.ok_or_else(|| {
        format!("`{text}` is no trace identification code; expected whole numbers such as 1 (seismic) or 1,11 (and pressure)")
    })
}

fn parse_line(text: &str) -> Result<LineChoice, String> {
    if text == "auto" {
        return Ok(LineChoice::Auto);
    }
    let numbers = text.split(',').map(parse_number).collect::<Result<Vec<f64>, _>>()?;
    let [x1, y1, x2, y2] = numbers[..] else {
        return Err(format!("`{text}` has {} numbers; expected auto or x1,y1,x2,y2 in m", numbers.len()));
    };
    if [x1, y1] == [x2, y2] {
        return Err(format!(
            "both ends of the line are at x {x1} m, y {y1} m; expected two different points x1,y1,x2,y2, or auto for a line that is fitted to \
             sources and receivers"
        ));
    }
    Ok(LineChoice::Between([[x1, y1], [x2, y2]]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines() {
        assert_eq!(parse_line("auto"), Ok(LineChoice::Auto));
        assert_eq!(parse_line("-1, 2,3e2,4"), Ok(LineChoice::Between([[-1.0, 2.0], [300.0, 4.0]])));
        for (text, said) in [("1,2,3", "3 numbers"), ("1,2,1,2", "two different"), ("a,2,1,2", "`a`")] {
            assert!(parse_line(text).unwrap_err().contains(said), "{text}");
        }
    }

    #[test]
    fn texts_of_options() {
        assert_eq!(parse_format("ibm"), Ok(SampleFormat::Ibm32));
        assert!(parse_format("f16").unwrap_err().contains("f32"));
        assert_eq!(parse_units("ft"), Ok(LengthUnit::Foot));
        assert!(parse_scalar("0").is_err() && parse_not_negative("-1").is_err());
        let wrong = SegyOptions { byte: vec!["sxx=1".to_owned()], ..SegyOptions::default() };
        assert!(wrong.read().unwrap_err().to_string().contains("sx"));
    }
}
