//! The numbers that shots and traces had in the field, as optional datasets of receiver data in time.
//!
//! | dataset | axes | type | attributes |
//! |---|---|---|---|
//! | `/survey/field_records` | shot | i32 | `axes`; the field record number (FFID) of each shot |
//! | `/survey/channels` | shot, receiver | i32 | `axes`; the number of each trace within its record, 0 where there is none |

use crate::data_error::DataError;
use crate::gathers::{GatherFile, GatherWriter};
use crate::hdf5_file::{Hdf5Reader, Hdf5Writer};

const RECORDS: &str = "survey/field_records";
const CHANNELS: &str = "survey/channels";

/// Field record numbers of shots, and channel numbers of their traces; each is empty where the headers have none.
///
/// # Shapes
/// `records` `[shot]`; `channels` `[shot, receiver]`, 0 for a receiver without a trace.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FieldNumbers {
    /// Field record numbers (FFID).
    pub records: Vec<i32>,
    /// Channel numbers.
    pub channels: Vec<i32>,
}

impl FieldNumbers {
    /// Writes what there is, for so many shots.
    fn write(&self, out: &Hdf5Writer, shots: usize) -> Result<(), DataError> {
        if !self.records.is_empty() {
            let set = out.array(RECORDS, &[shots], None, &self.records)?;
            out.text(&set, "axes", "shot")?;
        }
        if !self.channels.is_empty() {
            let shape = [shots, self.channels.len() / shots.max(1)];
            let set = out.array(CHANNELS, &shape, Some(&shape), &self.channels)?;
            out.text(&set, "axes", "shot, receiver")?;
        }
        Ok(())
    }

    fn read(file: &Hdf5Reader, [shots, receivers]: [usize; 2]) -> Result<Self, DataError> {
        let numbers = |name: &str, axes: &'static str, expected: &[usize]| -> Result<Vec<i32>, DataError> {
            if !file.has_dataset(name) {
                return Ok(Vec::new());
            }
            let (values, shape) = file.reals(name, &axes.split(", ").collect::<Vec<_>>())?;
            if shape != expected {
                return Err(file.wrong_shape(name, axes, shape, format!("{expected:?}")));
            }
            let whole = |v: &f64| v.fract() == 0.0 && (f64::from(i32::MIN)..=f64::from(i32::MAX)).contains(v);
            match values.iter().find(|value| !whole(value)) {
                None => Ok(values.iter().map(|value| *value as i32).collect()),
                Some(found) => Err(DataError::Range {
                    path: file.path.clone(),
                    what: format!("a number of /{name}"),
                    found: *found,
                    unit: "",
                    expected: "a whole number of 32 bits".to_owned(),
                    advice: "correct it, or remove the dataset, which may be absent".to_owned(),
                }),
            }
        };
        Ok(Self {
            records: numbers(RECORDS, "shot", &[shots])?,
            channels: numbers(CHANNELS, "shot, receiver", &[shots, receivers])?,
        })
    }

    /// The field record number of a shot; its place from 1 where the file has none.
    #[must_use]
    pub fn record(&self, shot: usize) -> i32 {
        self.records.get(shot).copied().unwrap_or(shot as i32 + 1)
    }

    /// The channel number of a trace of a shot with so many receivers; its place from 1 where the file has none.
    #[must_use]
    pub fn channel(&self, shot: usize, receiver: usize, receivers: usize) -> i32 {
        let stored = self.channels.get(shot * receivers + receiver);
        stored.copied().filter(|channel| *channel != 0).unwrap_or(receiver as i32 + 1)
    }
}

impl GatherWriter<'_> {
    /// Writes the numbers that shots and traces had in the field.
    ///
    /// # Errors
    /// [`DataError::Unwritten`].
    pub fn number(&self, numbers: &FieldNumbers) -> Result<(), DataError> {
        numbers.write(self.out, self.shots)
    }
}

impl GatherFile {
    /// The numbers that shots and traces had in the field, as far as the file has them.
    ///
    /// # Errors
    /// [`DataError`] for numbers of another shape, or that are not whole.
    pub fn field_numbers(&self) -> Result<FieldNumbers, DataError> {
        let [shots, receivers] = [self.header.survey.sources.len(), self.header.survey.receivers.count()];
        Hdf5Reader::with(self.path(), move |file| FieldNumbers::read(file, [shots, receivers]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gathers::GatherHeader;
    use crate::per_shot::PerShot;
    use crate::recorded::RecordedField;

    /// What was written is read, all of it or a part; numbers of another shape are refused.
    #[test]
    fn numbers_survive() {
        let header = GatherHeader {
            survey: GatherHeader::survey(
                vec![[0.0, 1.0].into(), [5.0, 1.0].into()],
                PerShot::Shared((0..3).map(|k| [10.0 * f64::from(k), 2.0].into()).collect()),
            ),
            dt: 0.004,
            samples: 4,
            fields: vec![RecordedField::pressure()],
            scenario: String::new(),
        };
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("d.h5");
        let through = |numbers: &FieldNumbers| {
            GatherWriter::create(&path, &header, None, |out| {
                out.number(numbers)?;
                (0..2).try_for_each(|shot| out.put(shot, &[1.0; 12]))
            })
            .unwrap();
            GatherFile::open(&path).unwrap().field_numbers()
        };
        let all = FieldNumbers { records: vec![1007, -3], channels: vec![3, 2, 1, 9, 8, 0] };
        let none = FieldNumbers::default();
        for numbers in [
            all.clone(),
            none.clone(),
            FieldNumbers { records: Vec::new(), ..all.clone() },
            FieldNumbers { channels: Vec::new(), ..all.clone() },
        ] {
            assert_eq!(through(&numbers).unwrap(), numbers);
        }
        assert_eq!((all.record(1), none.record(1)), (-3, 2));
        assert_eq!((all.channel(1, 0, 3), all.channel(1, 2, 3), none.channel(1, 2, 3)), (9, 3, 3));
        let wrong = through(&FieldNumbers { channels: vec![1; 4], ..all }).unwrap_err().to_string();
        assert!(wrong.contains("survey/channels") && wrong.contains("[2, 2]"), "{wrong}");
    }
}
