//! LAS files, versions 1.2 and 2.0: sections `~V`, `~W`, `~P`, `~C` and `~A`, wrapped or not.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::Log;
use super::fault::LogFault;
use super::quantity::{DepthUnit, Quantity};
use super::samples::{self, Curve, Sample};
use crate::error::{Fault, GridFileError};
use crate::place::Place;
use crate::source::Source;

/// A line of a header: `MNEMONIC.UNIT VALUE : DESCRIPTION`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The mnemonic.
    pub mnemonic: String,
    /// The unit.
    pub unit: String,
    /// The value.
    pub value: String,
    /// The description.
    pub description: String,
    /// The line in the file, counted from 1.
    pub line: usize,
}

/// A LAS file.
#[derive(Debug)]
pub struct File {
    path: PathBuf,
    /// The section `~V`.
    version: Vec<Item>,
    /// The section `~W`.
    well: Vec<Item>,
    /// The section `~P`.
    parameters: Vec<Item>,
    /// The section `~C`; the first curve is the depth.
    curves: Vec<Item>,
    /// Values `[sample, curve]`.
    values: Vec<f64>,
    /// The line of each sample.
    lines: Vec<usize>,
    null: f64,
}

impl File {
    /// Opens a file.
    ///
    /// # Errors
    /// [`Fault::Open`] and the like; [`LogFault`] with the line.
    pub fn open(path: &Path) -> Result<Self, GridFileError> {
        Self::from_bytes(path, Source::open(path)?.all()?)
    }

    /// The same for bytes in memory, with a name for messages.
    ///
    /// # Errors
    /// As [`File::open`].
    pub fn from_bytes(name: &Path, bytes: Vec<u8>) -> Result<Self, GridFileError> {
        let bytes = Source::memory(name, bytes)?.all()?;
        Self::parse(name, &samples::text(name, bytes)?)
    }

    fn parse(path: &Path, text: &str) -> Result<Self, GridFileError> {
        let mut file = Self {
            path: path.to_owned(),
            version: Vec::new(),
            well: Vec::new(),
            parameters: Vec::new(),
            curves: Vec::new(),
            values: Vec::new(),
            lines: Vec::new(),
            null: f64::NAN,
        };
        let (mut section, mut data) = (None, None);
        for (line, words) in (1..).zip(text.lines()) {
            let words = words.trim_end_matches('\u{1a}').trim();
            if words.is_empty() || words.starts_with('#') {
                continue;
            }
            if let Some(name) = words.strip_prefix('~') {
                section = name.chars().next().map(|c| c.to_ascii_uppercase());
                if section == Some('A') {
                    data = Some(line);
                    break;
                }
                continue;
            }
            let list = match section {
                Some('V') => &mut file.version,
                Some('W') => &mut file.well,
                Some('P') => &mut file.parameters,
                Some('C') => &mut file.curves,
                // Free text, and sections of others.
                Some(_) => continue,
                None => {
                    let found = words.chars().take(30).collect();
                    return Err(Place::line(path, line).fault(LogFault::NotLas { found }));
                }
            };
            list.push(item(path, line, words)?);
        }
        let missing = |section| Place::whole(path).fault(LogFault::NoSection { section });
        if section.is_none() {
            return Err(missing("~V"));
        }
        let (wrapped, null) = file.header()?;
        file.null = null;
        let data = data.ok_or_else(|| missing("~A"))?;
        file.data(text, data, wrapped)?;
        file.check_range()?;
        Ok(file)
    }

    /// The curves; the first is the depth.
    #[must_use]
    pub fn curves(&self) -> &[Item] {
        &self.curves
    }

    /// The lines about the well: STRT, STOP, STEP, NULL, WELL, ...
    #[must_use]
    pub fn well(&self) -> &[Item] {
        &self.well
    }

    /// The lines of parameters.
    #[must_use]
    pub fn parameters(&self) -> &[Item] {
        &self.parameters
    }

    /// Whether samples are wrapped over several lines, and the number for a missing value.
    fn header(&self) -> Result<(bool, f64), GridFileError> {
        let version = self.entry(&self.version, "VERS", "~V")?;
        let number = version.value.parse::<f64>().ok();
        if !number.is_some_and(|number| number == 1.2 || number == 2.0) {
            let found = version.value.clone();
            return Err(self.at(version).fault(LogFault::Version { found }));
        }
        let wrong = |item: &Item, expected| {
            let (mnemonic, found) = (item.mnemonic.clone(), item.value.clone());
            self.at(item).fault(LogFault::Entry { mnemonic, found, expected })
        };
        let wrap = self.entry(&self.version, "WRAP", "~V")?;
        let wrapped = match wrap.value.to_uppercase().as_str() {
            "YES" => true,
            "NO" => false,
            _ => return Err(wrong(wrap, "YES or NO")),
        };
        let null = self.entry(&self.well, "NULL", "~W")?;
        let number = null.value.parse::<f64>().map_err(|_| wrong(null, "a number such as -999.25"))?;
        if self.curves.is_empty() {
            return Err(Place::whole(&self.path).fault(LogFault::NoSection { section: "~C" }));
        }
        Ok((wrapped, number))
    }

    fn at(&self, item: &Item) -> Place {
        Place::line(&self.path, item.line)
    }

    fn entry<'f>(
        &self,
        items: &'f [Item],
        mnemonic: &'static str,
        section: &'static str,
    ) -> Result<&'f Item, GridFileError> {
        if items.is_empty() {
            return Err(Place::whole(&self.path).fault(LogFault::NoSection { section }));
        }
        let found = items.iter().find(|item| item.mnemonic.eq_ignore_ascii_case(mnemonic));
        found.ok_or_else(|| Place::whole(&self.path).fault(LogFault::NoEntry { mnemonic, section }))
    }

    /// Reads the samples after this line.
    fn data(&mut self, text: &str, after: usize, wrapped: bool) -> Result<(), GridFileError> {
        let expected = self.curves.len();
        // Values of a sample that is not complete, and its first line.
        let (mut open, mut first) = (0, 0);
        for (line, words) in (1..).zip(text.lines()).skip(after) {
            let words = words.trim_matches(|c: char| c == '\u{1a}' || c.is_whitespace());
            if words.is_empty() || words.starts_with('#') {
                continue;
            }
            let at = || Place::line(&self.path, line);
            if open == 0 {
                first = line;
            }
            for word in words.split(|c: char| c.is_whitespace() || c == ',').filter(|word| !word.is_empty()) {
                let Ok(number) = word.parse::<f64>() else {
                    let curve = self.curves.get(open).map_or("none", |curve| &curve.mnemonic).to_owned();
                    let found = word.chars().take(30).collect();
                    return Err(at().fault(LogFault::Number { found, column: open + 1, curve }));
                };
                open += 1;
                self.values.push(number);
            }
            if open > expected || (open < expected && !wrapped) {
                return Err(at().fault(LogFault::Columns { found: open, expected }));
            }
            if open == expected {
                self.lines.push(first);
                open = 0;
            }
        }
        if open > 0 {
            return Err(Place::line(&self.path, first).fault(LogFault::Columns { found: open, expected }));
        }
        Ok(())
    }

    /// Compares the first and last depth with STRT and STOP, to half a sample.
    fn check_range(&self) -> Result<(), GridFileError> {
        let depth = |sample: usize| self.values[sample * self.curves.len()];
        let Some(last) = self.lines.len().checked_sub(1) else { return Ok(()) };
        let step = if last == 0 { 0.0 } else { (depth(last) - depth(0)).abs() / last as f64 };
        for (which, sample, mnemonic) in [("first", 0, "STRT"), ("last", last, "STOP")] {
            let Some(item) = self.well.iter().find(|item| item.mnemonic.eq_ignore_ascii_case(mnemonic))
            else {
                continue;
            };
            let Ok(expected) = item.value.parse::<f64>() else {
                let (mnemonic, found) = (item.mnemonic.clone(), item.value.clone());
                return Err(self.at(item).fault(LogFault::Entry { mnemonic, found, expected: "a depth" }));
            };
            let found = depth(sample);
            let near = (found - expected).abs() <= (0.5 * step).max(1e-6 * expected.abs());
            if !near {
                let at = Place::line(&self.path, self.lines[sample]);
                return Err(at.fault(LogFault::Range { which, found, mnemonic, expected }));
            }
        }
        Ok(())
    }

    /// The unit of depth, of the first curve or of STRT.
    fn depth_unit(&self) -> Result<DepthUnit, GridFileError> {
        let strt = self.well.iter().find(|item| item.mnemonic.eq_ignore_ascii_case("STRT"));
        let said = [Some(&self.curves[0]), strt].into_iter().flatten().filter(|item| !item.unit.is_empty());
        let mut unit = None;
        for item in said {
            let (curve, found) = (item.mnemonic.clone(), item.unit.clone());
            let found_unit = DepthUnit::named(&item.unit)
                .ok_or_else(|| self.at(item).fault(LogFault::Unit { curve, found, expected: "M or FT" }))?;
            if unit.is_some_and(|unit| unit != found_unit) {
                let (curve, found) = (item.mnemonic.clone(), item.unit.clone());
                let expected = "that of the first curve";
                return Err(self.at(item).fault(LogFault::Unit { curve, found, expected }));
            }
            unit = Some(found_unit);
        }
        unit.ok_or_else(|| {
            let curve = self.curves[0].mnemonic.clone();
            self.at(&self.curves[0]).fault(LogFault::Unit {
                curve,
                found: String::new(),
                expected: "M or FT",
            })
        })
    }

    /// One curve as a log: that with this mnemonic, or the first of P velocity or slowness.
    ///
    /// # Errors
    /// [`LogFault::NoCurve`], [`LogFault::Unit`], [`LogFault::Order`], [`LogFault::Value`], [`LogFault::NoSamples`].
    pub fn log(&self, mnemonic: Option<&str>) -> Result<Log, GridFileError> {
        let wanted = |item: &Item| match mnemonic {
            Some(name) => item.mnemonic.eq_ignore_ascii_case(name),
            None => Quantity::named(&item.mnemonic) == Quantity::PVelocity,
        };
        let column = self.curves.iter().skip(1).position(wanted).map(|at| at + 1).ok_or_else(|| {
            let wanted = mnemonic.map_or("curve DT or VP".to_owned(), |name| format!("curve {name}"));
            let present = self.curves.iter().map(|item| item.mnemonic.clone()).collect();
            Place::whole(&self.path).fault(LogFault::NoCurve { wanted, present })
        })?;
        let item = &self.curves[column];
        let samples: Vec<Sample> = self
            .values
            .chunks_exact(self.curves.len())
            .zip(&self.lines)
            .map(|(row, line)| {
                let value = Some(row[column]).filter(|value| *value != self.null && !value.is_nan());
                Sample { line: *line, depth: row[0], value }
            })
            .collect();
        let curve = Curve {
            path: &self.path,
            name: &item.mnemonic,
            quantity: Quantity::named(&item.mnemonic),
            unit: &item.unit,
            depth_unit: self.depth_unit()?,
        };
        samples::log(&curve, &samples)
    }
}

/// A line of a header: the mnemonic ends at the first full stop, the unit at the first blank after it, the value at the last colon.
fn item(path: &Path, line: usize, words: &str) -> Result<Item, GridFileError> {
    let Some((mnemonic, rest)) = words.split_once('.') else {
        let found = words.chars().take(40).collect();
        return Err(Place::line(path, line).fault(LogFault::Line { found }));
    };
    let (value, description) = rest.rsplit_once(':').unwrap_or((rest, ""));
    let (unit, value) = value.split_once(char::is_whitespace).unwrap_or((value, ""));
    let text = |text: &str| text.trim().to_owned();
    Ok(Item {
        mnemonic: text(mnemonic),
        unit: text(unit),
        value: text(value),
        description: text(description),
        line,
    })
}

/// The number for a missing value in files that are written.
const NULL: f64 = -999.25;

/// Writes logs on the same depths as LAS 2.0, not wrapped, depth in m. The names are the mnemonics of the curves.
///
/// # Errors
/// [`LogFault::Line`] for a mnemonic that is empty or has a blank, full stop or colon; [`LogFault::Columns`] for logs on other
/// depths; [`LogFault::NoSamples`]; [`Fault::Write`].
pub fn write<W: Write>(mut out: W, well: &str, logs: &[(&str, &Log)]) -> Result<(), GridFileError> {
    let at = || Place::whole(Path::new("LAS"));
    let first = logs.first().filter(|(_, log)| !log.depth_m.is_empty());
    let Some((_, first)) = first else {
        return Err(at().fault(LogFault::NoSamples { curve: well.to_owned(), missing: 0 }));
    };
    let depths = &first.depth_m;
    let clean: String = well.chars().map(|c| if c.is_control() || c == ':' { ' ' } else { c }).collect();
    let last = depths[depths.len() - 1];
    let step = if depths.len() > 1 { depths[1] - depths[0] } else { 0.0 };
    let near = |pair: &[f64]| (pair[1] - pair[0] - step).abs() <= 1e-6 * step;
    let step = if depths.windows(2).all(near) { step } else { 0.0 };
    let mut text = format!(
        "~VERSION INFORMATION\nVERS. 2.0 : CWLS LOG ASCII STANDARD - VERSION 2.0\nWRAP. NO : ONE LINE PER DEPTH STEP\n\
         ~WELL INFORMATION\nSTRT.M {} : START DEPTH\nSTOP.M {last} : STOP DEPTH\nSTEP.M {step} : STEP\n\
         NULL. {NULL} : NULL VALUE\nWELL. {clean} : WELL\n~CURVE INFORMATION\nDEPT.M : DEPTH\n",
        depths[0]
    );
    for (name, log) in logs {
        if name.is_empty() || name.contains(|c: char| c.is_whitespace() || matches!(c, '.' | ':' | '~' | '#'))
        {
            return Err(at().fault(LogFault::Line { found: (*name).to_owned() }));
        }
        if log.depth_m != *depths || log.values.len() != depths.len() {
            let (found, expected) = (log.values.len(), depths.len());
            return Err(at().fault(LogFault::Columns { found, expected }));
        }
        text += &format!("{name}.{} : {name}\n", log.unit);
    }
    text += "~ASCII\n";
    for (i, depth) in depths.iter().enumerate() {
        text += &depth.to_string();
        for (_, log) in logs {
            text += &format!(" {}", log.values[i]);
        }
        text.push('\n');
    }
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    written.map_err(|error| at().fault(Fault::Write(error)))
}
