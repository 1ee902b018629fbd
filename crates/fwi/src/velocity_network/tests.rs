//! Networks with an output for each of several unknowns.

use super::*;
use crate::network_settings::{NetworkSettings, OutputSettings};
use crate::representation::{MultiResolution, RepresentationChoice, SirenAndGrids};

/// The gradient of a functional of the contrasts of three unknowns is that of central differences along it, for every kind of
/// output, with and without grids. Networks are in single precision.
#[test]
fn gradients_of_several_unknowns() {
    let device = fields::device::parse("cpu").unwrap();
    let grid = Grid::new([0.0, 0.0], [50.0, 50.0], [7, 9]).unwrap();
    let unknowns = [([1500.0, 3000.0], 2000.0), ([700.0, 1600.0], 1100.0), ([0.3, 0.6], 0.4)];
    let starts: [&dyn Fn(Point) -> f64; 3] =
        [&|at| 2000.0 + at.z(), &|at| 1100.0 + 0.2 * at.x(), &|at| 0.4 + 1e-4 * (at.x() - at.z())];
    let points = VelocityPoints::cells_of(&grid, 2, &starts, Frame::of(&grid), &device);
    assert_eq!(points.len(), grid.len());
    let network = NetworkSettings { w0_first: Some(6.0), w0_hidden: 1.0, ..NetworkSettings::of_sines(16, 2) };
    let outputs = [
        OutputSettings::Affine {},
        OutputSettings::Perturbation {},
        OutputSettings::Bounded {},
        serde_json::from_str(r#"{"levels": {"sharpness": [1, 10]}}"#).unwrap(),
    ];
    let grids = SirenAndGrids { coarsest: 4, levels: 2, gain: 1.0 };
    for representation in [
        RepresentationChoice::default(),
        RepresentationChoice::SirenAndGrids(grids),
        RepresentationChoice::MultiResolution(MultiResolution { spacings: vec![4, 1], gain: 0.5 }),
    ] {
        for output in outputs.clone() {
            let settings = VelocitySettings { network: network.clone(), output };
            let case = format!("{:?} {}", settings.output, representation.name());
            let velocity = VelocityNetwork::of_several((&settings, 2), &unknowns, 5, &device)
                .unwrap()
                .with(representation.as_dyn(), &points);
            let weights: Vec<f64> = (0..3 * grid.len()).map(|k| (0.7 * k as f64).sin()).collect();
            let value = |velocity: &VelocityNetwork| {
                let contrast = velocity.sample(&points, 3.0).contrast;
                assert_eq!(contrast.len(), weights.len());
                contrast.iter().zip(&weights).map(|(q, w)| q * w).sum::<f64>()
            };
            let gradient = velocity.sample(&points, 3.0).pull_back(&weights);
            let square: f64 =
                gradient.iter().map(|g| f64::from(g.clone().powi_scalar(2).sum().into_scalar::<f32>())).sum();
            let along = |t: f64| {
                let t = (t / square.sqrt()) as f32;
                let moved = velocity.parameters().into_iter().zip(&gradient);
                let mut velocity = velocity.clone();
                velocity.set_parameters(moved.map(|(p, g)| p + g.clone() * t).collect()).unwrap();
                value(&velocity)
            };
            let t = 2e-3;
            let found = (along(t) - along(-t)) / (2.0 * t);
            assert!((found / square.sqrt() - 1.0).abs() < 2e-2, "{case}: {found} {}", square.sqrt());
        }
    }
}
