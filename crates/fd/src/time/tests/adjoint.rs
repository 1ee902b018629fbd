//! The gradient is the transpose of the linearised forward run, which is the derivative of the forward run.

use super::*;
use crate::FdError;

const WANTED: Wanted = Wanted { m: true, density: false, wavelet: true, illumination: true };

fn gradient(case: &Case, storage: &Storage, adjoint: &[f64]) -> Gradient<f64> {
    let wanted = Wanted { density: case.rho.is_some(), ..WANTED };
    let result =
        case.propagator().gradient(&case.shot(), storage, wanted, |_| Ok::<_, FdError>(adjoint.to_vec()));
    result.unwrap()
}

/// <F s, d> = <s, F^T d>: the data are linear in the wavelets, and the derivative with respect to wavelets is the
/// transpose. To 1e-12, a thousand roundings of 1e-16 amplified by the size of the sums; for every dimension, order,
/// density and surface.
#[test]
fn forward_and_adjoint() {
    for case in Case::all() {
        let d = random(case.receivers.len() * case.steps, 5);
        let data = case.propagator().forward(&case.shot()).unwrap();
        let g = gradient(&case, &Storage::Snapshots { every: 1000, half: false }, &d);
        let (left, right) = (dot(&data, &d), dot(&case.wavelets, g.wavelet.as_ref().unwrap()));
        assert!((left - right).abs() < 1e-12 * norm(&data) * norm(&d), "{}: {left} {right}", case.name());
        assert_eq!(data, g.synthetic);
    }
}

/// <B dm, d> = <dm, B^T d> for squared slowness and density.
#[test]
fn born_and_gradient() {
    for case in Case::all() {
        let d = random(case.receivers.len() * case.steps, 5);
        let dm: Vec<f64> = random(case.mesh.len(), 6).iter().map(|r| 1e-10 * r).collect();
        let drho = case.rho.is_some().then(|| random(case.mesh.len(), 7));
        let born = case.propagator().born(&case.shot(), &dm, drho.as_deref()).unwrap();
        let g = gradient(&case, &Storage::All, &d);
        let mut right = dot(&g.m, &dm);
        if let Some(drho) = &drho {
            right += dot(g.density.as_ref().unwrap(), drho);
        }
        let left = dot(&born, &d);
        assert!((left - right).abs() < 1e-12 * norm(&born) * norm(&d), "{}: {left} {right}", case.name());
    }
}

/// Data of m + s dm: slope 1 without the linearised data and 2 with them, from s = 1 % to a tenth of it; the next term of
/// the series changes a slope by about the size of s.
#[test]
fn taylor_slopes() {
    for case in Case::all().filter(|case| [2, 8].contains(&case.settings.order)) {
        let m: Vec<f64> = case.vp.iter().map(|v| v.powi(-2)).collect();
        let dm: Vec<f64> = random(case.mesh.len(), 6).iter().zip(&m).map(|(r, m)| r * m).collect();
        let drho: Option<Vec<f64>> = case
            .rho
            .as_ref()
            .map(|rho| random(case.mesh.len(), 7).iter().zip(rho).map(|(r, rho)| r * rho).collect());
        let start = case.propagator().forward(&case.shot()).unwrap();
        let born = case.propagator().born(&case.shot(), &dm, drho.as_deref()).unwrap();
        let errors = |step: f64| {
            let moved =
                |m: &[f64], d: &[f64]| -> Vec<f64> { m.iter().zip(d).map(|(m, d)| m + step * d).collect() };
            let rho = case.rho.as_ref().map(|rho| moved(rho, drho.as_ref().unwrap()));
            let vp: Vec<f64> = moved(&m, &dm).iter().map(|m| m.sqrt().recip()).collect();
            let data = case.propagator_of(&vp, rho.as_deref()).forward(&case.shot()).unwrap();
            let zeroth: Vec<f64> = data.iter().zip(&start).map(|(a, b)| a - b).collect();
            let first: Vec<f64> = zeroth.iter().zip(&born).map(|(a, b)| a - step * b).collect();
            [norm(&zeroth), norm(&first)]
        };
        let (coarse, fine) = (errors(1e-2), errors(1e-3));
        for k in 0..2 {
            let slope = (coarse[k] / fine[k]).log10();
            assert!((slope - (k + 1) as f64).abs() < 0.1, "{}: slope {slope}", case.name());
        }
    }
}
