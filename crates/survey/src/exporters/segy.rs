//! SEG-Y of revision 1 in depth, IEEE floats: a trace for each column of a section or a volume, which interpretation programs open.
//!
//! Headers of traces in depth have metres in place of milliseconds: spacing and depth of the first sample. Every column has its x and y
//! as source, receiver and CDP, and numbers of in-line (y) and cross-line (x). The first axis of a section is x, which is the distance along the line.
//!
//! # Source
//! SEG-Y revision 1, tables 2 and 3.

use std::path::Path;

use fd::Grid;
use segy::{ByteOrder, Field, Kind, SampleFormat, Scalars, TraceFacts, WriteError, WriteOptions, Writer};

use crate::atomic;
use crate::data_error::DataError;
use crate::sampled::Sampled;

/// The line of the text header by which the importer knows that traces are in depth.
pub(crate) const IN_DEPTH: &str = "DEPTH DOMAIN: INTERVAL AND DELAY ARE METRES IN PLACE OF MILLISECONDS";
/// Metres that stand for a second.
const METRES: f64 = 1000.0;

/// Writes the values, as 32-bit floats. SEG-Y has no place for derivatives.
///
/// # Errors
/// [`DataError::Text`] for a grid that does not [suit](suits) the format, and values that are not finite;
/// [`DataError::Unwritable`].
pub fn write(field: &Sampled, path: &Path) -> Result<(), DataError> {
    let wrong = |problem: String| DataError::Text { path: path.to_owned(), problem };
    suits(&field.model.grid).map_err(|problem| {
        wrong(format!("{problem}; another grid comes with `--spacing`, such as `--spacing 20`"))
    })?;
    let bytes = encode(field).map_err(|error| wrong(error.to_string()))?;
    atomic::write_bytes(path, &bytes)
}

/// Checks that a model on a grid can be written.
///
/// # Errors
/// The reason why not: a line has no depth; spacing, samples and positions that the headers do not hold.
pub fn suits(grid: &Grid) -> Result<(), String> {
    if grid.dims() < 2 {
        return Err("SEG-Y has traces in depth, and a line has none".to_owned());
    }
    let millimetres = METRES * grid.spacing[1];
    let whole = (millimetres - millimetres.round()).abs() < 1e-6;
    // Most programs read the interval as a signed number.
    if !whole || !(1.0..=f64::from(i16::MAX)).contains(&millimetres.round()) {
        return Err(format!(
            "the headers of SEG-Y hold a spacing in depth in whole millimetres, from 1 mm to 32.767 m; found {} m",
            grid.spacing[1]
        ));
    }
    let begun = options(grid, "").and_then(|options| Writer::new(std::io::sink(), &options));
    begun.map(drop).map_err(|error| error.to_string())
}

/// The columns of a grid, x fastest: their place among the columns along x and y, and their position.
fn columns(grid: &Grid) -> impl Iterator<Item = ([usize; 2], [f64; 3])> {
    let ([x, _], [dx, _]) = (grid.origin, grid.spacing);
    let (y, dy) = grid.y.map_or((0.0, 0.0), |axis| (axis.origin, axis.spacing));
    let nx = grid.nx();
    let at = move |ix: usize, iy: usize| ([ix, iy], [x + ix as f64 * dx, y + iy as f64 * dy, 0.0]);
    (0..grid.ny()).flat_map(move |iy| (0..nx).map(move |ix| at(ix, iy)))
}

fn options(grid: &Grid, label: &str) -> Result<WriteOptions, WriteError> {
    let (nx, ny, nz) = (grid.nx(), grid.ny(), grid.nz());
    let ([x, z], [dx, dz]) = (grid.origin, grid.spacing);
    Ok(WriteOptions {
        kind: Kind::SegY,
        su_byte_order: ByteOrder::Big,
        format: SampleFormat::Ieee32,
        interval: dz / METRES,
        samples: nz,
        record_traces: nx,
        scalars: Scalars::of(columns(grid).map(|(_, position)| position))?,
        text: vec![
            format!("{label} BY FWI {}", env!("CARGO_PKG_VERSION")),
            IN_DEPTH.to_owned(),
            format!("{nz} SAMPLES FROM {z} M EVERY {dz} M, DOWN"),
            format!("{nx} COLUMNS ALONG X FROM {x} M EVERY {dx} M, {ny} ALONG Y"),
        ],
    })
}

fn encode(field: &Sampled) -> Result<Vec<u8>, WriteError> {
    let grid = &field.model.grid;
    let (nx, ny) = (grid.nx(), grid.ny());
    let mut writer = Writer::new(Vec::new(), &options(grid, &field.label())?)?;
    let mut trace = vec![0.0; grid.nz()];
    for ([ix, iy], position) in columns(grid) {
        for (iz, value) in trace.iter_mut().enumerate() {
            *value = field.model.values[(iz * ny + iy) * nx + ix] as f32;
        }
        let facts = TraceFacts {
            record: iy as i32 + 1,
            channel: ix as i32 + 1,
            ensemble: (iy * nx + ix) as i32 + 1,
            ensemble_at: Some([position[0], position[1]]),
            dead: false,
            source: position,
            receiver: position,
            start: grid.origin[1] / METRES,
            others: vec![(Field::Iline, iy as i64 + 1), (Field::Xline, ix as i64 + 1)],
        };
        writer.trace(&facts, &trace)?;
    }
    writer.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Model;
    use fd::Axis;
    use segy::{File, ReadOptions};

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
        for (axes, says) in [
            (&[axis(1.0)][..], "a line has none"),
            (&[axis(1.0), axis(1e-4)], "found 0.0001 m"),
            (&[axis(1.0), axis(70.0)], "found 70 m"),
            (&[axis(1.0), axis(12.3456)], "found 12.3456 m"),
        ] {
            let grid = Grid::of_axes(axes).unwrap();
            let model = Model { grid, values: vec![1500.0; grid.len()] };
            let error = write(&model.into(), &path).unwrap_err().to_string();
            assert!(error.contains(says), "{error}");
        }
        assert!(!path.exists());
    }
}
