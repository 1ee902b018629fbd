//! Text: one node per line, `x_m,z_m,vp_m_per_s`, in a volume `x_m,y_m,z_m,vp_m_per_s`, and derivatives if there are any, x fastest.

use std::path::Path;

use crate::array::Meaning;
use crate::atomic;
use crate::data_error::DataError;
use crate::sampled::Sampled;

/// Writes every number with the fewest digits that represent it exactly.
pub fn write(field: &Sampled, path: &Path) -> Result<(), DataError> {
    let failed = |error: csv::Error| DataError::Text { path: path.to_owned(), problem: error.to_string() };
    atomic::write_bytes(path, &bytes(field).map_err(failed)?)
}

fn bytes(field: &Sampled) -> Result<Vec<u8>, csv::Error> {
    let (value, derivatives) = match field.meaning {
        Meaning::Velocity => ("vp_m_per_s", ["vp_x_per_s", "vp_z_per_s", "vp_laplacian_per_m_s"]),
        _ => (field.name(), ["value_x_per_m", "value_z_per_m", "value_laplacian_per_m2"]),
    };
    let mut writer = csv::Writer::from_writer(Vec::new());
    let grid = &field.model.grid;
    let mut heading: Vec<String> =
        fd::coordinate_names(grid.dims()).iter().map(|name| format!("{name}_m")).collect();
    heading.push(value.to_owned());
    if field.derivatives.is_some() {
        heading.extend(derivatives.map(str::to_owned));
    }
    writer.write_record(heading)?;
    for (i, (at, v)) in grid.nodes().zip(&field.model.values).enumerate() {
        let mut numbers = [at.coordinates(), &[*v]].concat();
        if let Some(at) = &field.derivatives {
            numbers.extend([at.gradient[0][i], at.gradient[1][i], at.laplacian[i]]);
        }
        writer.write_record(numbers.iter().map(f64::to_string))?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
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
            String::from_utf8(bytes(&model.into()).unwrap()).unwrap(),
            "x_m,z_m,vp_m_per_s\n-10,5,1490.5\n0,5,1500.5\n-10,7.5,1490.75\n0,7.5,1500.75\n"
        );
    }
}
