//! A figure: the model as a map with axes in metres and a colour bar, with its derivatives below if there are any.

use std::path::Path;

use crate::views::View;
use figures::slices::model_figure;
use figures::{Map, Scale, map_rows};
use survey::atomic;
use survey::data_error::DataError;
use survey::sampled::Sampled;

/// Draws and writes the figure.
pub(super) fn write(field: &Sampled, path: &Path) -> Result<(), DataError> {
    let (grid, meaning) = (&field.model.grid, field.meaning);
    let Some(at) = &field.derivatives else {
        let (label, scale) = (field.label(), Scale::quantity(field.model.range(), field.label()));
        let title = label.split(" (").next().unwrap_or(&label);
        let figure = model_figure(&[(title, &field.model)], &scale, None);
        return atomic::write_bytes(path, &figure.to_png());
    };
    let values = View::ALL.map(|view| view.values(at));
    let rows: Vec<(Vec<Map>, Scale)> = (View::ALL.iter().zip(&values))
        .map(|(view, values)| (vec![Map::new(view.title(), grid, values)], view.scale(at, meaning)))
        .collect();
    atomic::write_bytes(path, &map_rows(&rows).to_png())
}

#[cfg(test)]
mod tests {
    use super::*;
    use survey::model::Model;

    /// The file is a PNG whose pixels contain the colours of the slowest and the fastest velocity.
    #[test]
    fn the_colours_are_there() {
        let grid = fd::Grid::new([0.0; 2], [10.0; 2], [21, 21]).unwrap();
        let model = Model::from_fn(grid, |x, _| if x < 100.0 { 1500.0 } else { 3000.0 });
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("vp.png");
        write(&model.into(), &path).unwrap();
        let decoder = png::Decoder::new(std::io::BufReader::new(std::fs::File::open(&path).unwrap()));
        let mut reader = decoder.read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut pixels).unwrap();
        assert_eq!(info.color_type, png::ColorType::Rgb);
        let scale = Scale::velocity([1500.0, 3000.0]);
        for v in [1500.0, 3000.0] {
            let colour = scale.palette()[usize::from(scale.level(v))];
            let count = pixels.chunks_exact(3).filter(|p| **p == colour).count();
            assert!(count > 10_000, "{v} m/s fills {count} pixels");
        }
    }
}
