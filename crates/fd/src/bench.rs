//! Timings of fixed cases, the same as those of the peers' scripts: 10 m, 1 ms, a Ricker wavelet of 8 Hz, velocity from
//! 1500 m/s at the top to 4500 m/s at the bottom, layers of 20 cells, 200 receivers, f32.

use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};

use crate::FdError;
use crate::time::{Boundary, Cpml, Medium, Mesh, Points, Propagator, Settings, Shot, Storage, Wanted};

const SPACING: f64 = 10.0;
const DT: f64 = 1e-3;
const FREQUENCY: f64 = 8.0;

/// What one case took.
///
/// # Units
/// s.
#[derive(Debug, Clone, Copy)]
pub struct Timing {
    /// Nodes (layers included) times steps times shots of a repeat, forward and backward counted once.
    pub points: usize,
    /// Time steps.
    pub steps: usize,
    /// Median wall-clock time of a repeat.
    pub wall_median: f64,
    /// Shortest wall-clock time.
    pub wall_min: f64,
    /// Median CPU time of all threads.
    pub cpu_median: f64,
    /// Least CPU time.
    pub cpu_min: f64,
}

/// One forward shot on a square of `size` nodes per side, on so many threads.
///
/// # Errors
/// [`FdError::StencilOrder`]; [`FdError::OutOfRange`] for no threads or fewer than two steps.
pub fn propagator(
    size: usize,
    order: usize,
    steps: usize,
    threads: usize,
    repeats: usize,
) -> Result<Timing, FdError> {
    forward(&[size, size], order, steps, threads, repeats)
}

/// One forward shot on a cube of `size` nodes per side.
///
/// # Errors
/// As [`propagator`].
pub fn propagator_3d(
    size: usize,
    order: usize,
    steps: usize,
    threads: usize,
    repeats: usize,
) -> Result<Timing, FdError> {
    forward(&[size; 3], order, steps, threads, repeats)
}

/// The gradient of a least-squares misfit on 300 x 900 nodes with 4 shots of 2000 steps, every 8th wavefield kept; the
/// data are of a medium with a block 300 m/s faster.
///
/// # Errors
/// As [`propagator`].
pub fn gradient(order: usize, threads: usize, repeats: usize) -> Result<Timing, FdError> {
    gradient_of([300, 900], 2000, order, threads, repeats)
}

fn gradient_of(
    shape: [usize; 2],
    steps: usize,
    order: usize,
    threads: usize,
    repeats: usize,
) -> Result<Timing, FdError> {
    let (mesh, vp) = medium(&shape)?;
    let [nz, nx] = shape;
    let mut truth = vp.clone();
    for z in nz / 2..nz * 3 / 5 {
        truth[z * nx + nx * 4 / 9..z * nx + nx * 5 / 9].iter_mut().for_each(|v| *v += 300.0);
    }
    let settings = settings(order, threads);
    let true_medium = Propagator::<f32>::new(&mesh, &settings, &Medium { vp: &truth, density: None })?;
    let start = Propagator::<f32>::new(&mesh, &settings, &Medium { vp: &vp, density: None })?;
    let line: Vec<[f64; 2]> =
        (0..200).map(|k| [((4 + k * (nx - 9) / 199) as f64) * SPACING, 3.0 * SPACING]).collect();
    let receivers = Points::new(&mesh, &line)?;
    let wavelet = ricker(steps);
    let sources =
        [100, 330, 560, 790].map(|x| Points::new(&mesh, &[[(x * nx / 900) as f64 * SPACING, 2.0 * SPACING]]));
    let mut shots = Vec::new();
    for source in sources {
        let source = source?;
        let observed = true_medium.forward(&Shot {
            sources: &source,
            wavelets: &wavelet,
            receivers: &receivers,
            steps,
        })?;
        shots.push((source, observed));
    }
    drop(true_medium);
    let wanted = Wanted { m: true, ..Wanted::default() };
    let storage = Storage::Snapshots { every: 8, half: false };
    timed(start.points() * steps * shots.len(), steps, repeats, || {
        let mut sum = vec![0.0_f32; mesh.len()];
        for (source, observed) in &shots {
            let shot = Shot { sources: source, wavelets: &wavelet, receivers: &receivers, steps };
            let residual = |d: &[f32]| Ok::<_, FdError>(d.iter().zip(observed).map(|(d, o)| d - o).collect());
            let gradient = start.gradient(&shot, &storage, wanted, residual)?;
            sum.iter_mut().zip(&gradient.m).for_each(|(sum, g)| *sum += g);
        }
        Ok(std::hint::black_box(sum).len())
    })
}

fn forward(
    shape: &[usize],
    order: usize,
    steps: usize,
    threads: usize,
    repeats: usize,
) -> Result<Timing, FdError> {
    let (mesh, vp) = medium(shape)?;
    let propagator =
        Propagator::<f32>::new(&mesh, &settings(order, threads), &Medium { vp: &vp, density: None })?;
    let across = shape[shape.len() - 1];
    let point = |x: usize, z: usize| -> Vec<f64> {
        let mut point = vec![(across / 2) as f64 * SPACING; shape.len()];
        point[0] = x as f64 * SPACING;
        point[shape.len() - 1] = z as f64 * SPACING;
        point
    };
    let sources = Points::new(&mesh, &[point(across / 2, 5)])?;
    let mut line: Vec<_> = (0..200).map(|k| point(2 + k * (across - 5) / 199, 6)).collect();
    if shape.len() == 3 {
        // Two rows, so that no two are at one place.
        (1..200).step_by(2).for_each(|k| line[k][1] += SPACING);
    }
    let receivers = Points::new(&mesh, &line)?;
    let wavelet = ricker(steps);
    let shot = Shot { sources: &sources, wavelets: &wavelet, receivers: &receivers, steps };
    timed(propagator.points() * steps, steps, repeats, || Ok(propagator.forward(&shot)?.len()))
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

fn timed(
    points: usize,
    steps: usize,
    repeats: usize,
    run: impl Fn() -> Result<usize, FdError>,
) -> Result<Timing, FdError> {
    let (mut wall, mut cpu) = (Vec::new(), Vec::new());
    for _ in 0..repeats.max(1) {
        let (started, before) = (Instant::now(), processor_time());
        std::hint::black_box(run()?);
        wall.push(started.elapsed().as_secs_f64());
        cpu.push(processor_time().saturating_sub(before).as_secs_f64());
    }
    wall.sort_by(f64::total_cmp);
    cpu.sort_by(f64::total_cmp);
    let middle = wall.len() / 2;
    let (wall_median, wall_min, cpu_median, cpu_min) = (wall[middle], wall[0], cpu[middle], cpu[0]);
    Ok(Timing { points, steps, wall_median, wall_min, cpu_median, cpu_min })
}

/// CPU time of all threads of this process.
fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_cases_run() {
        let timings = [
            propagator(40, 4, 10, 1, 2).unwrap(),
            propagator_3d(20, 8, 4, 1, 1).unwrap(),
            gradient_of([30, 90], 20, 4, 1, 1).unwrap(),
        ];
        assert_eq!(timings.map(|t| t.points), [80 * 80 * 10, 60 * 60 * 60 * 4, 70 * 130 * 20 * 4]);
        assert!(timings.iter().all(|t| t.wall_min > 0.0 && t.wall_median >= t.wall_min && t.cpu_min > 0.0));
    }
}
