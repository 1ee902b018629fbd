//! SEG-Y of revision 1 in depth, IEEE floats: a trace for each column of a section or a volume, which interpretation programs open.
//!
//! Headers of traces in depth have metres in place of milliseconds: spacing and depth of the first sample. Every column has its x and y
//! as source, receiver and CDP. The first axis of a section is x, which is the distance along the line.
//!
//! # Source
//! SEG-Y revision 1, tables 2 and 3.

use std::path::Path;

use segy::{ByteOrder, Kind, SampleFormat, Scalars, TraceFacts, WriteError, WriteOptions, Writer};

use crate::atomic;
use crate::data_error::DataError;
use crate::sampled::Sampled;

/// Metres that stand for a second.
const METRES: f64 = 1000.0;

/// Writes the values, as 32-bit floats.
///
/// # Errors
/// [`DataError::Text`] for a line, which has no depth, for derivatives, and for spacings or positions that the headers do not hold;
/// [`DataError::Unwritable`].
pub fn write(field: &Sampled, path: &Path) -> Result<(), DataError> {
    let wrong = |problem: String| DataError::Text { path: path.to_owned(), problem };
    if field.model.grid.dims() < 2 {
        return Err(wrong(
            "SEG-Y has traces in depth, and a line has none; expected a section or a volume".to_owned(),
        ));
    }
    if field.derivatives.is_some() {
        return Err(wrong(
            "SEG-Y has no place for derivatives; leave them out, or use npy, csv or vti".to_owned(),
        ));
    }
    let bytes = encode(field).map_err(|error| wrong(error.to_string()))?;
    atomic::write_bytes(path, &bytes)
}

fn encode(field: &Sampled) -> Result<Vec<u8>, WriteError> {
    let grid = &field.model.grid;
    let (nx, ny, nz) = (grid.nx(), grid.ny(), grid.nz());
    let ([x, z], [dx, dz]) = (grid.origin, grid.spacing);
    let (y, dy) = grid.y.map_or((0.0, 0.0), |axis| (axis.origin, axis.spacing));
    let at = |ix: usize, iy: usize| [x + ix as f64 * dx, y + iy as f64 * dy, 0.0];
    let columns = || (0..ny).flat_map(move |iy| (0..nx).map(move |ix| (ix, iy)));
    let options = WriteOptions {
        kind: Kind::SegY,
        su_byte_order: ByteOrder::Big,
        format: SampleFormat::Ieee32,
        interval: dz / METRES,
        samples: nz,
        record_traces: nx,
        scalars: Scalars::of(columns().map(|(ix, iy)| at(ix, iy)))?,
        text: vec![
            format!("{} BY FWI {}", field.label(), env!("CARGO_PKG_VERSION")),
            "DEPTH DOMAIN: INTERVAL AND DELAY ARE METRES IN PLACE OF MILLISECONDS".to_owned(),
            format!("{nz} SAMPLES FROM {z} M EVERY {dz} M, DOWN"),
            format!("{nx} COLUMNS ALONG X FROM {x} M EVERY {dx} M, {ny} ALONG Y"),
        ],
    };
    let mut writer = Writer::new(Vec::new(), &options)?;
    let mut trace = vec![0.0; nz];
    for (ix, iy) in columns() {
        for (iz, value) in trace.iter_mut().enumerate() {
            *value = field.model.values[(iz * ny + iy) * nx + ix] as f32;
        }
        let [px, py, pz] = at(ix, iy);
        let facts = TraceFacts {
            record: iy as i32 + 1,
            channel: ix as i32 + 1,
            ensemble: (iy * nx + ix) as i32 + 1,
            ensemble_at: Some([px, py]),
            source: [px, py, pz],
            receiver: [px, py, pz],
            start: z / METRES,
            dead: false,
            others: Vec::new(),
        };
        writer.trace(&facts, &trace)?;
    }
    writer.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Model;
    use fd::{Axis, Grid};
    use segy::{Field, File, ReadOptions};

    /// What was written is read back: columns, their places, depths and numbers.
    #[test]
    fn sections_and_volumes_survive() {
        let axis = |origin: f64, spacing: f64, nodes: usize| Axis { origin, spacing, nodes };
        let (x, y, z) = (axis(-100.0, 12.5, 4), axis(30.0, 10.0, 3), axis(50.0, 2.5, 5));
        for axes in [&[x, z][..], &[x, y, z]] {
            let grid = Grid::of_axes(axes).unwrap();
            let model = Model { grid, values: (0..grid.len()).map(|i| 1500.0 + i as f64).collect() };
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("vp.sgy");
            write(&model.clone().into(), &path).unwrap();
            let file = File::open(&path, &ReadOptions::default()).unwrap();
            assert_eq!((file.traces(), file.interval()), (grid.nx() * grid.ny(), 0.0025));
            let mut trace = vec![0.0; 5];
            for column in 0..file.traces() {
                let (ix, iy) = (column % grid.nx(), column / grid.nx());
                file.trace(column, &mut trace).unwrap();
                for (iz, found) in trace.iter().enumerate() {
                    let expected = model.values[(iz * grid.ny() + iy) * grid.nx() + ix];
                    assert_eq!(f64::from(*found), expected);
                }
                let header = |field| file.header(column, field).unwrap();
                let scalar = -header(Field::Scalco);
                assert_eq!(header(Field::Cdpx) / scalar, -100.0 + 12.5 * ix as f64);
                assert_eq!(header(Field::Delrt), 50.0);
            }
        }
    }

    #[test]
    fn lines_and_fine_spacings_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("vp.sgy");
        let axis = |spacing: f64| Axis { origin: 0.0, spacing, nodes: 3 };
        for (axes, says) in
            [(&[axis(1.0)][..], "a line has none"), (&[axis(1.0), axis(1e-4)], "sample interval")]
        {
            let grid = Grid::of_axes(axes).unwrap();
            let model = Model { grid, values: vec![1500.0; grid.len()] };
            let error = write(&model.into(), &path).unwrap_err().to_string();
            assert!(error.contains(says), "{error}");
        }
        assert!(!path.exists());
    }
}
