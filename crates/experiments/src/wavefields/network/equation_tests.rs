//! The residual that a network minimises, on the fields of finite differences and inside a source.

use fields::{Evaluation, PointResidual, wavefield::Channels};
use num_complex::Complex64;
use pde::MultiIndex;

use super::settings::Network;
use crate::wavefields::finite_differences;
use crate::wavefields::problem::WavefieldProblem;
use crate::wavefields::tests::problem;
use fwi::harmonic_equation::HarmonicEquation;
use fwi::harmonic_medium::HarmonicMedium;

/// Value, d/dx and d/dz of v_x, v_z and p.
type Jets = [[Complex64; 3]; 3];

const DENSITY: &str = "{\"gardner\": {\"factor\": 1e-3, \"exponent\": 2.0}}";

const ATTENUATION: &str =
    "{\"quality\": {\"layers\": {\"tops\": [50], \"values\": [20, 40]}}, \"reference_frequency\": 3}";

fn with_density(problem: &WavefieldProblem, density: &str) -> WavefieldProblem {
    let density = Some(serde_json::from_str(density).unwrap());
    WavefieldProblem { medium: HarmonicMedium { density, ..problem.medium.clone() }, ..problem.clone() }
}

fn with_attenuation(problem: &WavefieldProblem) -> WavefieldProblem {
    let attenuation = Some(serde_json::from_str(ATTENUATION).unwrap());
    WavefieldProblem { medium: HarmonicMedium { attenuation, ..problem.medium.clone() }, ..problem.clone() }
}

/// The largest residual of the equation of volume relative to its largest term with the pressure, and that of its source
/// alone, for fields `[source][point]`.
fn residual(problem: &WavefieldProblem, points: &[[f64; 2]], jets: &[Vec<Jets>]) -> [f64; 2] {
    let settings = "{\"network\": {\"width\": 4, \"layers\": 1}, \"form\": \"total\", \"optimizer\": {\"lbfgs\": {}}, \"steps\": 1}";
    let settings: Network = serde_json::from_str(settings).unwrap();
    let equation = settings.equation(problem).unwrap();
    let HarmonicEquation::System(system) = &equation else { panic!("there is a density") };
    let (count, sources) = (points.len(), jets.len());
    let mut values = Vec::new();
    for stream in 0..3 {
        let unit = if stream == 0 { 1.0 } else { problem.frame().length };
        for point in 0..count {
            for source in jets {
                for (field, unknown) in source[point].iter().zip(system.scales()) {
                    let value = field[stream] * unit / unknown;
                    values.extend([value.re as f32, value.im as f32]);
                }
            }
        }
    }
    let zero = Evaluation::of_values(vec![0.0; values.len()], count, sources * 6);
    let u = Evaluation::of_values(values, count, sources * 6);
    let at_points = Network::in_medium(&equation, problem, points).unwrap();
    let fields = settings.outputs(problem).fields;
    // The coefficient of the pressure is 1.
    let pressures = (0..sources * count).map(|k| fields.at(&u, 0, k % count, k / count * 3 + 2).norm());
    let largest = pressures.fold(0.0, f32::max);
    [&u, &zero].map(|u| {
        let rows = at_points.residual(u, fields);
        let of_volume = rows.iter().skip(2).step_by(3).flatten();
        f64::from(of_volume.fold(0.0, |most: f32, r| most.max(r.norm())) / largest)
    })
}

/// The jets of finite differences at points for a density, by central differences.
fn solved(problem: &WavefieldProblem, density: &str, centres: &[[f64; 2]]) -> Vec<Vec<Jets>> {
    let h = 10.0;
    let grid = fd::Grid::with_spacing(&problem.grid.domain(), h).unwrap();
    let around = |c: &[f64; 2]| {
        [[0.0, 0.0], [-h, 0.0], [h, 0.0], [0.0, -h], [0.0, h]].map(|[x, z]| [c[0] + x, c[1] + z])
    };
    let points = centres.iter().flat_map(around).collect();
    let problem = WavefieldProblem { points, ..with_density(problem, density) };
    let p = finite_differences::fields(&problem, &grid, 2, &mut |_| {}).unwrap();
    let velocity = problem.velocity.pointwise(&problem.grid).unwrap();
    let jets = |p: &[Complex64], [x, z]: [f64; 2]| {
        let [rho, by_velocity] = problem.medium.density(velocity([x, z].into()));
        let slope = by_velocity * (velocity([x, z + h].into()) - velocity([x, z - h].into())) / (2.0 * h);
        let first = [(p[2] - p[1]) / (2.0 * h), (p[4] - p[3]) / (2.0 * h)];
        let second = [1, 3].map(|k| (p[k] - 2.0 * p[0] + p[k + 1]) / (h * h));
        let (factor, zero) = (Complex64::I / (problem.omega * rho), Complex64::ZERO);
        let along_z = factor * (second[1] - slope * first[1] / rho);
        [
            [factor * first[0], factor * second[0], zero],
            [factor * first[1], zero, along_z],
            [p[0], first[0], first[1]],
        ]
    };
    p.iter().map(|p| p.chunks(5).zip(centres).map(|(p, at)| jets(p, *at)).collect()).collect()
}

/// The residual that a network minimises vanishes on the field of finite differences in a medium of variable density, and
/// not with another density; the same with attenuation, that differs above and below. The differences leave `(k h)^2 / 12` of a term, 2e-4.
#[test]
fn finite_differences_solve_the_equation() {
    let gradient = serde_json::json!({"gradient": {"top": 800.0, "bottom": 1400.0}});
    let mut problem = problem();
    problem.velocity.choice = serde_json::from_value(gradient).unwrap();
    problem.velocity.choice.place([-1000.0, 1000.0], [-1000.0, 1000.0]);
    let apart = [[200.0, 250.0], [-100.0, 300.0], [0.0, -350.0], [-300.0, -300.0]];
    let jets = solved(&problem, DENSITY, &apart);
    let [right, source] = residual(&with_density(&problem, DENSITY), &apart, &jets);
    assert!(right < 1e-3 && source == 0.0, "{right} {source}");
    let [wrong, _] = residual(&with_density(&problem, "{\"gardner\": {}}"), &apart, &jets);
    assert!(wrong > 0.05, "{wrong}");
    let lossy = with_attenuation(&problem);
    let jets = solved(&lossy, DENSITY, &apart);
    let [right, _] = residual(&with_density(&lossy, DENSITY), &apart, &jets);
    let [wrong, _] = residual(&with_density(&problem, DENSITY), &apart, &jets);
    assert!(right < 1e-3 && wrong > 0.02, "{right} {wrong}");
}

/// Inside a source in a uniform medium, `lap p = rho f - k^2 p` whatever p is; the residual of volume vanishes then, to the
/// rounding of single precision.
#[test]
fn sources_are_those_of_constant_density() {
    let mut problem = with_density(&problem(), DENSITY);
    problem.velocity.choice =
        serde_json::from_value(serde_json::json!({"uniform": {"velocity": 1000.0}})).unwrap();
    let points = [[-300.0, 0.0], [-280.0, 15.0]];
    let background = |_: fd::Point| problem.background;
    let environment = problem.environment(&background);
    let rho = problem.medium.density(1000.0)[0];
    let jets = |source: usize, at: &[f64; 2]| {
        let f = environment.value(problem.omega, source, "f", &MultiIndex::ZERO, at).unwrap();
        let p = Complex64::new(0.7, -0.4) * problem.scale();
        let laplacian = rho * f - problem.wavenumber().powi(2) * p;
        let (factor, zero) = (Complex64::I / (problem.omega * rho), Complex64::ZERO);
        [[zero, factor * laplacian, zero], [zero; 3], [p, zero, zero]]
    };
    let jets: Vec<Vec<Jets>> = (0..2).map(|s| points.iter().map(|at| jets(s, at)).collect()).collect();
    let [right, source] = residual(&problem, &points, &jets);
    assert!(source > 1.0 && right < 1e-6 * source, "{right} {source}");
}
