//! Gathers from the true model, written shot by shot.

use std::path::Path;

use fd::time::{Medium, Mesh, Points, Propagator, Shot};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use rayon::prelude::*;

use crate::data_error::DataError;
use crate::error::FwiError;
use crate::gathers::{GatherFile, GatherHeader, GatherWriter};
use crate::plan::{AcousticPlan, DataSource, ModelSource, Plan, SimulatePlan};

/// Writes the data and answers `[shot, receiver, time]`. Only as many shots as there are threads are in memory.
///
/// # Errors
/// [`FwiError::Fd`]; [`FwiError::Data`].
pub(super) fn simulate(
    plan: &Plan,
    waves: &AcousticPlan,
    truth: &ModelSource,
    how: &SimulatePlan,
    path: &Path,
) -> Result<[usize; 3], FwiError> {
    let DataSource::FiniteDifferences { grid, order, refine } = how.engine else {
        return Err(FwiError::Absent { what: "an exact solution in time" });
    };
    let (sources, receivers) = (&plan.survey.sources, &plan.survey.receivers);
    let header = GatherHeader {
        survey: GatherHeader::survey(sources.clone(), receivers.clone()),
        dt: waves.interval(),
        samples: waves.samples,
        scenario: plan.text.clone(),
    };
    let mesh = Mesh::from(&grid);
    let vp = truth.sample(&grid)?.vp;
    let density = waves.density_of(&vp);
    let medium = Medium { vp: &vp, density: density.as_deref() };
    let at_a_time = rayon::current_num_threads().min(sources.len()).max(1);
    let threads = (rayon::current_num_threads() / at_a_time).max(1);
    let propagator = Propagator::<f32>::new(&mesh, &waves.settings(order, refine, threads), &medium)?;
    let at = Points::new(&mesh, receivers)?;
    let steps = waves.steps(refine);
    let folder = plan.file.parent().unwrap_or(Path::new(""));
    let wavelet = waves.wavelet.as_dyn().samples(folder, waves.step / refine as f64, steps)?;
    let wavelets: Vec<f32> = wavelet.iter().map(|v| *v as f32).collect();
    let one = |source: &[f64; 2]| -> Result<Vec<f32>, FwiError> {
        let sources = Points::new(&mesh, &[*source])?;
        let shot = Shot { sources: &sources, wavelets: &wavelets, receivers: &at, steps };
        let traces = propagator.forward(&shot)?;
        let every = refine * waves.steps_per_sample;
        Ok(traces.chunks(steps).flat_map(|trace| trace.iter().copied().step_by(every)).collect())
    };
    let mut energy = 0.0;
    let clean = |out: &GatherWriter| {
        for (first, some) in sources.chunks(at_a_time).enumerate() {
            let gathers: Vec<Result<Vec<f32>, FwiError>> = some.par_iter().map(one).collect();
            for (k, gather) in gathers.into_iter().enumerate() {
                let gather = gather?;
                energy += gather.iter().map(|v| f64::from(*v).powi(2)).sum::<f64>();
                out.put(first * at_a_time + k, &gather)?;
            }
        }
        Ok::<(), FwiError>(())
    };
    let emitted = Some((waves.source.as_slice(), waves.step));
    if how.noise == 0.0 {
        GatherWriter::create(path, &header, emitted, clean)?;
        return Ok(header.shape());
    }
    // How strong the noise is depends on all shots, which are therefore in a file of their own first.
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).map_err(|e| DataError::writing(path, e))?;
    let scratch = tempfile::tempdir_in(folder).map_err(|e| DataError::writing(path, e))?;
    let noiseless = scratch.path().join("noiseless.h5");
    GatherWriter::create(&noiseless, &header, None, clean)?;
    let [shots, receivers, samples] = header.shape();
    let deviation = how.noise * (energy / (shots * receivers * samples) as f64).sqrt();
    let file = GatherFile::open(&noiseless)?;
    GatherWriter::create(path, &header, emitted, |out| {
        for shot in 0..shots {
            let mut gather = file.read(shot)?;
            add_noise(&mut gather, deviation, how.seed.wrapping_add(shot as u64));
            out.put(shot, &gather)?;
        }
        Ok::<(), DataError>(())
    })?;
    Ok(header.shape())
}

/// White Gaussian noise.
fn add_noise(gather: &mut [f32], deviation: f64, seed: u64) {
    let mut rng = StdRng::seed_from_u64(seed);
    for value in gather {
        // Box-Muller.
        let modulus = (-2.0 * (1.0 - rng.random::<f64>()).ln()).sqrt();
        let noise = deviation * modulus * (std::f64::consts::TAU * rng.random::<f64>()).cos();
        *value += noise as f32;
    }
}
