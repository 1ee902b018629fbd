//! What is unusual about a geometry but no error.

use super::options::GeometryOptions;
use super::scalar::is_usual;
use crate::field::Field;
use crate::file::File;

/// Something unusual about a geometry.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum GeometryWarning {
    /// The binary header has no known unit of lengths; metres are assumed.
    UnknownUnit {
        /// The code at bytes 3255-3256.
        found: i16,
    },
    /// Elevations are not zero.
    Elevations {
        /// The field.
        field: Field,
        /// The smallest and the largest stored number, without scalar.
        range: [f64; 2],
    },
    /// A source has a negative depth, so it is above the surface.
    SourceAboveSurface {
        /// The first trace with it, counted from 1.
        trace: usize,
        /// The stored depth, without scalar.
        found: f64,
    },
    /// A scalar is not one of the standard.
    Scalar {
        /// The field.
        field: Field,
        /// The first trace with it, counted from 1.
        trace: usize,
        /// Its value.
        found: f64,
    },
}

/// Warnings about the headers of some traces.
pub(super) fn of_headers(file: &File, used: &[usize], options: &GeometryOptions) -> Vec<GeometryWarning> {
    let index = file.index();
    let mut warnings = Vec::new();
    for (field, replaced) in [(Field::Selev, options.source_depth), (Field::Gelev, options.receiver_depth)] {
        let stored =
            |trace: &usize| index.extended(field, *trace).unwrap_or_else(|| index.get(field, *trace));
        let ends = |[least, most]: [f64; 2], value: f64| [least.min(value), most.max(value)];
        let range = used.iter().map(stored).fold([f64::INFINITY, f64::NEG_INFINITY], ends);
        if replaced.is_none() && range != [0.0; 2] {
            warnings.push(GeometryWarning::Elevations { field, range });
        }
    }
    let depth = |trace: &usize| {
        index.extended(Field::Sdepth, *trace).unwrap_or_else(|| index.get(Field::Sdepth, *trace))
    };
    if let (Some(trace), None) = (used.iter().find(|trace| depth(trace) < 0.0), options.source_depth) {
        warnings.push(GeometryWarning::SourceAboveSurface { trace: trace + 1, found: depth(trace) });
    }
    for (field, replaced) in
        [(Field::Scalco, options.coordinate_scalar), (Field::Scalel, options.elevation_scalar)]
    {
        let unusual = used.iter().find(|trace| !is_usual(index.get(field, **trace)));
        if let (Some(trace), None) = (unusual, replaced) {
            warnings.push(GeometryWarning::Scalar {
                field,
                trace: trace + 1,
                found: index.get(field, *trace),
            });
        }
    }
    warnings
}

impl std::fmt::Display for GeometryWarning {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::UnknownUnit { found } => write!(
                f,
                "the unit of lengths is {found} (byte 3255), neither 1 (metres) nor 2 (feet); metres are assumed, `--units` sets it"
            ),
            Self::Elevations { field, range: [least, most] } => write!(
                f,
                "{field} is {least} to {most} before its scalar: depths are relative to elevation 0, not to the surface; \
                 `--source-depth` and `--receiver-depth` set depths"
            ),
            Self::SourceAboveSurface { trace, found } => write!(
                f,
                "sdepth is {found} in trace {trace}: a negative depth is above the surface; `--source-depth` sets the depth"
            ),
            Self::Scalar { field, trace, found } => write!(
                f,
                "{field} is {found} in trace {trace}, which is no scalar of the standard; it is applied, `--{field}` sets another"
            ),
        }
    }
}
