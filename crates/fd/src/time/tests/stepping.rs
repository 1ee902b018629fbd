//! What is stored of the wavefields changes results only by rounding.

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

/// Checkpoints give the gradient of all wavefields to rounding, from the smallest memory to plenty; one byte less
/// than the minimum is rejected with the minimum.
#[test]
fn checkpoints_change_rounding_only() {
    for case in some() {
        let all = gradient(&case, Storage::All);
        let run = |bytes| {
            let result = case.propagator().gradient(
                &case.shot(),
                &Storage::Checkpoints { bytes },
                Wanted { m: true, density: case.rho.is_some(), ..Wanted::default() },
                |_| Err(FdError::OtherMesh),
            );
            result.unwrap_err()
        };
        let FdError::MemoryLimit { least, .. } = run(1) else { panic!("one byte is enough") };
        let computed = least_checkpoint_bytes::<f64>(&case.mesh, &case.settings, case.rho.is_some()).unwrap();
        assert_eq!(least, computed, "{}", case.name());
        assert!(matches!(run(least - 1), FdError::MemoryLimit { .. }));
        for bytes in [least, 3 * least, 30 * least] {
            let some = gradient(&case, Storage::Checkpoints { bytes });
            let error = relative(&some.m, &all.m);
            assert!(error < 1e-12, "{}: {error:e}", case.name());
            if let (Some(a), Some(b)) = (&all.density, &some.density) {
                assert!(relative(b, a) < 1e-12, "{}", case.name());
            }
        }
    }
}

/// The interior stepped backwards differs by rounding, which grows with the number of steps: 80 steps of 1e-16 each,
/// amplified by less than 1e4.
#[test]
fn boundary_storage_differs_by_rounding() {
    for case in some() {
        let (all, boundary) = (gradient(&case, Storage::All), gradient(&case, Storage::Boundary));
        assert!(relative(boundary.wavelet.as_ref().unwrap(), all.wavelet.as_ref().unwrap()) < 1e-12);
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
