//! Timings of fixed cases, the same cases as in the peers' scripts. All have 10 m, 1 ms, an 8 Hz Ricker wavelet,
//! velocity from 1500 m/s at the top to 4500 m/s at the bottom, layers of 20 cells, 200 receivers, and f32.

use crate::FdError;
use crate::program;
use crate::time::{Boundary, Cpml, Mesh, Points, Settings, Storage};

const SPACING: f64 = 10.0;
const DT: f64 = 1e-3;
const FREQUENCY: f64 = 8.0;

/// Where a case runs.
#[derive(Debug, Clone, Copy)]
pub struct On<'a> {
    /// Threads of the processor.
    pub threads: usize,
    /// What steps the waves.
    pub device: &'a program::WaveDevice,
}

/// A case, ready to be run as often as it is timed.
pub struct Case {
    /// Nodes (layers included) times steps times shots of one run. Forward and backward propagation are counted once.
    pub points: usize,
    run: Box<dyn FnMut() -> Result<Vec<f32>, FdError> + Send>,
}

impl Case {
    fn new(points: usize, run: impl FnMut() -> Result<Vec<f32>, FdError> + Send + 'static) -> Self {
        Self { points, run: Box::new(run) }
    }

    /// Runs the case once.
    ///
    /// # Errors
    /// [`FdError`] if the case cannot be run.
    pub fn run(&mut self) -> Result<(), FdError> {
        std::hint::black_box((self.run)()?);
        Ok(())
    }

    /// What the case computes, traces or a gradient: the largest difference from another case, over the largest value of that.
    ///
    /// # Errors
    /// [`FdError`] if one of them cannot be run.
    pub fn difference(&mut self, other: &mut Self) -> Result<f64, FdError> {
        let (own, other) = ((self.run)()?, (other.run)()?);
        let largest = other.iter().fold(0.0_f64, |m, v| m.max(f64::from(v.abs())));
        let pairs = own.iter().zip(&other);
        let apart = pairs.fold(0.0_f64, |m, (a, b)| {
            // What is not a number differs as much as can be.
            let d = (f64::from(*a) - f64::from(*b)).abs();
            if d.is_nan() { f64::INFINITY } else { m.max(d) }
        });
        Ok(apart / largest.max(f64::MIN_POSITIVE))
    }
}

/// One forward shot of a system of the catalogue on a square or a cube.
///
/// # Errors
/// [`FdError::Device`];
/// [`FdError::StencilOrder`]; [`FdError::OutOfRange`] for no threads or fewer than two steps; [`FdError::NoField`] for a
/// system that is not in the catalogue.
pub fn system(name: &str, shape: &[usize], order: usize, steps: usize, on: On<'_>) -> Result<Case, FdError> {
    let (mesh, vp) = medium(shape)?;
    let own = Parameters::of(&vp);
    let propagator = waves(name, &mesh, (order, on), &own)?;
    let across = shape[shape.len() - 1];
    let (sources, receivers) = (Points::new(&mesh, &[point(shape, across / 2, 5)])?, line(&mesh, shape)?);
    let wavelet = ricker(steps);
    let [given, unknown] = ends(name);
    Ok(Case::new(propagator.points() * steps, move || {
        let sources = vec![program::Source::new(given, &sources, &wavelet)];
        let receivers = vec![program::Receivers { unknown, points: &receivers }];
        Ok(propagator.forward(&program::Shot { sources, receivers, steps })?.concat())
    }))
}

/// The gradient of a system by all its parameters on 300 x 900 nodes with 4 shots of 2000 steps and every eighth step stored.
/// The data come from a medium with a block that is 300 m/s faster.
///
/// # Errors
/// As [`system`].
pub fn gradient(name: &str, order: usize, on: On<'_>) -> Result<Case, FdError> {
    gradient_of(name, [300, 900], 2000, (order, on))
}

fn gradient_of(
    name: &str,
    shape: [usize; 2],
    steps: usize,
    numerics: (usize, On<'_>),
) -> Result<Case, FdError> {
    let (mesh, vp) = medium(&shape)?;
    let [nz, nx] = shape;
    let mut truth = vp.clone();
    for z in nz / 2..nz * 3 / 5 {
        truth[z * nx + nx * 4 / 9..z * nx + nx * 5 / 9].iter_mut().for_each(|v| *v += 300.0);
    }
    let (start, truth) = (Parameters::of(&vp), Parameters::of(&truth));
    let declared = declared(name, 2)?;
    let wanted: Vec<String> = declared.parameters.iter().map(|symbol| symbol.name.clone()).collect();
    let true_medium = waves(name, &mesh, numerics, &truth)?;
    let propagator = waves(name, &mesh, numerics, &start)?;
    let at: Vec<[f64; 2]> =
        (0..200).map(|k| [((4 + k * (nx - 9) / 199) as f64) * SPACING, 3.0 * SPACING]).collect();
    let receivers = Points::new(&mesh, &at)?;
    let wavelet = ricker(steps);
    let [given, unknown] = ends(name);
    let mut shots = Vec::new();
    for x in [100, 330, 560, 790] {
        let source = Points::new(&mesh, &[[(x * nx / 900) as f64 * SPACING, 2.0 * SPACING]])?;
        let sources = vec![program::Source::new(given, &source, &wavelet)];
        let recorders = vec![program::Receivers { unknown, points: &receivers }];
        let observed = true_medium.forward(&program::Shot { sources, receivers: recorders, steps })?;
        shots.push((source, observed));
    }
    drop(true_medium);
    let storage = Storage::Snapshots { every: 8, half: false };
    Ok(Case::new(propagator.points() * steps * shots.len(), move || {
        let mut sum = vec![0.0; mesh.len()];
        let wanted: Vec<&str> = wanted.iter().map(String::as_str).collect();
        for (source, observed) in &shots {
            let sources = vec![program::Source::new(given, source, &wavelet)];
            let recorders = vec![program::Receivers { unknown, points: &receivers }];
            let shot = program::Shot { sources, receivers: recorders, steps };
            let residual = |d: &[Vec<f32>]| {
                let apart = |(d, o): (&Vec<f32>, &Vec<f32>)| d.iter().zip(o).map(|(d, o)| d - o).collect();
                Ok::<_, FdError>(d.iter().zip(observed).map(apart).collect())
            };
            let derivatives = propagator.gradient(&shot, &wanted[..], &storage, residual)?;
            sum.iter_mut().zip(&derivatives.parameters[0]).for_each(|(sum, g)| *sum += g);
        }
        Ok(sum.into_iter().map(|g: f64| g as f32).collect())
    }))
}

/// The parameters of all systems: vs is vp / 1.8, the density 2000 kg/m^3.
struct Parameters(Vec<(&'static str, Vec<f64>)>);

impl Parameters {
    fn of(vp: &[f64]) -> Self {
        let uniform = |value: f64| vec![value; vp.len()];
        Self(vec![
            ("vp", vp.to_vec()),
            ("vs", vp.iter().map(|vp| vp / 1.8).collect()),
            ("rho", uniform(2000.0)),
            ("epsilon", uniform(0.2)),
            ("delta", uniform(0.1)),
            ("gamma", uniform(0.1)),
            ("Q", uniform(50.0)),
        ])
    }
}

/// The given field of the source and the unknown of the receivers.
fn ends(name: &str) -> [&'static str; 2] {
    match name {
        "acoustic" | "acoustic_vti" => ["f", "p"],
        "acoustic_density" | "viscoacoustic" => ["q", "p"],
        "sh" => ["f", "v"],
        _ => ["q", "s_xx"],
    }
}

fn declared(name: &str, dims: usize) -> Result<pde::System, FdError> {
    pde::system(name, pde::Dimension::ALL[dims - 1]).ok_or_else(|| FdError::NoField {
        what: "system",
        found: name.to_owned(),
        known: pde::systems().iter().map(|row| row.name.to_owned()).collect(),
    })
}

fn waves(
    name: &str,
    mesh: &Mesh,
    (order, on): (usize, On<'_>),
    parameters: &Parameters,
) -> Result<program::Propagator<f32>, FdError> {
    let declared = declared(name, mesh.dims())?;
    let used = parameters.0.iter().filter(|(name, _)| declared.parameters.iter().any(|s| s.name == *name));
    let parameters = used.map(|(name, values)| (*name, &values[..])).collect();
    let viscous = declared.given.iter().any(|symbol| symbol.name == "rate");
    let numbers = if viscous { vec![("rate", std::f64::consts::TAU * FREQUENCY)] } else { Vec::new() };
    let properties = program::Properties { parameters, numbers };
    program::Propagator::new(&declared, mesh, &settings(order, on.threads), &properties)?.on(on.device, 1)
}

fn point(shape: &[usize], x: usize, z: usize) -> Vec<f64> {
    let across = shape[shape.len() - 1];
    let mut point = vec![(across / 2) as f64 * SPACING; shape.len()];
    point[0] = x as f64 * SPACING;
    point[shape.len() - 1] = z as f64 * SPACING;
    point
}

/// The receivers.
fn line(mesh: &Mesh, shape: &[usize]) -> Result<Points, FdError> {
    let across = shape[shape.len() - 1];
    let mut line: Vec<_> = (0..200).map(|k| point(shape, 2 + k * (across - 5) / 199, 6)).collect();
    if shape.len() == 3 {
        // Two rows, so that no two points coincide.
        (1..200).step_by(2).for_each(|k| line[k][1] += SPACING);
    }
    Points::new(mesh, &line)
}

fn medium(shape: &[usize]) -> Result<(Mesh, Vec<f64>), FdError> {
    let dims = shape.len();
    let mesh = Mesh::new(&vec![0.0; dims], &vec![SPACING; dims], shape)?;
    let plane = mesh.len() / shape[0];
    let vp = (0..mesh.len()).map(|i| 1500.0 + 3000.0 * (i / plane) as f64 / (shape[0] - 1) as f64).collect();
    Ok((mesh, vp))
}

fn settings(order: usize, threads: usize) -> Settings {
    let cpml = Cpml { cells: 20, frequency: FREQUENCY, reflection: 1e-8 };
    Settings { order, dt: DT, boundary: Boundary { cpml, free_surface: false }, threads }
}

fn ricker(steps: usize) -> Vec<f32> {
    (0..steps)
        .map(|n| {
            let a = (std::f64::consts::PI * (FREQUENCY * n as f64 * DT - 1.5)).powi(2);
            ((1.0 - 2.0 * a) * (-a).exp()) as f32
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_cases_run() {
        let on = On { threads: 1, device: &program::WaveDevice::default() };
        let mut cases = [
            system("acoustic", &[40, 40], 4, 10, on).unwrap(),
            system("acoustic", &[20, 20, 20], 8, 4, on).unwrap(),
            gradient_of("acoustic", [30, 90], 20, (4, on)).unwrap(),
        ];
        assert_eq!(
            cases.each_ref().map(|case| case.points),
            [80 * 80 * 10, 60 * 60 * 60 * 4, 70 * 130 * 20 * 4]
        );
        cases.iter_mut().for_each(|case| case.run().unwrap());
        let mut faster = system("acoustic", &[40, 40], 2, 10, on).unwrap();
        assert_eq!(cases[0].difference(&mut system("acoustic", &[40, 40], 4, 10, on).unwrap()).unwrap(), 0.0);
        assert!(cases[0].difference(&mut faster).unwrap() >= 0.0);
    }
}
