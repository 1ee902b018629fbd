//! Models along wells: their errors there, and the files of the profiles.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use fd::{Grid, Point};

use crate::inversions::outcome::Comparison;
use crate::inversions::well::Well;
use scenario::run_files::WELLS;
use survey::atomic;
use survey::data_error::DataError;
use survey::model::Model;
use survey::parameter::Quantity;

/// Models along a well at the nodes of a grid.
pub(crate) struct Profile<'a> {
    /// The depths of the nodes, m.
    pub(crate) depths: Vec<f64>,
    /// The log as a mean over each cell, where it reaches.
    pub(crate) log: Vec<Option<f64>>,
    /// Names and values of the models: `true`, `start`, and the inversions.
    pub(crate) models: Vec<(&'a str, Vec<f64>)>,
}

impl Well {
    /// The point of the well at a depth.
    fn at(&self, z: f64) -> Option<Point> {
        Point::new(&[&self.place[..], &[z]].concat())
    }

    fn along(&self, depths: &[f64], model: &Model) -> Vec<f64> {
        depths.iter().map(|z| self.at(*z).map_or(f64::NAN, |at| model.sample(at))).collect()
    }

    /// The log as means over the cells around depths, which keep the travel time: a model is compared with what it can represent.
    fn log_at(&self, depths: &[f64], spacing: f64) -> Vec<Option<f64>> {
        let mean = |z: &f64| {
            let log = self.log.as_ref()?;
            let [top, bottom] = [*log.depth.first()?, *log.depth.last()?];
            // At the ends of the log a part of the cell.
            let (from, to) = ((z - 0.5 * spacing).max(top), (z + 0.5 * spacing).min(bottom));
            if (top..=bottom).contains(z) { log.mean(from, to) } else { None }
        };
        depths.iter().map(mean).collect()
    }

    /// All models along the well.
    pub(crate) fn profile<'a>(&self, run: &'a Comparison, grid: &Grid) -> Profile<'a> {
        let depths: Vec<f64> = (0..grid.nz()).map(|iz| grid.z(iz)).collect();
        let known = [("true", &run.truth), ("start", &run.initial)];
        let known = known.into_iter().filter_map(|(name, model)| Some((name, model.as_ref()?)));
        let found = run.outcomes.iter().filter_map(|o| Some((o.name.as_str(), o.model.as_ref()?)));
        let models = known.chain(found).map(|(name, model)| (name, self.along(&depths, model)));
        Profile { models: models.collect(), log: self.log_at(&depths, grid.spacing[1]), depths }
    }

    /// The errors of a model: relative, in the L2 norm, and the mean deviation. They are relative to the log, or without one to the
    /// true model; `None` without either.
    fn errors(&self, run: &Comparison, model: &Model) -> Option<[f64; 2]> {
        let grid = model.grid;
        let depths: Vec<f64> = (0..grid.nz()).map(|iz| grid.z(iz)).collect();
        let expected = match (&self.log, &run.truth) {
            (Some(_), _) => self.log_at(&depths, grid.spacing[1]),
            (None, Some(truth)) => self.along(&depths, truth).into_iter().map(Some).collect(),
            (None, None) => return None,
        };
        let (mut difference, mut size, mut deviation, mut count) = (0.0, 0.0, 0.0, 0.0);
        for (found, expected) in self.along(&depths, model).iter().zip(expected) {
            let Some(expected) = expected else { continue };
            difference += (found - expected).powi(2);
            size += expected.powi(2);
            deviation += found - expected;
            count += 1.0;
        }
        (size > 0.0).then(|| [(difference / size).sqrt(), deviation / count])
    }
}

/// The relative error of a model at every well that it can be compared at.
pub(crate) fn errors(run: &Comparison, model: &Model) -> BTreeMap<String, f64> {
    let wells = run.information.wells.iter();
    wells.filter_map(|well| Some((well.name.clone(), well.errors(run, model)?[0]))).collect()
}

/// The names and models of a comparison but the true one: what has errors.
fn compared(run: &Comparison) -> Vec<(&str, &Model)> {
    let start = run.initial.iter().map(|model| ("start", model));
    start.chain(run.outcomes.iter().filter_map(|o| Some((o.name.as_str(), o.model.as_ref()?)))).collect()
}

/// A well, a model, its relative error and its mean deviation there.
pub(crate) fn table(run: &Comparison) -> Vec<(&str, &str, [f64; 2])> {
    let models = compared(run);
    let of = |well: &'_ Well| -> Vec<(usize, [f64; 2])> {
        (0..models.len()).filter_map(|k| Some((k, well.errors(run, models[k].1)?))).collect()
    };
    let wells = run.information.wells.iter();
    wells
        .flat_map(|well| of(well).into_iter().map(|(k, errors)| (well.name.as_str(), models[k].0, errors)))
        .collect()
}

/// The grid that profiles are sampled on: that of the first model there is.
pub(crate) fn grid(run: &Comparison) -> Option<Grid> {
    let known = run.truth.iter().chain(&run.initial);
    known.chain(run.outcomes.iter().filter_map(|o| o.model.as_ref())).map(|model| model.grid).next()
}

/// Writes `wells.csv`, the errors, and `wells/NAME.csv`, all models along each well.
///
/// # Errors
/// [`DataError::Unwritable`].
pub(crate) fn write(run: &Comparison, root: &Path) -> Result<(), DataError> {
    let (wells, Some(grid)) = (&run.information.wells, grid(run)) else { return Ok(()) };
    if wells.is_empty() {
        return Ok(());
    }
    let unit = column_unit(&run.quantity());
    let mut text = format!("well,model,relative_error,mean_deviation{unit}\n");
    for (well, model, [relative, deviation]) in table(run) {
        let _ = writeln!(text, "{well},{model},{relative},{deviation}");
    }
    atomic::write_bytes(&root.join("wells.csv"), text.as_bytes())?;
    for well in wells {
        let profile = well.profile(run, &grid);
        let mut names = vec!["depth_m".to_owned()];
        names.extend(well.log.iter().map(|_| format!("log{unit}")));
        names.extend(profile.models.iter().map(|(name, _)| format!("{name}{unit}")));
        let mut text = format!("{}\n", names.join(","));
        for (k, depth) in profile.depths.iter().enumerate() {
            let mut row = vec![depth.to_string()];
            let log = profile.log[k].map_or_else(String::new, |v| v.to_string());
            row.extend(well.log.iter().map(|_| log.clone()));
            row.extend(profile.models.iter().map(|(_, values)| values[k].to_string()));
            let _ = writeln!(text, "{}", row.join(","));
        }
        atomic::write_bytes(&root.join(WELLS).join(format!("{}.csv", well.name)), text.as_bytes())?;
    }
    Ok(())
}

/// The end of the name of a column.
fn column_unit(quantity: &Quantity) -> String {
    match quantity.unit.as_str() {
        "m/s" => "_m_per_s".to_owned(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use survey::well_log::Log;

    /// A model that is 2 % faster than the log has an error of 2 %, and so has one that is 2 % faster than the truth at a well without
    /// a log; files hold a line for each node.
    #[test]
    fn errors_at_wells() {
        let grid = Grid::new([0.0, 0.0], [10.0, 10.0], [21, 11]).unwrap();
        let truth = Model::from_fn(grid, |x, z| 2000.0 + z + x);
        let log = Log { depth: vec![-5.0, 205.0], velocity: vec![1995.0, 2205.0] };
        let measured = Well { name: "a".to_owned(), place: vec![0.0], log: Some(log) };
        let known = Well { name: "b".to_owned(), place: vec![55.0], log: None };
        let mut run = Comparison { truth: Some(truth.clone()), ..Comparison::default() };
        run.information.wells = vec![measured.clone(), known];
        // The mean of slowness over a cell of 10 m, between samples of linear slowness: the log is read, not the model.
        let expected = measured.log_at(&[100.0], 10.0)[0].unwrap();
        let column = Model::from_fn(grid, |_, _| 1.02 * expected);
        let profile = measured.along(&[100.0], &column);
        assert!((profile[0] / expected - 1.02).abs() < 1e-12);
        let fast = Model { grid, values: truth.values.iter().map(|v| 1.02 * v).collect() };
        let found = errors(&run, &fast);
        assert!((found["b"] - 0.02).abs() < 1e-12, "{found:?}");
        // Linear velocity and linear slowness differ by at most (210/2)^2 / v of the velocity in the middle, 5 m/s or 0.3 %.
        assert!((found["a"] - 0.02).abs() < 0.003, "{found:?}");
        run.initial = Some(fast);
        let folder = tempfile::tempdir().unwrap();
        write(&run, folder.path()).unwrap();
        let errors = std::fs::read_to_string(folder.path().join("wells.csv")).unwrap();
        assert!(
            errors.starts_with("well,model,relative_error,mean_deviation_m_per_s\na,start,0.0"),
            "{errors}"
        );
        let profile = std::fs::read_to_string(folder.path().join("wells/a.csv")).unwrap();
        assert_eq!(
            (profile.lines().count(), profile.lines().next().unwrap()),
            (22, "depth_m,log_m_per_s,true_m_per_s,start_m_per_s")
        );
    }
}
