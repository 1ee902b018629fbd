//! Accuracy against the exact wave of a point source.

use super::*;

const VELOCITY: f64 = 2000.0;

/// Relative error at a receiver off the axes in a medium that extends `reach` around the source, so that nothing is
/// reflected before `end`.
fn error(order: usize, receiver: &[f64], (reach, end): (f64, f64), h: f64, dt: f64) -> f64 {
    const FREQUENCY: f64 = 10.0;
    let (dims, half) = (receiver.len(), (reach / h).ceil());
    let mesh = Mesh::new(&vec![-half * h; dims], &vec![h; dims], &vec![2 * half as usize + 1; dims]).unwrap();
    let cpml = Cpml { cells: 0, frequency: FREQUENCY, reflection: 1e-8 };
    let settings = Settings { order, dt, boundary: Boundary { cpml, free_surface: false }, threads: 1 };
    let steps = (end / dt) as usize;
    let medium = Medium { vp: &vec![VELOCITY; mesh.len()], density: None };
    let propagator = Propagator::new(&mesh, &settings, &medium).unwrap();
    let sources = Points::new(&mesh, &[vec![0.0; dims]]).unwrap();
    let receivers = Points::new(&mesh, &[receiver]).unwrap();
    let wavelet = ricker(FREQUENCY, dt, steps);
    let shot = Shot { sources: &sources, wavelets: &wavelet, receivers: &receivers, steps };
    let data = propagator.forward(&shot).unwrap();
    let r = receiver.iter().map(|x| x * x).sum::<f64>().sqrt();
    let every = (2e-3 / dt) as usize;
    let (found, exact): (Vec<f64>, Vec<f64>) = (0..steps)
        .step_by(every)
        .map(|n| (data[n], point_source(dims, VELOCITY, r, n as f64 * dt, |t| ricker_at(FREQUENCY, t))))
        .unzip();
    relative(&found, &exact)
}

/// The observed order is the declared one, less what the next term of the expansion takes at these spacings (13 to 20
/// points per wavelength at the peak for low orders, 7 to 10 for high ones): at most 15 %. Source and receiver are on nodes. Steps of 50 us (20 us for order
/// 12) keep the error in time well below.
#[test]
fn convergence_in_two_dimensions() {
    for (order, coarse, fine) in
        [(2, 15.0, 10.0), (4, 20.0, 12.0), (6, 20.0, 12.0), (8, 30.0, 20.0), (12, 30.0, 20.0)]
    {
        let at = |h| error(order, &[180.0, 120.0], (620.0, 0.38), h, if order == 12 { 2e-5 } else { 5e-5 });
        let observed = (at(coarse) / at(fine)).ln() / f64::ln(coarse / fine);
        let declared = order as f64;
        assert!(
            observed > 0.85 * declared && observed < 1.2 * declared,
            "order {order}: observed {observed}"
        );
    }
}

/// As in two dimensions.
#[test]
fn convergence_in_three_dimensions() {
    for (order, coarse, fine) in [(2, 15.0, 12.0), (4, 20.0, 15.0), (8, 30.0, 20.0)] {
        let at = |h| error(order, &[120.0, 60.0, 60.0], (340.0, 0.28), h, 2e-4);
        let observed = (at(coarse) / at(fine)).ln() / f64::ln(coarse / fine);
        let declared = order as f64;
        assert!(
            observed > 0.85 * declared && observed < 1.2 * declared,
            "order {order}: observed {observed}"
        );
    }
}

/// Error by order at 10 points per wavelength of the peak frequency, 1.1 wavelengths from the source.
#[test]
fn error_by_order() {
    let errors: Vec<f64> =
        [2, 4, 6, 8, 12].iter().map(|&o| error(o, &[180.0, 120.0], (620.0, 0.38), 20.0, 5e-5)).collect();
    let bars = [0.17, 0.015, 2.4e-3, 5.3e-4, 5.3e-5];
    assert!(errors.iter().zip(bars).all(|(e, bar)| *e < bar), "{errors:?}");
}

/// Orders without a kernel are refused, odd ones too, in every kind of medium.
#[test]
fn other_orders_are_refused() {
    for density in [false, true] {
        let mut case = Case::new(2, 4, density, false);
        for order in [0, 1, 3, 5, 7, 10, 14] {
            case.settings.order = order;
            let medium = Medium { vp: &case.vp, density: case.rho.as_deref() };
            let error = Propagator::<f64>::new(&case.mesh, &case.settings, &medium).unwrap_err();
            assert!(matches!(error, crate::FdError::StencilOrder { found, .. } if found == order), "{error}");
        }
    }
}
