//! Text: one node a line, `x_m,z_m,vp_m_per_s`, x fastest.

use std::fmt::Write;
use std::path::Path;

use crate::atomic;
use crate::data_error::DataError;
use crate::model::Model;

/// Writes every number with the fewest digits that give it back exactly.
pub(crate) fn write(model: &Model, path: &Path) -> Result<(), DataError> {
    atomic::write_bytes(path, text(model).as_bytes())
}

fn text(model: &Model) -> String {
    let mut text = String::from("x_m,z_m,vp_m_per_s\n");
    for ([x, z], v) in model.grid.points().zip(&model.vp) {
        writeln!(text, "{x},{z},{v}").expect("writing to a String cannot fail");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text of a small model, exactly.
    #[test]
    fn snapshot() {
        let grid = fd::Grid::new([-10.0, 5.0], [10.0, 2.5], [2, 2]).unwrap();
        let model = Model::from_fn(grid, |x, z| 1500.0 + x + 0.1 * z);
        assert_eq!(
            text(&model),
            "x_m,z_m,vp_m_per_s\n-10,5,1490.5\n0,5,1500.5\n-10,7.5,1490.75\n0,7.5,1500.75\n"
        );
    }
}
