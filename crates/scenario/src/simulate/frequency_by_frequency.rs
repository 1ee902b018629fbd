//! Data at frequencies, computed one frequency after another by each rank, with noise.

use std::path::Path;

use fields::checkpoint::Checkpoint;
use num_complex::Complex64;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use ranks::Transport;

use super::progress::{ProgressCallback, interrupted};
use super::rounds::Rounds;
use crate::error::FwiError;
use crate::plan::SimulatePlan;
use crate::settings;
use survey::atomic;
use survey::dataset::Dataset;
use survey::recorded::RecordedField;
use survey::survey::Survey;

/// A row of a partial file, and the text that identifies its survey and settings.
const PRESSURE: &str = "pressure";
const OF: &str = "of";

/// Computes the data of a frequency in Hz without noise, `[shot, trace]`.
type OneFrequency<'a> = dyn Fn(f64) -> Result<Vec<Complex64>, FwiError> + Sync + 'a;

/// Data to be simulated.
pub(super) struct Job<'a> {
    pub(super) survey: &'a Survey,
    /// The text that the data are kept with.
    pub(super) record: String,
    /// Hz.
    pub(super) frequencies: &'a [f64],
    pub(super) fields: Vec<RecordedField>,
    pub(super) how: &'a SimulatePlan,
    pub(super) one: Box<OneFrequency<'a>>,
}

impl Job<'_> {
    /// Writes the data, which these ranks compute: the others call [`Job::help`]. Finished frequencies are stored in a file beside
    /// `path`. An interrupted simulation continues from this file.
    ///
    /// # Errors
    /// [`FwiError::Fd`]; [`FwiError::Data`]; [`FwiError::Interrupted`].
    pub(super) fn write(
        self,
        world: &dyn Transport,
        path: &Path,
        tell: &mut ProgressCallback,
    ) -> Result<Dataset, FwiError> {
        let partial = path.with_added_extension("partial");
        let (survey, names) = (self.survey, self.fields.iter().map(|field| &field.name).collect::<Vec<_>>());
        let mut of =
            serde_json::json!([self.record, self.frequencies, survey.sources, survey.receivers.all()]);
        if let (false, serde_json::Value::Array(of)) = (self.fields == [RecordedField::pressure()], &mut of) {
            of.push(serde_json::json!(names));
        }
        let of = serde_json::Value::from(settings::digest(&of));
        // One that cannot be read, or is of other data, is computed anew.
        let kept = Checkpoint::read(&partial).ok().filter(|kept| kept.fact(OF).as_ref() == Some(&of));
        let row = |k: usize| kept.as_ref()?.row(&format!("{PRESSURE} {k}")).map(complex);
        let mut done: Vec<Vec<Complex64>> = (0..self.frequencies.len()).map_while(row).collect();
        let planned = self.frequencies.len();
        let stopped = |done: usize| match done {
            0 => interrupted("it begins anew"),
            done => {
                interrupted(&format!("{done} of {planned} frequencies are kept in {}", partial.display()))
            }
        };
        self.in_rounds((world, &stopped), done.len(), |_, numbers| {
            done.push(complex(&numbers));
            tell(done.len(), planned);
            if done.len() == planned {
                return Ok(());
            }
            let notes = format!("{} of {planned} frequencies of simulated data", done.len());
            let rows = done.iter().enumerate().fold(Checkpoint::new(&notes), |file, (k, row)| {
                file.with_numbers(&format!("{PRESSURE} {k}"), numbers_of(row))
            });
            Ok(atomic::write_bytes(&partial, &rows.with_fact(OF, &of).to_bytes())?)
        })?;
        let data = self.dataset(&done);
        data.write(path)?;
        // One that is not there is as good.
        let _ = std::fs::remove_file(&partial);
        Ok(data)
    }

    /// Computes some of the frequencies that rank 0 writes.
    ///
    /// # Errors
    /// As [`Job::write`].
    pub(super) fn help(&self) -> Result<(), FwiError> {
        self.in_rounds((ranks::world(), &|_| interrupted("rank 0 says what is kept")), 0, |_, _| Ok(()))
    }

    /// The data, in memory, computed by this rank alone.
    ///
    /// # Errors
    /// [`FwiError::Fd`].
    pub(super) fn in_memory(self) -> Result<Dataset, FwiError> {
        let one = |frequency: &f64| (self.one)(*frequency);
        let done: Vec<Vec<Complex64>> = self.frequencies.iter().map(one).collect::<Result<_, _>>()?;
        Ok(self.dataset(&done))
    }

    /// Computes the frequencies from the first one on, one at a time on each rank, since a factorisation uses all threads.
    fn in_rounds(
        &self,
        (world, interrupted): (&dyn Transport, &dyn Fn(usize) -> FwiError),
        first: usize,
        keep: impl FnMut(usize, Vec<f64>) -> Result<(), FwiError>,
    ) -> Result<(), FwiError> {
        let rounds = Rounds { world, what: "frequency", at_a_time: 1, interrupted };
        let one = |k: usize| (self.one)(self.frequencies[k]).map(|values| numbers_of(&values));
        rounds.run(first..self.frequencies.len(), one, keep)
    }

    /// The data of all frequencies, with noise.
    fn dataset(self, done: &[Vec<Complex64>]) -> Dataset {
        let mut values = done.concat();
        let (survey, frequencies) = (self.survey.clone(), self.frequencies.to_vec());
        self.add_noise(&mut values);
        Dataset { survey, frequencies, fields: self.fields, values, scenario: self.record }
    }

    /// Circular Gaussian noise with a given root mean square relative to that of the data of the same field.
    fn add_noise(&self, values: &mut [Complex64]) {
        if self.how.noise == 0.0 {
            return;
        }
        let (receivers, fields) = (self.survey.receivers.count(), self.fields.len());
        let mut energies = vec![0.0; fields];
        for (k, values) in values.chunks(receivers).enumerate() {
            energies[k % fields] += values.iter().map(Complex64::norm_sqr).sum::<f64>();
        }
        let of_each = (values.len() / fields) as f64;
        let mut rng = StdRng::seed_from_u64(self.how.seed);
        for (k, values) in values.chunks_mut(receivers).enumerate() {
            let deviation = self.how.noise * (energies[k % fields] / of_each).sqrt();
            for value in values {
                // Box-Muller: modulus of a circular Gaussian of unit variance, and a uniform phase.
                let modulus = (-(1.0 - rng.random::<f64>()).ln()).sqrt();
                let phase = std::f64::consts::TAU * rng.random::<f64>();
                *value += Complex64::from_polar(deviation * modulus, phase);
            }
        }
    }
}

/// Complex numbers as real parts and imaginary parts in turn.
fn numbers_of(values: &[Complex64]) -> Vec<f64> {
    values.iter().flat_map(|v| [v.re, v.im]).collect()
}

fn complex(numbers: &[f64]) -> Vec<Complex64> {
    numbers.chunks_exact(2).map(|v| Complex64::new(v[0], v[1])).collect()
}
