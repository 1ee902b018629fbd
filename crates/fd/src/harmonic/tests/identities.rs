//! Identities of the matrix and of the derivatives, for every system.

use num_complex::Complex64;
use pde::{Dimension, System};

use super::media::{Parameters, emitted, every_system, operator, points, rough, settings};
use crate::harmonic::{Data, HarmonicOperator, Settings, Shot, Source, Wavefield};
use crate::program::Receivers;
use crate::tests::noise;
use crate::time::{Mesh, Points};

const OMEGA: f64 = 75.0;

fn complex(seed: usize) -> Complex64 {
    Complex64::new(noise(2 * seed), noise(2 * seed + 1))
}

/// A rough medium with sources of all given fields, two shots of two points each, and receivers at all unknowns.
struct Setup {
    system: System,
    mesh: Mesh,
    settings: Settings,
    parameters: Parameters,
    sources: [Points; 2],
    amplitudes: Vec<Complex64>,
    receivers: Points,
}

impl Setup {
    fn new(system: &System, order: usize, cells: usize, surface: bool) -> Self {
        let mesh = match system.dimension {
            Dimension::One => Mesh::new(&[0.0], &[10.0], &[30]),
            Dimension::Two => Mesh::new(&[0.0; 2], &[10.0, 9.0], &[14, 17]),
            Dimension::Three => Mesh::new(&[0.0; 3], &[10.0, 11.0, 9.0], &[4, 4, 5]),
        };
        let mesh = mesh.unwrap();
        Self {
            system: system.clone(),
            settings: settings(system, order, cells, surface),
            parameters: rough(system, &mesh, 0.1),
            sources: [points(&mesh, 2, 5), points(&mesh, 2, 55)],
            amplitudes: vec![complex(3), complex(4)],
            receivers: points(&mesh, 3, 5000),
            mesh,
        }
    }

    fn operator(&self, parameters: &Parameters) -> HarmonicOperator {
        operator(&self.system, &self.mesh, &self.settings, parameters, OMEGA)
    }

    fn shots(&self) -> Vec<Shot<'_>> {
        let shot = |points| Shot {
            sources: emitted(&self.system)
                .into_iter()
                .map(|given| Source { given, points, amplitudes: &self.amplitudes })
                .collect(),
            receivers: (self.system.unknowns.iter())
                .map(|unknown| Receivers { unknown: &unknown.name, points: &self.receivers })
                .collect(),
        };
        self.sources.iter().map(shot).collect()
    }

    fn solved(&self, parameters: &Parameters) -> (HarmonicOperator, Vec<Wavefield>, Vec<Data>) {
        let (operator, shots) = (self.operator(parameters), self.shots());
        let fields = operator.solve(&shots).unwrap();
        let data = operator.record(&shots, &fields).unwrap();
        (operator, fields, data)
    }

    fn case(&self) -> String {
        let Settings { order, boundary, .. } = self.settings;
        let (name, dimension) = (&self.system.name, self.system.dimension);
        format!("{name} {dimension:?} order {order} {} {}", boundary.cpml.cells, boundary.free_surface)
    }
}

/// Every system, with edges and orders that go round.
fn setups(dimensions: &[Dimension]) -> Vec<Setup> {
    let edges = [(2, 4, false), (4, 5, true), (8, 0, false), (6, 4, true)];
    let systems = every_system(dimensions).into_iter().enumerate();
    systems
        .flat_map(|(k, system)| {
            let flat = system.dimension != Dimension::Three;
            let chosen = if flat { vec![k, k + 1] } else { vec![k % 2] };
            chosen.into_iter().map(move |k| {
                let (order, cells, surface) = edges[k % 4];
                Setup::new(&system, order, if flat { cells } else { cells / 2 }, surface)
            })
        })
        .collect()
}

fn all(data: &[Data]) -> impl Iterator<Item = &Complex64> {
    data.iter().flatten().flatten()
}

/// Data of another size for each set of receivers, so that no unknown rules a sum.
fn scales(data: &[Data]) -> Vec<Vec<f64>> {
    let size = |set: &Vec<Complex64>| set.iter().map(|d| d.norm()).fold(0.0, f64::max).max(1e-300);
    data.iter().map(|data| data.iter().map(size).collect()).collect()
}

fn scaled(data: &[Data], scales: &[Vec<f64>], power: i32) -> Vec<Data> {
    let set = |(set, scale): (&Vec<Complex64>, &f64)| set.iter().map(|d| d * scale.powi(power)).collect();
    data.iter().zip(scales).map(|(data, scales)| data.iter().zip(scales).map(set).collect()).collect()
}

/// `A u = b` for all unknowns, those that have been eliminated too, to rounding of the largest value of each equation.
#[test]
fn solutions_solve() {
    for setup in setups(&Dimension::ALL) {
        let (operator, fields, _) = setup.solved(&setup.parameters);
        for (shot, field) in setup.shots().iter().zip(&fields) {
            let left = operator.residual(shot, field).unwrap();
            let count = left.len() / setup.system.unknowns.len();
            for (unknown, symbol) in setup.system.unknowns.iter().enumerate() {
                let range = unknown * count..(unknown + 1) * count;
                let error = crate::tests::norm(&left[range.clone()]);
                // What the equation adds up: omega u.
                let size = OMEGA * crate::tests::norm(&field.values[range]);
                assert!(error <= 1e-9 * size, "{} {}: {error:e} of {size:e}", setup.case(), symbol.name);
            }
        }
        let kept = operator.factorised();
        println!("{}: {kept:?}", setup.case());
        let flat = setup.system.dimension != Dimension::One;
        let expected: &[&str] = match setup.system.name.as_str() {
            "acoustic_vti" if flat => &["p", "q"],
            "acoustic" | "acoustic_density" | "acoustic_vti" | "viscoacoustic" => &["p"],
            "sh" => &["v"],
            _ if flat => &["v_x", "v_y", "v_z"],
            _ => &["v_x"],
        };
        let there = |name: &&&str| setup.system.unknown(name).is_some();
        let expected: Vec<&str> = expected.iter().filter(there).copied().collect();
        assert!(kept.len() == expected.len(), "{}: {kept:?}", setup.case());
    }
}

/// `sum_i y_i (J dm)_i = sum_n dm_n (J^T y)_n` for changes of all parameters at once and of each alone, to 1e-12.
#[test]
fn born_and_its_transpose() {
    for setup in setups(&Dimension::ALL) {
        let (operator, fields, data) = setup.solved(&setup.parameters);
        let shots = setup.shots();
        let scales = scales(&data);
        let y: Vec<Data> = (data.iter().enumerate())
            .map(|(k, data)| {
                let set = |(j, set): (usize, &Vec<Complex64>)| {
                    (0..set.len()).map(|i| complex(1000 * k + 100 * j + i)).collect()
                };
                data.iter().enumerate().map(set).collect()
            })
            .collect();
        let names: Vec<&str> = setup.parameters.iter().map(|(name, _)| name.as_str()).collect();
        let slopes = operator.born_transposed(&shots, &fields, &scaled(&y, &scales, -1), &names).unwrap();
        for (place, (name, values)) in setup.parameters.iter().enumerate() {
            let change: Vec<f64> =
                values.iter().enumerate().map(|(k, v)| v * noise(31 * place + k + 7)).collect();
            let born = operator.born(&shots, &fields, &[(name, &change)]).unwrap();
            let born = scaled(&born, &scales, -1);
            let left: Complex64 = all(&born).zip(all(&y)).map(|(a, b)| a * b).sum();
            let right: Complex64 = slopes[place].iter().zip(&change).map(|(g, d)| g * d).sum();
            let size: f64 = all(&born).zip(all(&y)).map(|(a, b)| (a * b).norm()).sum();
            let error = (left - right).norm();
            assert!(error <= 1e-12 * size, "{} {name}: {error:e} of {size:e}", setup.case());
        }
    }
}

/// Half the squared difference of scaled data from fixed ones, and its adjoint source.
fn misfit(data: &[Data], scales: &[Vec<f64>]) -> (f64, Vec<Data>) {
    let mut sum = 0.0;
    let mut adjoint = data.to_vec();
    for (shot, scales) in adjoint.iter_mut().zip(scales) {
        for (k, (set, scale)) in shot.iter_mut().zip(scales).enumerate() {
            for (i, d) in set.iter_mut().enumerate() {
                let residual = *d / scale - complex(77 * k + i);
                sum += 0.5 * residual.norm_sqr();
                *d = residual / scale;
            }
        }
    }
    (sum, adjoint)
}

/// The remainders of the misfit and of the data fall with the square of the change of every parameter, and without the
/// gradient with the change.
#[test]
fn taylor_slopes() {
    for setup in setups(&[Dimension::One, Dimension::Two]) {
        let (operator, fields, data) = setup.solved(&setup.parameters);
        let shots = setup.shots();
        let scales = scales(&data);
        let (middle, adjoint) = misfit(&data, &scales);
        let names: Vec<&str> = setup.parameters.iter().map(|(name, _)| name.as_str()).collect();
        let gradient = operator.gradient(&shots, &fields, &adjoint, &names).unwrap();
        for (place, (name, values)) in setup.parameters.iter().enumerate() {
            let direction: Vec<f64> =
                values.iter().enumerate().map(|(k, v)| v * (0.5 + noise(31 * place + k + 7))).collect();
            let slope: f64 = gradient[place].iter().zip(&direction).map(|(g, d)| g * d).sum();
            let born = scaled(&operator.born(&shots, &fields, &[(name, &direction)]).unwrap(), &scales, -1);
            let remainders = |size: f64| {
                let mut moved = setup.parameters.clone();
                moved[place].1.iter_mut().zip(&direction).for_each(|(v, d)| *v += size * d);
                let (_, _, other) = setup.solved(&moved);
                let there = misfit(&other, &scales).0;
                let differences = scaled(&other, &scales, -1);
                let before = scaled(&data, &scales, -1);
                let triples = all(&differences).zip(all(&before)).zip(all(&born));
                let of_data: f64 = triples.map(|((a, b), c)| (a - b - size * c).norm_sqr()).sum();
                [(there - middle).abs(), (there - middle - size * slope).abs(), of_data.sqrt()]
            };
            let (coarse, fine) = (remainders(2e-4), remainders(1e-4));
            let case = format!("{} {name}", setup.case());
            if coarse[0] == 0.0 {
                // A single axis has no shear waves and no angle.
                let idle =
                    ["vs", "delta"].contains(&name.as_str()) && setup.system.dimension == Dimension::One;
                assert!(idle && slope == 0.0, "{case}");
                continue;
            }
            for (k, expected) in [1.0, 2.0, 2.0].into_iter().enumerate() {
                let order = (coarse[k] / fine[k]).log2();
                assert!((order - expected).abs() < 0.1, "{case} {k}: {order} {coarse:?} {fine:?}");
            }
        }
    }
}
