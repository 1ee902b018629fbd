//! Options of geometry.

use super::scalar::LengthUnit;
use crate::field::{FIELDS, Field};
use crate::nearest::nearest;

/// What the traces of a shot have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum GroupBy {
    /// FFID if it agrees with the positions of sources; otherwise an error says what to choose.
    #[default]
    Auto,
    /// The field record number.
    Ffid,
    /// The position of the source.
    Source,
    /// A field of the trace header.
    Field(Field),
}

/// A text names no way to group traces.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`--group-by {found}`: expected ffid, source or a field of trace headers; the nearest names are {}", nearest.join(", "))]
pub struct GroupByError {
    /// The text.
    pub found: String,
    /// The most similar names.
    pub nearest: Vec<&'static str>,
}

impl std::str::FromStr for GroupBy {
    type Err = GroupByError;

    fn from_str(text: &str) -> Result<Self, GroupByError> {
        match (text, Field::named(text)) {
            ("auto", _) => Ok(Self::Auto),
            ("source", _) => Ok(Self::Source),
            (_, Some(Field::Fldr)) => Ok(Self::Ffid),
            (_, Some(field)) => Ok(Self::Field(field)),
            (_, None) => {
                let known = ["auto", "ffid", "source"].into_iter().chain(FIELDS.map(Field::name));
                Err(GroupByError { found: text.to_owned(), nearest: nearest(text, known) })
            }
        }
    }
}

/// Options of geometry. The default takes everything from the headers.
#[derive(Debug, Clone, PartialEq)]
pub struct GeometryOptions {
    /// What makes a shot (`--group-by`).
    pub group_by: GroupBy,
    /// The unit of lengths (`--units`); from the binary header if absent.
    pub units: Option<LengthUnit>,
    /// The scalar of coordinates (`--scalco`): negative divides. From the trace headers if absent.
    pub coordinate_scalar: Option<f64>,
    /// The scalar of elevations and depths (`--scalel`): negative divides. From the trace headers if absent.
    pub elevation_scalar: Option<f64>,
    /// The scalar of times (`--sctrh`): negative divides. From the trace headers of revision 1 and later if absent.
    pub time_scalar: Option<f64>,
    /// The depth of all sources in m, positive down (`--source-depth`). From the trace headers if absent.
    pub source_depth: Option<f64>,
    /// The depth of all receivers in m, positive down (`--receiver-depth`). From the trace headers if absent.
    pub receiver_depth: Option<f64>,
    /// Whether longitudes and latitudes are projected (`--geographic`). Otherwise they are an error.
    pub geographic: bool,
    /// The trace identification codes of traces that are used (`--trace-ids`), besides dead ones. If absent: 0 (unknown), 1
    /// (seismic), 11 (pressure), 12 to 17 (components).
    pub trace_ids: Option<Vec<i32>>,
    /// How far in m the source may move within a shot (`--source-tolerance`).
    pub source_tolerance: f64,
}

impl Default for GeometryOptions {
    fn default() -> Self {
        Self {
            group_by: GroupBy::Auto,
            units: None,
            coordinate_scalar: None,
            elevation_scalar: None,
            time_scalar: None,
            source_depth: None,
            receiver_depth: None,
            geographic: false,
            trace_ids: None,
            source_tolerance: 0.01,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_named() {
        assert_eq!("ffid".parse(), Ok(GroupBy::Ffid));
        assert_eq!("fldr".parse(), Ok(GroupBy::Ffid));
        assert_eq!("source".parse(), Ok(GroupBy::Source));
        assert_eq!("ep".parse(), Ok(GroupBy::Field(Field::Ep)));
        let error = "sourc".parse::<GroupBy>().unwrap_err().to_string();
        assert!(
            error.starts_with("`--group-by sourc`: expected ffid, source or a field")
                && error.contains("are source, ")
        );
    }
}
