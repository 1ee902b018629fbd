//! The order of stepping, threads, instruction sets and storage change results only by rounding.

use super::*;
use crate::FdError;

fn gradient(case: &Case, storage: Storage) -> Gradient<f64> {
    let d = random(case.receivers.len() * case.steps, 5);
    let wanted = Wanted { m: true, density: case.rho.is_some(), wavelet: true, illumination: true };
    case.propagator().gradient(&case.shot(), &storage, wanted, |_| Ok::<_, FdError>(d)).unwrap()
}

fn some() -> impl Iterator<Item = Case> {
    Case::all().filter(|case| [4, 8].contains(&case.settings.order) || case.mesh.dims() == 3)
}

/// Time-blocked equals unblocked bit for bit: data and gradient.
#[test]
fn blocking_changes_no_bit() {
    for mut case in some() {
        case.blocking = Some(Blocking { steps: 1, planes: 1000 });
        let plain = gradient(&case, Storage::All);
        for (steps, planes) in [(4, 5), (7, 3), (8, 16)] {
            case.blocking = Some(Blocking { steps, planes });
            assert_eq!(gradient(&case, Storage::All), plain, "{}", case.name());
        }
    }
}

/// Layers stepped in the interior's pass or after it: data and gradient agree to rounding.
#[test]
fn fused_layers_change_rounding_only() {
    for case in some().filter(|case| case.mesh.dims() == 2 && case.rho.is_none()) {
        let run = |fused: bool| {
            let mut propagator = case.propagator();
            for slab in &mut propagator.slabs {
                assert!(slab.op.fused);
                slab.op.fused = fused;
            }
            let d = random(case.receivers.len() * case.steps, 5);
            let wanted = Wanted { m: true, ..Wanted::default() };
            propagator.gradient(&case.shot(), &Storage::All, wanted, |_| Ok::<_, FdError>(d)).unwrap()
        };
        let (fused, apart) = (run(true), run(false));
        let errors = [relative(&fused.synthetic, &apart.synthetic), relative(&fused.m, &apart.m)];
        assert!(errors.iter().all(|e| *e < 1e-12), "{}: {errors:?}", case.name());
    }
}

/// The second of two equal shots, in the memory that the first left, gives the same bits.
#[test]
fn memory_of_an_earlier_shot_changes_no_bit() {
    let case = Case::new(2, 4, false, true);
    let propagator = case.propagator();
    let run = || {
        let wanted = Wanted { m: true, ..Wanted::default() };
        let shot = case.shot();
        propagator.gradient(&shot, &Storage::All, wanted, |d| Ok::<_, FdError>(d.to_vec())).unwrap()
    };
    assert_eq!(run(), run());
}

/// Checkpoints give every bit of the gradient of all wavefields, from the smallest memory to plenty; one byte less
/// than the minimum is rejected with the minimum.
#[test]
fn checkpoints_change_no_bit() {
    for case in some() {
        let all = gradient(&case, Storage::All);
        let run = |bytes| {
            let result = case.propagator().gradient(
                &case.shot(),
                &Storage::Checkpoints { bytes },
                Wanted::default(),
                |_| Err(FdError::OtherMesh),
            );
            result.unwrap_err()
        };
        let FdError::MemoryLimit { least, .. } = run(1) else { panic!("one byte is enough") };
        let computed = least_checkpoint_bytes::<f64>(&case.mesh, &case.settings, case.rho.is_some()).unwrap();
        assert_eq!(least, computed, "{}", case.name());
        assert!(matches!(run(least - 1), FdError::MemoryLimit { .. }));
        for bytes in [3 * least, 30 * least] {
            assert_eq!(gradient(&case, Storage::Checkpoints { bytes }), all, "{}", case.name());
        }
    }
    let mut case = Case::new(2, 4, false, true);
    case.steps = 25;
    case.wavelets.truncate(50);
    let least = 125_000;
    assert_eq!(gradient(&case, Storage::Checkpoints { bytes: least }), gradient(&case, Storage::All));
}

/// The interior stepped backwards differs by rounding, which grows with the number of steps: 80 steps of 1e-16 each,
/// amplified by less than 1e4.
#[test]
fn boundary_storage_differs_by_rounding() {
    for case in some() {
        let (all, boundary) = (gradient(&case, Storage::All), gradient(&case, Storage::Boundary));
        assert_eq!(all.wavelet, boundary.wavelet);
        let error = relative(&boundary.m, &all.m);
        assert!(error < 1e-10, "{}: {error:e}", case.name());
        if let (Some(a), Some(b)) = (&all.density, &boundary.density) {
            assert!(relative(b, a) < 1e-10, "{}", case.name());
        }
    }
}

/// A smooth case: wavelets and adjoint sources of 12 Hz at 1 ms, up to 30 Hz. Products have up to 60 Hz, so that every 8th
/// step (125 Hz) is above Nyquist: the sampled sum errs by the little that is beyond, below 1 %. Sixteen bits add half a
/// step of 1/32767 of the largest value of a row: below 1e-3 of the gradient.
#[test]
fn snapshots_of_smooth_waves() {
    for density in [false, true] {
        let mut case = Case::new(2, 4, density, false);
        case.steps = 400;
        case.wavelets = [ricker(12.0, 1e-3, 400), ricker(12.0, 1e-3, 400)].concat();
        let run = |storage: Storage| {
            let wanted = Wanted { m: true, density, ..Wanted::default() };
            let shot = case.shot();
            case.propagator().gradient(&shot, &storage, wanted, |d| Ok::<_, FdError>(d.to_vec())).unwrap()
        };
        let all = run(Storage::All);
        let eighth = run(Storage::Snapshots { every: 8, half: false });
        let half = run(Storage::Snapshots { every: 8, half: true });
        let pairs = [
            (Some(&all.m), Some(&eighth.m), Some(&half.m)),
            (all.density.as_ref(), eighth.density.as_ref(), half.density.as_ref()),
        ];
        for (all, eighth, half) in pairs {
            let (Some(all), Some(eighth), Some(half)) = (all, eighth, half) else { continue };
            let (sampling, rounding) = (relative(eighth, all), relative(half, eighth));
            assert!(sampling < 1e-2 && rounding < 1e-3, "density {density}: {sampling:e} {rounding:e}");
        }
    }
}

/// Slabs on separate threads differ from a single one only by the order of sums at receivers and edges: 1e-12.
#[test]
fn threads_change_rounding_only() {
    for (dims, density, surface) in [(2, false, true), (2, true, false), (3, false, false), (3, true, true)] {
        let mut case = Case::new(dims, 4, density, surface);
        let shape: &[usize] = if dims == 2 { &[130, 21] } else { &[110, 7, 6] };
        let origin = case.mesh.origin();
        case.mesh = Mesh::new(&origin, &case.mesh.spacing(), shape).unwrap();
        case.vp = random(case.mesh.len(), 1).iter().map(|r| 2000.0 + 300.0 * r).collect();
        case.rho = density.then(|| random(case.mesh.len(), 2).iter().map(|r| 1800.0 + 500.0 * r).collect());
        let [lo, hi] = case.mesh.corners();
        let at = |f: f64| -> Vec<f64> { lo.iter().zip(&hi).map(|(lo, hi)| lo + f * (hi - lo)).collect() };
        case.sources = Points::new(&case.mesh, &[at(0.34), at(0.49)]).unwrap();
        case.receivers = Points::new(&case.mesh, &[at(0.32), at(0.505), at(0.99)]).unwrap();
        case.blocking = Some(Blocking { steps: 3, planes: 4 });
        for storage in [Storage::All, Storage::Boundary, Storage::Checkpoints { bytes: 9_000_000 }] {
            case.settings.threads = 1;
            let one = gradient(&case, storage);
            for threads in [2, 3] {
                case.settings.threads = threads;
                assert_eq!(case.propagator().slabs.len(), threads);
                let many = gradient(&case, storage);
                let errors = [
                    relative(&many.synthetic, &one.synthetic),
                    relative(&many.m, &one.m),
                    relative(many.wavelet.as_ref().unwrap(), one.wavelet.as_ref().unwrap()),
                    many.density.as_ref().map_or(0.0, |d| relative(d, one.density.as_ref().unwrap())),
                    relative(many.illumination.as_ref().unwrap(), one.illumination.as_ref().unwrap()),
                ];
                let limit = if storage == Storage::Boundary { 1e-9 } else { 1e-12 };
                assert!(errors.iter().all(|e| *e < limit), "{} {storage:?}: {errors:?}", case.name());
            }
        }
    }
}

/// Portable, AVX2 and AVX-512 kernels agree to rounding, in both precisions.
#[test]
fn instruction_sets_agree() {
    fn all<T: Real>(case: &Case, limit: f64) {
        let cast = |values: &[f64]| values.iter().map(|v| T::from_f64(*v)).collect::<Vec<T>>();
        let wavelets = cast(&case.wavelets);
        let shot = Shot {
            sources: &case.sources,
            wavelets: &wavelets,
            receivers: &case.receivers,
            steps: case.steps,
        };
        let wanted = Wanted { m: true, density: case.rho.is_some(), wavelet: true, illumination: false };
        let medium = Medium { vp: &case.vp, density: case.rho.as_deref() };
        let results: Vec<[Vec<f64>; 2]> = Instructions::all()
            .into_iter()
            .map(|set| {
                let propagator =
                    Propagator::<T>::with(&case.mesh, &case.settings, &medium, set, None).unwrap();
                let d = cast(&random(case.receivers.len() * case.steps, 5));
                let g = propagator.gradient(&shot, &Storage::All, wanted, |_| Ok::<_, FdError>(d)).unwrap();
                let back = |values: &[T]| values.iter().map(|v| v.to_f64()).collect::<Vec<f64>>();
                [back(&g.synthetic), back(&g.m)]
            })
            .collect();
        for other in &results[1..] {
            for k in 0..2 {
                let error = relative(&other[k], &results[0][k]);
                assert!(error < limit, "{}: {error:e}", case.name());
            }
        }
    }
    for case in Case::all() {
        all::<f64>(&case, 1e-12);
        all::<f32>(&case, 1e-4);
    }
}
