//! The facts of a file in words.

use crate::column::Column;
use crate::field::Field;
use crate::file::File;

/// The facts of a file, for display.
#[derive(Debug)]
pub struct Summary<'a>(&'a File);

impl File {
    /// The facts of the file in words, one a line: format, traces, ranges of the indexed fields, warnings.
    #[must_use]
    pub fn summary(&self) -> Summary<'_> {
        Summary(self)
    }
}

/// The fields whose ranges are shown.
const SHOWN: [Field; 14] = [
    Field::Fldr,
    Field::Ep,
    Field::Tracf,
    Field::Trid,
    Field::Sx,
    Field::Sy,
    Field::Gx,
    Field::Gy,
    Field::Selev,
    Field::Sdepth,
    Field::Gelev,
    Field::Scalco,
    Field::Scalel,
    Field::Delrt,
];

impl std::fmt::Display for Summary<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let file = self.0;
        write!(f, "{}", file.kind())?;
        if let Some(binary) = file.binary() {
            let [major, minor] = binary.revision;
            write!(f, " revision {major}.{minor}")?;
        }
        let format = file.format();
        writeln!(f, ", {} endian, samples {format} (format {})", file.byte_order(), format.code())?;
        let [least, most] = file.samples_range();
        let samples = if least == most { most.to_string() } else { format!("{least} to {most}") };
        let record = file.interval() * most.saturating_sub(1) as f64;
        writeln!(
            f,
            "{} traces of {samples} samples each {} s, {record} s long",
            file.traces(),
            file.interval()
        )?;
        if let Some(binary) = file.binary() {
            let unit = match binary.measurement_system {
                1 => "metres",
                2 => "feet",
                _ => "unknown",
            };
            let [job, line, reel] = binary.job_line_reel;
            writeln!(
                f,
                "job {job}, line {line}, reel {reel}; sorting {}; unit of lengths: {unit}",
                binary.sorting
            )?;
        }
        if let Some(text) = file.text() {
            writeln!(f, "text header in {}, {} extended text headers", text.encoding, file.extended_texts())?;
        }
        for field in SHOWN {
            let range = file.index().column(field).and_then(Column::range);
            if let Some([least, most]) = range.filter(|range| *range != [0.0; 2]) {
                let byte = file.layout().position(field).byte;
                writeln!(f, "{field} (header byte {byte}): {least} to {most}")?;
            }
        }
        file.warnings().iter().try_for_each(|warning| writeln!(f, "warning: {warning}"))
    }
}
