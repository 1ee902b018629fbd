//! VTK ImageData, which ParaView and PyVista open: float64 at the nodes of a line, a section or a volume.
//!
//! The axes of the file are x, y and z, of which z points down as everywhere in fwi; axes that a model lacks have one node.
//!
//! # Source
//! VTK File Formats, Kitware, "XML file formats": serial structured data, with arrays as base64 of their length in bytes and their
//! numbers.

use std::fmt::Write as _;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::atomic;
use crate::data_error::DataError;
use crate::sampled::Sampled;

/// Writes the values under their name, and their derivatives if there are any.
pub fn write(field: &Sampled, path: &Path) -> Result<(), DataError> {
    let name = field.name();
    let mut arrays = vec![(name.to_owned(), &field.model.values)];
    if let Some(at) = &field.derivatives {
        let [x, z] = &at.gradient;
        arrays.extend(
            [("x", x), ("z", z), ("laplacian", &at.laplacian)].map(|(of, v)| (format!("{name}_{of}"), v)),
        );
    }
    atomic::write_bytes(path, text(field, &arrays).as_bytes())
}

fn text(field: &Sampled, arrays: &[(String, &Vec<f64>)]) -> String {
    let grid = &field.model.grid;
    let ([x, z], [dx, dz]) = (grid.origin, grid.spacing);
    let (y, dy) = grid.y.map_or((0.0, dx), |axis| (axis.origin, axis.spacing));
    let extent = format!("0 {} 0 {} 0 {}", grid.nx() - 1, grid.ny() - 1, grid.nz() - 1);
    let mut text = format!(
        "<?xml version=\"1.0\"?>\n\
         <VTKFile type=\"ImageData\" version=\"1.0\" byte_order=\"LittleEndian\" header_type=\"UInt64\">\n\
         <ImageData WholeExtent=\"{extent}\" Origin=\"{x} {y} {z}\" Spacing=\"{dx} {dy} {dz}\">\n\
         <Piece Extent=\"{extent}\">\n<PointData Scalars=\"{}\">\n",
        arrays.first().map_or("", |(name, _)| name)
    );
    for (name, values) in arrays {
        let mut bytes = Vec::with_capacity(8 * (values.len() + 1));
        bytes.extend((8 * values.len() as u64).to_le_bytes());
        bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
        // Writing to a string cannot fail.
        let _ = writeln!(text, "<DataArray type=\"Float64\" Name=\"{name}\" format=\"binary\">");
        STANDARD.encode_string(&bytes, &mut text);
        text += "\n</DataArray>\n";
    }
    text + "</PointData>\n</Piece>\n</ImageData>\n</VTKFile>\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Model;
    use fd::{Axis, Grid};

    /// What stands between two marks.
    fn between<'t>(text: &'t str, first: &str, last: &str) -> &'t str {
        text.split_once(first).unwrap().1.split_once(last).unwrap().0
    }

    /// A line, a section and a volume: their place, far from the origin too, and every number bit for bit.
    #[test]
    fn grids_of_every_dimension() {
        let axis = |origin: f64, nodes: usize| Axis { origin, spacing: 2.5, nodes };
        let all = [axis(650_000.25, 4), axis(6_100_000.75, 3), axis(5.0, 5)];
        for (axes, extent, origin) in [
            (&all[..1], "0 3 0 0 0 0", "650000.25 0 0"),
            (&[all[0], all[2]], "0 3 0 0 0 4", "650000.25 0 5"),
            (&all[..], "0 3 0 2 0 4", "650000.25 6100000.75 5"),
        ] {
            let grid = Grid::of_axes(axes).unwrap();
            let model = Model { grid, values: (0..grid.len()).map(|i| 1500.0 + i as f64 / 7.0).collect() };
            let field = Sampled::from(model.clone());
            let text = text(&field, &[("vp".to_owned(), &model.values)]);
            assert_eq!(between(&text, "WholeExtent=\"", "\""), extent);
            assert_eq!(between(&text, "Origin=\"", "\""), origin);
            assert_eq!(between(&text, "Spacing=\"", "\""), "2.5 2.5 2.5");
            let bytes = STANDARD.decode(between(&text, "format=\"binary\">\n", "\n")).unwrap();
            let numbers: Vec<f64> =
                bytes.chunks(8).skip(1).map(|b| f64::from_le_bytes(b.try_into().unwrap())).collect();
            assert_eq!((bytes.len() - 8) as u64, u64::from_le_bytes(bytes[..8].try_into().unwrap()));
            assert_eq!(numbers, model.values);
        }
    }
}
