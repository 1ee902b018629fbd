//! The spread of inversions that differ in their seed only: mean, standard deviation, and how often they contain the truth.

use std::path::Path;

use super::outcome::{Comparison, RunOutcome};
use crate::export;
use fwi::status::Status;
use scenario::run_files::SPREAD;
use survey::atomic;
use survey::data_error::DataError;
use survey::model::Model;
use survey::parameter::{Parameter, Quantity};

/// The models of the finished members of a group.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Spread {
    /// The name of the group.
    pub(crate) name: String,
    /// Number of models.
    pub(crate) members: usize,
    /// Their mean.
    pub(crate) mean: Model,
    /// Their standard deviation, with one degree of freedom less than members.
    pub(crate) deviation: Model,
    /// Of the nodes where the members differ or miss the truth: the share whose truth is within two standard deviations of the mean;
    /// `None` without a true model.
    pub(crate) coverage: Option<f64>,
}

/// The spreads of all groups with two finished members or more, in the order of their first members.
pub(crate) fn spreads(run: &Comparison) -> Vec<Spread> {
    let mut names: Vec<&str> = Vec::new();
    for group in run.outcomes.iter().filter_map(|outcome| outcome.group.as_deref()) {
        if !names.contains(&group) {
            names.push(group);
        }
    }
    names.into_iter().filter_map(|name| Spread::of(name, run)).collect()
}

impl Spread {
    fn of(name: &str, run: &Comparison) -> Option<Self> {
        let own =
            |outcome: &&RunOutcome| outcome.group.as_deref() == Some(name) && outcome.status == Status::Done;
        let models: Vec<&Model> =
            run.outcomes.iter().filter(own).filter_map(|outcome| outcome.model.as_ref()).collect();
        let grid = models.first()?.grid;
        if models.len() < 2 || models.iter().any(|model| model.grid != grid) {
            return None;
        }
        let count = models.len() as f64;
        let values = |of: &dyn Fn(usize) -> f64| (0..grid.len()).map(of).collect::<Vec<f64>>();
        let mean = values(&|node| models.iter().map(|model| model.values[node]).sum::<f64>() / count);
        let deviation = values(&|node| {
            let squares: f64 = models.iter().map(|model| (model.values[node] - mean[node]).powi(2)).sum();
            (squares / (count - 1.0)).sqrt()
        });
        let truth = run.truth.as_ref().map(|truth| truth.resample_onto(&grid));
        let coverage = truth.and_then(|truth| {
            let off = |node: usize| (mean[node] - truth.values[node]).abs();
            let counted: Vec<usize> =
                (0..grid.len()).filter(|&node| deviation[node] > 0.0 || off(node) > 0.0).collect();
            let inside = counted.iter().filter(|&&node| off(node) <= 2.0 * deviation[node]).count();
            (!counted.is_empty()).then(|| inside as f64 / counted.len() as f64)
        });
        let [mean, deviation] = [mean, deviation].map(|values| Model { grid, values });
        Some(Self { name: name.to_owned(), members: models.len(), mean, deviation, coverage })
    }

    /// Mean and standard deviation as parameters.
    fn parameters(&self, quantity: &Quantity) -> [Parameter; 2] {
        let named = |name: String| Quantity { name, unit: quantity.unit.clone() };
        [
            Parameter { quantity: quantity.clone(), model: self.mean.clone() },
            Parameter {
                quantity: named(format!("{}_deviation", quantity.name)),
                model: self.deviation.clone(),
            },
        ]
    }
}

/// Writes mean and standard deviation of each group to `spread`, as HDF5 and in the formats of the run.
///
/// # Errors
/// [`DataError::Unwritable`]; those of a format.
pub(super) fn write(run: &Comparison, formats: &[&str], directory: &Path) -> Result<(), DataError> {
    let spreads = spreads(run);
    if spreads.is_empty() {
        return Ok(());
    }
    let folder = directory.join(SPREAD);
    atomic::check_writable(&folder)?;
    for spread in spreads {
        let parameters = spread.parameters(&run.quantity());
        Parameter::write_all(&parameters, &folder.join(format!("{}.h5", spread.name)))?;
        for format in formats.iter().filter(|format| **format != "hdf5") {
            let extension = export::exporter(format)?.extension;
            let path_of = |name: Option<&str>| {
                folder.join(format!("{}-{}.{extension}", spread.name, name.unwrap_or("all")))
            };
            export::export_parameters(&parameters, format, path_of)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::sample::comparison;

    /// Three models of one group: mean, deviation and coverage at nodes that are known; a member that failed does not count, and
    /// neither does another group of one.
    #[test]
    fn spread_of_three() {
        let mut run = comparison(31);
        let model = run.outcomes.iter().find_map(|outcome| outcome.model.clone()).unwrap();
        let template = run.outcomes[0].clone();
        let member = |name: &str, group: &str, status, change: f64| {
            let values = model.values.iter().enumerate().map(|(k, _)| 2000.0 + change * (k % 3) as f64);
            let model = Some(Model { grid: model.grid, values: values.collect() });
            RunOutcome {
                name: name.to_owned(),
                group: Some(group.to_owned()),
                status,
                model,
                ..template.clone()
            }
        };
        run.outcomes = vec![
            member("a-0", "a", Status::Done, 10.0),
            member("b", "b", Status::Done, 500.0),
            member("a-1", "a", Status::Done, 20.0),
            member("a-2", "a", Status::Failed, 900.0),
            member("a-3", "a", Status::Done, 60.0),
        ];
        // Off by one and a half deviations, by three, and not at all.
        let deviation = ((400.0_f64 + 100.0 + 900.0) / 2.0).sqrt();
        let truth =
            |k: usize| 2000.0 + 30.0 * (k % 3) as f64 + [0.0, 1.5 * deviation, 3.0 * 2.0 * deviation][k % 3];
        run.truth = Some(Model { grid: model.grid, values: (0..model.grid.len()).map(truth).collect() });
        let [spread] = &spreads(&run)[..] else { panic!("one group of several") };
        assert_eq!((spread.name.as_str(), spread.members), ("a", 3));
        for k in 0..6 {
            let scale = (k % 3) as f64;
            assert!((spread.mean.values[k] - (2000.0 + 30.0 * scale)).abs() < 1e-9);
            assert!((spread.deviation.values[k] - deviation * scale).abs() < 1e-9);
        }
        // Nodes of the first kind agree and are right: they do not count.
        let kinds = [1, 2].map(|kind| (0..model.grid.len()).filter(|k| k % 3 == kind).count() as f64);
        let coverage = spread.coverage.unwrap();
        assert!((coverage - kinds[0] / (kinds[0] + kinds[1])).abs() < 1e-12, "{coverage}");

        let folder = tempfile::tempdir().unwrap();
        write(&run, &["npy", "hdf5"], folder.path()).unwrap();
        for name in ["a.h5", "a-vp.npy", "a-vp_deviation.npy"] {
            assert!(folder.path().join("spread").join(name).is_file(), "{name}");
        }
    }
}
