//! Exact solutions and identities of waves.

use super::*;

const VELOCITY: f64 = 2000.0;
const FREQUENCY: f64 = 10.0;

/// A uniform square or cube around the origin with nodes -half..=half along each axis.
fn box_around(dims: usize, half: usize, h: f64) -> Mesh {
    let lo = -(half as f64) * h;
    Mesh::new(&vec![lo; dims], &vec![h; dims], &vec![2 * half + 1; dims]).unwrap()
}

fn settings(order: usize, dt: f64, cells: usize) -> Settings {
    let cpml = Cpml { cells, frequency: FREQUENCY, reflection: 1e-8 };
    Settings { order, dt, boundary: Boundary { cpml, free_surface: false }, threads: 1 }
}

fn run(
    mesh: &Mesh,
    settings: &Settings,
    vp: &[f64],
    source: &[f64],
    receiver: &[f64],
    wavelet: &[f64],
) -> Vec<f64> {
    let propagator = Propagator::new(mesh, settings, &Medium { vp, density: None }).unwrap();
    let [sources, receivers] = [source, receiver].map(|point| Points::new(mesh, &[point]).unwrap());
    let shot = Shot { sources: &sources, wavelets: wavelet, receivers: &receivers, steps: wavelet.len() };
    propagator.forward(&shot).unwrap()
}

fn largest(values: impl IntoIterator<Item = f64>) -> f64 {
    values.into_iter().map(f64::abs).fold(0.0, f64::max)
}

/// Waves that meet a layer of 20 cells head on come back with less than 1e-3 of their amplitude, in every dimension and
/// order. Reference: the same source in a mesh so large that nothing comes back in time; amplitude of a full reflection:
/// the exact wave at the length of the reflected path. Order 2 wants the gentler profile of 1e-5.
#[test]
fn reflection_at_normal_incidence() {
    for (dims, order) in [(1, 2), (1, 8), (2, 2), (2, 4), (2, 8), (2, 12), (3, 4)] {
        let (h, dt, steps) = (15.0, 2e-3, 230);
        let wavelet = ricker(FREQUENCY, dt, steps);
        let vp = |mesh: &Mesh| vec![VELOCITY; mesh.len()];
        // Source 8 cells and receiver 4 cells from the edge of a mesh; the path of a reflection is 12 cells.
        let (small, large) = (box_around(dims, 8, h), box_around(dims, if dims == 3 { 24 } else { 40 }, h));
        let steps = if dims == 3 { 150 } else { steps };
        let mut receiver = vec![0.0; dims];
        receiver[0] = 4.0 * h;
        let record = |mesh: &Mesh, cells| {
            let mut settings = settings(order, dt, cells);
            settings.boundary.cpml.reflection = if order == 2 { 1e-5 } else { 1e-8 };
            run(mesh, &settings, &vp(mesh), &vec![0.0; dims], &receiver, &wavelet[..steps])
        };
        let (with_layer, without) = (record(&small, 20), record(&large, 20));
        let back = largest(with_layer.iter().zip(&without).map(|(a, b)| a - b));
        let s = |t: f64| ricker_at(FREQUENCY, t);
        let full = largest((0..steps).map(|n| point_source(dims, VELOCITY, 12.0 * h, n as f64 * dt, s)));
        assert!(back < 1e-3 * full, "{dims}-D, order {order}: {:e}", back / full);
    }
}

/// At 70 degrees less than 1e-2 comes back: source and receiver 8 cells from the layer and 16 tan 70 apart along it.
#[test]
fn reflection_at_seventy_degrees() {
    for order in [2, 4, 8, 12] {
        let (h, dt, steps) = (15.0, 2e-3, 400);
        let wavelet = ricker(FREQUENCY, dt, steps);
        let offset = 16.0 * 70.0_f64.to_radians().tan();
        let record = |above: usize, beside: usize, below: usize, cells| {
            let mesh = Mesh::new(
                &[-(beside as f64) * h, -(above as f64) * h],
                &[h, h],
                &[above + below + 1, 44 + 2 * beside],
            )
            .unwrap();
            let vp = vec![VELOCITY; mesh.len()];
            run(&mesh, &settings(order, dt, cells), &vp, &[0.0, 0.0], &[offset * h, 0.0], &wavelet)
        };
        let (with_layer, without) = (record(8, 60, 60, 20), record(60, 60, 60, 20));
        let back = largest(with_layer.iter().zip(&without).map(|(a, b)| a - b));
        let path = h * offset.hypot(16.0);
        let s = |t: f64| ricker_at(FREQUENCY, t);
        let full = largest((0..steps).map(|n| point_source(2, VELOCITY, path, n as f64 * dt, s)));
        assert!(back < 1e-2 * full, "order {order}: {:e}", back / full);
    }
}

/// With the source silent, energy does not grow in 20 000 steps at 99 % of the largest stable step, in rough media of both
/// densities, with layers and a free surface.
#[test]
fn energy_does_not_grow() {
    for (dims, order, density, surface) in [
        (1, 12, true, false),
        (2, 2, false, true),
        (2, 4, true, true),
        (2, 8, false, false),
        (2, 8, true, false),
    ] {
        let mut case = Case::new(dims, order, density, surface);
        let wide = Mesh::new(&[0.0, 0.0][..dims], &[10.0, 10.0][..dims], &[24, 20][..dims]).unwrap();
        let fastest = case.vp.iter().copied().fold(0.0, f64::max);
        case.vp.truncate(wide.len());
        if let Some(rho) = &mut case.rho {
            rho.truncate(wide.len());
        }
        case.settings.boundary.cpml = Cpml { cells: 10, frequency: 15.0, reflection: 1e-6 };
        case.settings.dt = 0.99 * largest_stable_step(&wide, order, fastest);
        if density {
            let medium = Medium { vp: &case.vp, density: case.rho.as_deref() };
            case.settings.dt = 1.0;
            let Err(crate::FdError::UnstableStep { largest, .. }) =
                Propagator::<f64>::new(&wide, &case.settings, &medium)
            else {
                panic!("a step of 1 s is stable")
            };
            case.settings.dt = 0.99 * largest;
        }
        case.mesh = wide;
        let steps = 20_001;
        let point = Points::new(&case.mesh, &[&[110.0, 113.0][..dims]]).unwrap();
        let mut wavelet = random(100, 4);
        wavelet.resize(steps, 0.0);
        let nodes: Vec<Vec<f64>> =
            (0..60).map(|k| [k as f64 * 23.0 % 190.0, k as f64 * 37.0 % 230.0][..dims].to_vec()).collect();
        let receivers = Points::new(&case.mesh, &nodes).unwrap();
        let shot = Shot { sources: &point, wavelets: &wavelet, receivers: &receivers, steps };
        let traces = case.propagator().forward(&shot).unwrap();
        let energy = |n: usize| norm(&traces.iter().skip(n).step_by(steps).copied().collect::<Vec<_>>());
        let energies: Vec<f64> = (0..steps).step_by(50).map(energy).collect();
        // The pressure alone oscillates; its largest value in every 5000 steps does not grow.
        let largest: Vec<f64> =
            energies.chunks(100).map(|part| part.iter().copied().fold(0.0, f64::max)).collect();
        assert!(largest.windows(2).all(|pair| pair[1] <= pair[0]), "{}: {largest:?}", case.name());
    }
}

/// A free surface is the same discrete problem as a mesh twice as high with an image source of opposite sign: equal to
/// rounding, sources and receivers between nodes and close to the surface included.
#[test]
fn free_surface_and_image_source() {
    for (order, density) in [(2, false), (8, false), (4, true), (12, true)] {
        let (n, depth) = (30, 24);
        let half = Mesh::new(&[0.0, 0.0], &[10.0, 10.0], &[depth, n]).unwrap();
        let whole = Mesh::new(&[0.0, -230.0], &[10.0, 10.0], &[2 * depth - 1, n]).unwrap();
        let vp: Vec<f64> = random(half.len(), 1).iter().map(|r| 2000.0 + 300.0 * r).collect();
        let rho: Vec<f64> = random(half.len(), 2).iter().map(|r| 2000.0 + 500.0 * r).collect();
        let mirrored = |m: &[f64]| -> Vec<f64> {
            (0..2 * depth - 1).flat_map(|z| m[z.abs_diff(depth - 1) * n..][..n].to_vec()).collect()
        };
        let wavelet = random(150, 3);
        let record =
            |mesh: &Mesh, vp: &[f64], rho: &[f64], surface, sources: &[[f64; 2]], wavelets: &[f64]| {
                let cpml = Cpml { cells: 8, frequency: 15.0, reflection: 1e-4 };
                let boundary = Boundary { cpml, free_surface: surface };
                let settings = Settings { order, dt: 1e-3, boundary, threads: 1 };
                let medium = Medium { vp, density: density.then_some(rho) };
                let propagator = Propagator::new(mesh, &settings, &medium).unwrap();
                let sources = Points::new(mesh, sources).unwrap();
                let receivers = Points::new(mesh, &[[33.0, 17.0], [201.0, 100.0], [150.0, 4.0]]).unwrap();
                propagator
                    .forward(&Shot { sources: &sources, wavelets, receivers: &receivers, steps: 150 })
                    .unwrap()
            };
        let surface = record(&half, &vp, &rho, true, &[[123.0, 14.0]], &wavelet);
        let opposite: Vec<f64> = wavelet.iter().map(|s| -s).collect();
        let image = record(
            &whole,
            &mirrored(&vp),
            &mirrored(&rho),
            false,
            &[[123.0, 14.0], [123.0, -14.0]],
            &[wavelet.clone(), opposite].concat(),
        );
        let error = relative(&surface, &image);
        assert!(error < 1e-11, "order {order}, density {density}: {error:e}");
    }
}

/// Source and receiver can be exchanged. Without layers the discrete equation is symmetric, so this holds to
/// rounding. Layers are not symmetric, and reciprocity holds as far as they do not reflect: 1e-3.
#[test]
fn reciprocity() {
    for (order, cells, limit) in [(4, 0, 1e-11), (8, 0, 1e-11), (4, 20, 1e-3), (8, 20, 1e-3)] {
        let mesh = Mesh::new(&[0.0, 0.0], &[10.0, 12.0], &[30, 35]).unwrap();
        let vp: Vec<f64> = random(mesh.len(), 1).iter().map(|r| 2000.0 + 300.0 * r).collect();
        let wavelet = ricker(20.0, 1e-3, 400);
        let settings = Settings { order, dt: 1e-3, ..settings(order, 1e-3, cells) };
        let (a, b) = ([73.0, 51.0], [280.0, 222.0]);
        let forth = run(&mesh, &settings, &vp, &a, &b, &wavelet);
        let back = run(&mesh, &settings, &vp, &b, &a, &wavelet);
        let error = relative(&forth, &back);
        assert!(error < limit, "order {order}, {cells} cells: {error:e}");
    }
}

/// A node whose velocity changes by dv scatters `2 dv / v^3 h^3 d2/dt2` of the wave that reaches it: in 3-D
/// `s''(t - (r1 + r2)/v) / (16 pi^2 r1 r2)` at a receiver. Order 8 at 13 points per wavelength: within 2 %, most of it
/// the second order in time.
#[test]
fn point_scatterer() {
    let (h, dt, steps, n) = (15.0, 1e-3, 420, 15);
    let mesh = box_around(3, n, h);
    let wavelet = ricker(FREQUENCY, dt, steps);
    let propagator = Propagator::new(
        &mesh,
        &settings(8, dt, 12),
        &Medium { vp: &vec![VELOCITY; mesh.len()], density: None },
    )
    .unwrap();
    let (a, b) = ([-150.0, 0.0, -60.0], [75.0, 135.0, 30.0]);
    let [sources, receivers] = [a, b].map(|point| Points::new(&mesh, &[point]).unwrap());
    let shot = Shot { sources: &sources, wavelets: &wavelet, receivers: &receivers, steps };
    let mut dm = vec![0.0; mesh.len()];
    // A change of velocity of 1 m/s.
    dm[mesh.index([n; 3])] = -2.0 / VELOCITY.powi(3);
    let born = propagator.born(&shot, &dm, None).unwrap();
    let [r1, r2] = [a, b].map(|p: [f64; 3]| p.iter().map(|x| x * x).sum::<f64>().sqrt());
    let strength = 2.0 / VELOCITY.powi(3) * h.powi(3) / (16.0 * std::f64::consts::PI.powi(2) * r1 * r2);
    let s = |t: f64| ricker_at(FREQUENCY, t);
    let exact: Vec<f64> = (0..steps)
        .map(|k| {
            let t = k as f64 * dt - (r1 + r2) / VELOCITY;
            strength * (s(t + 1e-4) - 2.0 * s(t) + s(t - 1e-4)) / 1e-8
        })
        .collect();
    let error = relative(&born, &exact);
    assert!(error < 0.02, "{error:e}");
}
