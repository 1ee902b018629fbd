//! Absorbing layers of every width.

use super::*;

/// Widths for which a layer of so many cells is stepped; beyond them layers only become smoother.
const WIDTHS: [usize; 9] = [1, 2, 3, 5, 6, 7, 8, 10, 16];

/// The largest pressure in each fifth of 20 000 steps after a source has emitted noise and an impulse of one sign, which
/// leaves a static field behind. The velocity jumps from node to node between 1 and 10 times the slowest, the step is 99 %
/// of the largest stable one, and the frequency is so low that the layer's alpha is the limit's own.
fn largest_pressures(order: usize, cells: usize, reflection: f64, density: bool, surface: bool) -> Vec<f32> {
    let mesh = Mesh::new(&[0.0, 0.0], &[10.0, 10.0], &[6, 6]).unwrap();
    let vp: Vec<f64> =
        random(mesh.len(), 5).iter().map(|r| 2000.0 * 10.0_f64.powf(0.5 * (r - 1.0))).collect();
    let rho: Vec<f64> = random(mesh.len(), 6).iter().map(|r| 1800.0 + 500.0 * r).collect();
    let medium = Medium { vp: &vp, density: density.then_some(&rho) };
    let cpml = Cpml { cells, frequency: 1e-3, reflection };
    let boundary = Boundary { cpml, free_surface: surface };
    let mut settings = Settings { order, dt: 1.0, boundary, threads: 1 };
    let Err(crate::FdError::UnstableStep { largest, .. }) = Propagator::<f32>::new(&mesh, &settings, &medium)
    else {
        panic!("a step of 1 s is stable")
    };
    settings.dt = 0.99 * largest;
    let propagator = Propagator::<f32>::new(&mesh, &settings, &medium).unwrap();
    let steps = 20_001;
    let point = Points::new(&mesh, &[[13.0, 24.0]]).unwrap();
    let mut wavelet: Vec<f32> = random(100, 4).iter().map(|v| *v as f32 + 0.5).collect();
    wavelet.resize(steps, 0.0);
    let nodes: Vec<[f64; 2]> = (0..36).map(|k| [f64::from(k % 6) * 10.0, f64::from(k / 6) * 10.0]).collect();
    let receivers = Points::new(&mesh, &nodes).unwrap();
    let shot = Shot { sources: &point, wavelets: &wavelet, receivers: &receivers, steps };
    let traces = propagator.forward(&shot).unwrap();
    let largest = |n: usize| {
        let pressures = traces.iter().skip(n).step_by(steps);
        pressures.fold(0.0, |m: f32, p| if p.is_nan() { f32::INFINITY } else { m.max(p.abs()) })
    };
    let pressures: Vec<f32> = (200..steps).step_by(200).map(largest).collect();
    pressures.chunks(20).map(|fifth| fifth.iter().copied().fold(0.0, f32::max)).collect()
}

/// Nothing grows in a layer of any width and any order, in 20 000 steps: the waves have left in the first fifth of them, and
/// what is left in the second is not exceeded by half afterwards, as it would be by a growth of 4e-5 a step.
#[test]
fn every_width_is_stable() {
    for order in [2, 4, 6, 8, 12] {
        for cells in WIDTHS {
            for (reflection, density, surface) in
                [(1e-8, false, false), (1e-16, false, true), (1e-8, true, false)]
            {
                if density && cells > 8 {
                    continue;
                }
                let fifths = largest_pressures(order, cells, reflection, density, surface);
                assert!(
                    fifths[2..].iter().all(|later| *later <= 1.5 * fifths[1]),
                    "order {order}, {cells} cells, reflection {reflection:e}, density {density}: {fifths:?}"
                );
            }
        }
    }
}
