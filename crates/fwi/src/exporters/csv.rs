//! Text: one node per line, `x_m,z_m,vp_m_per_s` and derivatives if there are any, x fastest.

use std::fmt::Write;
use std::path::Path;

use crate::array::Meaning;
use crate::atomic;
use crate::data_error::DataError;
use crate::export::Sampled;

/// Writes every number with the fewest digits that represent it exactly.
pub(crate) fn write(field: &Sampled, path: &Path) -> Result<(), DataError> {
    atomic::write_bytes(path, text(field).as_bytes())
}

fn text(field: &Sampled) -> String {
    let (value, derivatives) = match field.meaning {
        Meaning::Velocity => ("vp_m_per_s", "vp_x_per_s,vp_z_per_s,vp_laplacian_per_m_s"),
        _ => ("value", "value_x_per_m,value_z_per_m,value_laplacian_per_m2"),
    };
    let mut text = format!("x_m,z_m,{value}");
    if field.derivatives.is_some() {
        text += &format!(",{derivatives}");
    }
    text.push('\n');
    for (i, ([x, z], v)) in field.model.grid.points().zip(&field.model.vp).enumerate() {
        write!(text, "{x},{z},{v}").expect("writing to a String cannot fail");
        if let Some(at) = &field.derivatives {
            let [by_x, by_z] = &at.gradient;
            write!(text, ",{},{},{}", by_x[i], by_z[i], at.laplacian[i])
                .expect("writing to a String cannot fail");
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Model;

    /// The exact text of a small model.
    #[test]
    fn snapshot() {
        let grid = fd::Grid::new([-10.0, 5.0], [10.0, 2.5], [2, 2]).unwrap();
        let model = Model::from_fn(grid, |x, z| 1500.0 + x + 0.1 * z);
        assert_eq!(
            text(&model.into()),
            "x_m,z_m,vp_m_per_s\n-10,5,1490.5\n0,5,1500.5\n-10,7.5,1490.75\n0,7.5,1500.75\n"
        );
    }
}
