//! The noise of data at frequencies, from the part of them that no model of the region explains.

use fd::PointSet;
use nalgebra::{DMatrix, DVector, SymmetricEigen};
use num_complex::Complex64;
use rayon::prelude::*;

use super::{HarmonicMisfit, Waves, background_fields, background_slowness, observed};
use crate::inverse_problem::InverseProblem;
use crate::inversion_error::InversionError;
use crate::inversion_settings::InversionSettings;
use crate::misfit::MisfitChoice;
use crate::region::SubGrid;

/// How much less probable than the best a ratio of waves to noise may be, as the logarithm: two standard deviations.
const IMPROBABLE: f64 = 2.0;
/// The least noise that is not too improbable, over the most probable one, in energy. Where it is less, the data do not tell.
const LEAST: f64 = 0.5;

/// The relative noise of the data: what the settings say or, for data at frequencies and least squares, an estimate.
///
/// # Errors
/// Those of [`estimated_noise`].
pub fn noise_of_data(
    problem: &InverseProblem,
    settings: &InversionSettings,
) -> Result<Option<f64>, InversionError> {
    match (&problem.waves, &settings.misfit) {
        (Waves::Helmholtz(_), MisfitChoice::L2(_)) if settings.noise_level.is_none() => {
            estimated_noise(problem, settings)
        }
        _ => Ok(settings.noise_level),
    }
}

/// The relative noise of the data of all frequencies: its root mean square over that of the data. `None` where the data do not
/// tell it: fewer receivers than the waves of the region have degrees of freedom, receivers that move with the shots, or a medium
/// with more than a velocity.
///
/// Whatever the region contains, the scattered field at the receivers is `G w` with the Green's function G of the starting model
/// and some sources w in the region. The singular values s of G fall fast once the receivers outnumber the degrees of freedom of
/// these waves. In the direction of each, the data are taken for random numbers of the variance `n + c s^2`, white noise and waves
/// of random sources, and n and c for the values that make the data most probable. Anything else that the region cannot
/// explain, such as a wrong medium around it, counts as noise.
///
/// # Source
/// The evidence of MacKay, Neural Comput. 4 (1992), 415-447. The number of degrees of freedom of scattered fields: Bucci and
/// Franceschetti, IEEE Trans. Antennas Propag. 37 (1989), 918-926.
///
/// # Errors
/// [`InversionError::Fd`], [`InversionError::Region`].
pub fn estimated_noise(
    problem: &InverseProblem,
    settings: &InversionSettings,
) -> Result<Option<f64>, InversionError> {
    let waves = problem.harmonic();
    let [receivers] = problem.survey.receivers.all() else { return Ok(None) };
    if !waves.medium.is_plain() {
        return Ok(None);
    }
    let region = SubGrid::new(&problem.grid, &settings.region)?;
    let points = PointSet::new(&problem.grid, receivers)?;
    let (mut noise, mut energy) = (0.0, 0.0);
    for frequency in 0..waves.frequencies.len() {
        let reduced = HarmonicMisfit::new(problem, &[frequency])?;
        let (_, operator) = &reduced.operators()[0];
        let solver = operator.prepare(&background_slowness(problem, &problem.grid))?;
        let unit = |receiver: usize| {
            let mut data = vec![Complex64::ZERO; receivers.len()];
            data[receiver] = Complex64::ONE;
            points.spread(&data)
        };
        let rows = solver.solve_transposed(&(0..receivers.len()).map(unit).collect::<Vec<_>>())?;
        let rows: Vec<Vec<Complex64>> =
            rows.iter().map(|row| region.nodes.iter().map(|&node| row[node]).collect()).collect();
        let incident = background_fields(problem, frequency, &problem.survey.receivers_in_section())?;
        let observed = observed(problem, frequency);
        let scattered: Vec<Vec<Complex64>> = observed
            .chunks(receivers.len())
            .zip(&incident)
            .map(|(observed, incident)| observed.iter().zip(incident).map(|(o, i)| o - i).collect())
            .collect();
        let Some(of_direction) = noise_of(&rows, &scattered) else { return Ok(None) };
        noise += receivers.len() as f64 * of_direction;
        energy += observed.iter().map(Complex64::norm_sqr).sum::<f64>();
    }
    let relative = (noise / energy).sqrt();
    Ok(relative.is_finite().then_some(relative))
}

/// The energy of the noise in a direction of the data, over all shots, from the rows `[receiver][node]` of G and the scattered
/// data `[shot][receiver]`.
fn noise_of(rows: &[Vec<Complex64>], scattered: &[Vec<Complex64>]) -> Option<f64> {
    let count = rows.len();
    let product = |a: &[Complex64], b: &[Complex64]| a.iter().zip(b).map(|(a, b)| a * b.conj()).sum();
    let gram: Vec<Complex64> =
        (0..count * count).into_par_iter().map(|i| product(&rows[i % count], &rows[i / count])).collect();
    let eigen = SymmetricEigen::new(DMatrix::from_vec(count, count, gram));
    // The square of a singular value of G, and the energy of the data in its direction.
    let mut directions: Vec<[f64; 2]> = (0..count)
        .map(|i| {
            let direction = eigen.eigenvectors.column(i);
            let energy =
                scattered.iter().map(|d| direction.dotc(&DVector::from_column_slice(d)).norm_sqr()).sum();
            [eigen.eigenvalues[i].max(0.0), energy]
        })
        .collect();
    let largest = directions.iter().fold(0.0_f64, |a, of| a.max(of[0]));
    if largest == 0.0 {
        return None;
    }
    directions.iter_mut().for_each(|of| of[0] /= largest);
    // For a ratio t = c/n the best n is a mean; the best t is found on a fine grid, by factors of 1.1.
    let noise = |t: f64| directions.iter().map(|[s, e]| e / (1.0 + t * s)).sum::<f64>() / count as f64;
    let improbability =
        |t: f64| count as f64 * noise(t).ln() + directions.iter().map(|[s, _]| (t * s).ln_1p()).sum::<f64>();
    let ratios: Vec<[f64; 2]> = (0..=600)
        .map(|k| 1e-3 * 1.1_f64.powi(k))
        .map(|t| [t, scattered.len() as f64 * improbability(t)])
        .collect();
    let best = ratios.iter().min_by(|a, b| a[1].total_cmp(&b[1]))?;
    let least = ratios.iter().rfind(|of| of[1] <= best[1] + IMPROBABLE)?;
    (noise(least[0]) >= LEAST * noise(best[0])).then(|| noise(best[0]))
}

#[cfg(test)]
mod tests {
    use rand::rngs::StdRng;
    use rand::{Rng, SeedableRng};

    use super::*;

    /// A complex number of variance 1.
    fn normal(rng: &mut StdRng) -> Complex64 {
        let (a, b): (f64, f64) = (rng.random(), rng.random());
        Complex64::from_polar((-(1.0 - a).ln()).sqrt(), std::f64::consts::TAU * b)
    }

    /// Waves of a square of one wavelength at receivers on a circle: the noise is found over four orders of magnitude, within the
    /// scatter of that many numbers. Without noise there is nothing but rounding.
    #[test]
    fn noise_on_the_waves_of_a_square() {
        let k = std::f64::consts::TAU;
        let nodes: Vec<[f64; 2]> =
            (0..400).map(|i| [(i % 20) as f64 / 20.0 - 0.475, (i / 20) as f64 / 20.0 - 0.475]).collect();
        let rows: Vec<Vec<Complex64>> = (0..40)
            .map(|r| {
                let (sin, cos) = (std::f64::consts::TAU * f64::from(r) / 40.0).sin_cos();
                let green = |p: &[f64; 2]| {
                    let distance = (2.0 * cos - p[0]).hypot(2.0 * sin - p[1]);
                    Complex64::from_polar(1.0 / distance.sqrt(), k * distance)
                };
                nodes.iter().map(green).collect()
            })
            .collect();
        let mut rng = StdRng::seed_from_u64(3);
        let shots = 8;
        let clean: Vec<Vec<Complex64>> = (0..shots)
            .map(|_| {
                let w: Vec<Complex64> = nodes.iter().map(|_| normal(&mut rng)).collect();
                rows.iter().map(|row| row.iter().zip(&w).map(|(g, w)| g * w).sum()).collect()
            })
            .collect();
        let size = (clean.iter().flatten().map(Complex64::norm_sqr).sum::<f64>() / (40.0 * 8.0)).sqrt();
        for relative in [1e-3, 0.01, 0.1, 1.0] {
            let noisy: Vec<Vec<Complex64>> = clean
                .iter()
                .map(|shot| shot.iter().map(|d| d + relative * size * normal(&mut rng)).collect())
                .collect();
            let found = (noise_of(&rows, &noisy).unwrap() / f64::from(shots)).sqrt() / size;
            // At least ten directions of 8 shots: a standard deviation of 6 % or less.
            assert!((found / relative - 1.0).abs() < 0.18, "{found} instead of {relative}");
        }
        let found = noise_of(&rows, &clean).map(|noise| (noise / f64::from(shots)).sqrt() / size);
        assert!(found.is_none_or(|found| found < 1e-5), "{found:?}");
    }

    /// Three receivers that see the region as well in every direction do not tell waves from noise.
    #[test]
    fn few_receivers_do_not_tell() {
        let unit = |k: usize| (0..3).map(|i| Complex64::from(f64::from(u8::from(i == k)))).collect();
        let rows: Vec<Vec<Complex64>> = (0..3).map(unit).collect();
        assert_eq!(noise_of(&rows, &vec![vec![Complex64::ONE; 3]; 8]), None);
    }
}
