//! A figure: the model as a map with axes in metres and a colour bar.

use std::path::Path;

use crate::atomic;
use crate::data_error::DataError;
use crate::figure::{Panel, Scale, map_figure};
use crate::model::Model;

/// Draws and writes the figure.
pub(crate) fn write(model: &Model, path: &Path) -> Result<(), DataError> {
    let panel = Panel::new("P-wave velocity", &model.grid, &model.vp);
    let figure = map_figure(&[panel], &Scale::velocity(model.range()), None);
    atomic::write_bytes(path, &figure.to_png())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The file is a PNG whose pixels hold the model's slowest and fastest colour.
    #[test]
    fn the_colours_are_there() {
        let grid = fd::Grid::new([0.0; 2], [10.0; 2], [21, 21]).unwrap();
        let model = Model::from_fn(grid, |x, _| if x < 100.0 { 1500.0 } else { 3000.0 });
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("vp.png");
        write(&model, &path).unwrap();
        let decoder = png::Decoder::new(std::io::BufReader::new(std::fs::File::open(&path).unwrap()));
        let mut reader = decoder.read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut pixels).unwrap();
        assert_eq!(info.color_type, png::ColorType::Rgb);
        let scale = Scale::velocity([1500.0, 3000.0]);
        for v in [1500.0, 3000.0] {
            let colour = scale.colour(v);
            let count = pixels.chunks_exact(3).filter(|p| **p == colour).count();
            assert!(count > 10_000, "{v} m/s fills {count} pixels");
        }
    }
}
