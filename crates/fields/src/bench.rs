//! Timings of fixed cases, the same cases as in the peers' scripts.

use std::time::{Duration, Instant};

use burn::tensor::{Device, Tensor, TensorData};
use rustix::time::{ClockId, clock_gettime};

use crate::architecture::Architecture;
use crate::jet::{Jet, JetOrder};
use crate::network::Network;
use crate::optimizer::{Adam, At, Optimizer};

/// The timings of one case.
///
/// # Units
/// All times in s.
#[derive(Debug, Clone, Copy)]
pub struct Timing {
    /// Median wall-clock time of a repetition.
    pub wall_median: f64,
    /// Shortest wall-clock time.
    pub wall_min: f64,
    /// Median CPU time of all threads.
    pub cpu_median: f64,
    /// Shortest CPU time.
    pub cpu_min: f64,
}

/// Times one training step of a SIREN 2 -> 256 x 4 -> 2 on the Helmholtz residual u_xx + u_zz + k^2 u at
/// `points` points: jets of second order, mean square, backward, Adam.
///
/// Two warm-up steps precede the `repeats` timed steps, on a pool of `threads` threads; LibTorch uses as many threads
/// of its own.
///
/// # Panics
/// If the system cannot start the threads.
#[must_use]
pub fn training_step(points: usize, threads: usize, repeats: usize, device: &Device) -> Timing {
    training_step_sized((256, 4), points, threads, repeats, device)
}

/// [`training_step`] for a network of this width and number of layers.
///
/// # Panics
/// If the system cannot start the threads.
#[must_use]
pub fn training_step_sized(
    size: (usize, usize),
    points: usize,
    threads: usize,
    repeats: usize,
    device: &Device,
) -> Timing {
    let jets = |network: &Network, points| network.jets(points, JetOrder::Second);
    training_step_of(size, points, threads, repeats, device, jets)
}

/// [`training_step`] with the Laplacian as one stream, as a residual without PML allows.
///
/// # Panics
/// If the system cannot start the threads.
#[must_use]
pub fn training_step_laplacian(points: usize, threads: usize, repeats: usize, device: &Device) -> Timing {
    let jets = |network: &Network, points| network.jets(points, JetOrder::Laplacian);
    training_step_of((256, 4), points, threads, repeats, device, jets)
}

/// [`training_step`] with plain Burn operations.
///
/// # Panics
/// If the system cannot start the threads.
#[must_use]
pub fn training_step_reference(points: usize, threads: usize, repeats: usize, device: &Device) -> Timing {
    let jets = |network: &Network, points| network.jets_reference(points, JetOrder::Second);
    training_step_of((256, 4), points, threads, repeats, device, jets)
}

fn training_step_of(
    (width, layers): (usize, usize),
    points: usize,
    threads: usize,
    repeats: usize,
    device: &Device,
    jets: impl Fn(&Network, Tensor<2>) -> Jet + Send + Sync,
) -> Timing {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads start");
    crate::device::set_threads(threads);
    pool.install(|| {
        let mut network =
            Network::init(&Architecture::siren(width, layers, 2), 0, device).expect("the case is a network");
        // The low-discrepancy points of the peers' scripts.
        let values: Vec<f32> =
            (0..2 * points).map(|i| ((i as f64 * 0.754_877_666).fract() * 2.0 - 1.0) as f32).collect();
        let at = Tensor::<2>::from_data(TensorData::new(values, [points, 2]), device);
        let mut adam = Adam::default();
        let mut times = Vec::new();
        for _ in 0..repeats + 2 {
            let (wall, cpu) = (Instant::now(), processor_time());
            let jet = jets(&network, at.clone());
            let residual = jet.laplacian() + jet.value().mul_scalar(400.0);
            let loss = (residual.clone() * residual).mean().mul_scalar(1e-6);
            let mut gradients = loss.backward();
            let parameters = network.parameters();
            let gradients = parameters
                .iter()
                .map(|p| p.grad_remove(&mut gradients).expect("every parameter has a gradient"))
                .collect();
            let parameters = adam.step(At::new(1e-4, 0.0), parameters, gradients);
            network = network.with_parameters(parameters).expect("shapes do not change");
            times.push((wall.elapsed(), processor_time().saturating_sub(cpu)));
        }
        let mut wall: Vec<f64> = times[2..].iter().map(|time| time.0.as_secs_f64()).collect();
        let mut cpu: Vec<f64> = times[2..].iter().map(|time| time.1.as_secs_f64()).collect();
        wall.sort_by(f64::total_cmp);
        cpu.sort_by(f64::total_cmp);
        let middle = wall.len() / 2;
        Timing { wall_median: wall[middle], wall_min: wall[0], cpu_median: cpu[middle], cpu_min: cpu[0] }
    })
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
    fn the_case_runs() {
        let timing = training_step(30, 1, 3, &Device::flex());
        assert!(timing.wall_min > 0.0 && timing.wall_median >= timing.wall_min, "{timing:?}");
        assert!(timing.cpu_min > 0.0 && timing.cpu_median >= timing.cpu_min, "{timing:?}");
    }
}
