//! Every system of the catalogue: text, units, its form in time, and its plane waves against published velocities.

use num_complex::Complex64;

use crate::{Dimension, Expr, Node, PdeError, System, systems};

fn every_system() -> impl Iterator<Item = System> {
    systems()
        .iter()
        .flat_map(|row| Dimension::ALL.into_iter().filter_map(|dimension| (row.declare)(dimension)))
}

#[test]
fn every_file_has_a_row() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/systems");
    for entry in std::fs::read_dir(folder).unwrap() {
        let file = entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned();
        assert!(
            file == "stress" || systems().iter().any(|row| row.name == file),
            "{file} has no row in SYSTEMS"
        );
    }
}

/// Units agree, the text is read back as the same system, and every system can be stepped.
#[test]
fn systems_are_sound() {
    for system in every_system() {
        let name = format!("{} {:?}", system.name, system.dimension);
        system.check().unwrap_or_else(|e| panic!("{name}: {e}"));
        let text = system.to_string();
        let again =
            System::parse(&system.name, system.dimension, &text).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!(again, system, "{text}");
        let evolution = system.evolution().unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!(evolution.len(), system.unknowns.len());
        let orders: Vec<usize> = evolution.iter().map(|one| one.order).collect();
        assert!(orders.iter().all(|order| *order == orders[0]), "{name}: {orders:?}");
    }
}

/// A medium: names and values.
type Medium = [(&'static str, f64)];

const MEDIUM: &Medium = &[
    ("vp", 2300.0),
    ("vs", 1100.0),
    ("rho", 2100.0),
    ("epsilon", 0.2),
    ("delta", 0.1),
    ("gamma", 0.15),
    ("Q", 30.0),
    ("rate", 60.0),
];

fn value(name: &str) -> Option<f64> {
    MEDIUM.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
}

fn of(name: &str) -> f64 {
    value(name).unwrap()
}

/// Phase velocities of the P and SV waves at an angle from the axis: Thomsen (1986), equation 10.
fn thomsen(sin2: f64) -> [f64; 2] {
    let (alpha2, beta2) = (of("vp").powi(2), of("vs").powi(2));
    let (epsilon, delta) = (of("epsilon"), of("delta"));
    let (c33, c55) = (alpha2, beta2);
    let c11 = c33 * (1.0 + 2.0 * epsilon);
    let c13 = ((c33 - c55) * (c33 - c55 + 2.0 * delta * c33)).sqrt() - c55;
    let star = (2.0 * (c13 + c55).powi(2) - (c33 - c55) * (c11 + c33 - 2.0 * c55)) / (2.0 * c33.powi(2));
    let (f, cos2) = (1.0 - beta2 / alpha2, 1.0 - sin2);
    let root =
        1.0 + 4.0 * star / f.powi(2) * sin2 * cos2 + 4.0 * (f + epsilon) * epsilon / f.powi(2) * sin2.powi(2);
    let d = 0.5 * f * (root.sqrt() - 1.0);
    [alpha2 * (1.0 + epsilon * sin2 + d), beta2 * (1.0 + alpha2 / beta2 * (epsilon * sin2 - d))]
        .map(f64::sqrt)
}

/// The known waves of a system: slowness (s/m, complex with attenuation) in a direction, at 60 rad/s.
fn known_waves(system: &System, direction: &[f64]) -> Vec<Complex64> {
    let vertical = if system.dimension == Dimension::One { 0.0 } else { *direction.last().unwrap() };
    let sin2 = 1.0 - vertical * vertical;
    let several = system.dimension != Dimension::One;
    let three = system.dimension == Dimension::Three;
    let (vp, vs) = (of("vp"), of("vs"));
    let velocities = match system.name.as_str() {
        "acoustic" | "acoustic_density" => vec![vp],
        "sh" => vec![vs],
        "elastic" if several => vec![vp, vs],
        "elastic" => vec![vp],
        "acoustic_vti" => {
            let (epsilon, delta) = (of("epsilon"), of("delta"));
            let bent = 1.0 + 2.0 * epsilon * sin2;
            let root = (bent.powi(2) - 8.0 * (epsilon - delta) * sin2 * (1.0 - sin2)).sqrt();
            vec![vp * (0.5 * (bent + root)).sqrt()]
        }
        "elastic_vti" if several => {
            let mut waves = thomsen(sin2).to_vec();
            if three {
                waves.push(vs * (1.0 + 2.0 * of("gamma") * sin2).sqrt());
            }
            waves
        }
        "elastic_vti" => vec![vp * (1.0 + 2.0 * of("epsilon")).sqrt()],
        "viscoacoustic" => {
            let half_phase = 0.5 * (1.0 / of("Q")).atan();
            return vec![Complex64::new(1.0, -half_phase.tan()) / vp];
        }
        other => panic!("no plane waves are known for {other}"),
    };
    velocities.into_iter().map(|v| Complex64::from(1.0 / v)).collect()
}

fn determinant(mut a: Vec<Vec<Complex64>>) -> Complex64 {
    let n = a.len();
    let mut product = Complex64::ONE;
    for c in 0..n {
        let best = (c..n).max_by(|i, j| a[*i][c].norm().total_cmp(&a[*j][c].norm())).unwrap();
        if best != c {
            a.swap(c, best);
            product = -product;
        }
        product *= a[c][c];
        if a[c][c] == Complex64::ZERO {
            return Complex64::ZERO;
        }
        for i in c + 1..n {
            let factor = a[i][c] / a[c][c];
            for j in c..n {
                let above = a[c][j];
                a[i][j] -= factor * above;
            }
        }
    }
    product
}

/// How far a system is from having its known waves: the determinant there relative to that at a slowness that is 1 % off.
fn misfit(system: &System) -> f64 {
    let axes = system.dimension.axes().len();
    let omega = of("rate");
    let directions: [&[f64]; 3] = [&[0.6, 0.48, 0.64], &[0.36, 0.48, 0.8], &[0.8, 0.36, 0.48]];
    let mut worst = 0.0_f64;
    for direction in directions {
        let shown: Vec<f64> = match axes {
            1 => vec![1.0],
            2 => vec![direction[0].hypot(direction[1]), direction[2]],
            _ => direction.to_vec(),
        };
        for slowness in known_waves(system, &shown) {
            let size = |factor: f64| {
                let k: Vec<Complex64> = shown.iter().map(|d| slowness * omega * *d * factor).collect();
                determinant(system.plane_wave(&value, omega.into(), &k).unwrap()).norm()
            };
            worst = worst.max(size(1.0) / size(1.01));
        }
    }
    worst
}

/// Every system has the published waves. Its derived coefficients are needed for that: with any of them, or any term of a
/// residual, 1 % larger it has not.
#[test]
fn plane_waves_have_published_velocities() {
    for system in every_system() {
        let name = format!("{} {:?}", system.name, system.dimension);
        let found = misfit(&system);
        assert!(found < 1e-10, "{name}: {found}");
        for index in 0..system.derived.len() {
            let mut wrong = system.clone();
            wrong.derived[index].value = &wrong.derived[index].value * 1.01;
            // With one space axis there is no shear, and no stiffness between axes.
            let unused = system.dimension == Dimension::One
                && ["mu", "lambda", "c55", "c33", "c13", "mixed", "along"]
                    .contains(&wrong.derived[index].symbol.name.as_str());
            let changed = misfit(&wrong);
            assert!(unused || changed > 1e-3, "{name}: {} {changed}", wrong.derived[index].symbol.name);
        }
        for index in 0..system.residuals.len() {
            let Node::Sum(terms) = system.residuals[index].node() else { panic!("{name}") };
            for (k, term) in terms.iter().enumerate() {
                if system.given.iter().any(|given| term.contains(&given.name) && !given.depends_on.is_empty())
                {
                    continue;
                }
                let mut wrong = system.clone();
                let factor = |j: usize| if j == k { 1.01 } else { 1.0 };
                wrong.residuals[index] = Expr::sum(terms.iter().enumerate().map(|(j, t)| t * factor(j)));
                // In one dimension q follows p, and nothing depends on it.
                let unused =
                    system.name == "acoustic_vti" && system.dimension == Dimension::One && index == 1;
                let changed = misfit(&wrong);
                assert!(unused || changed > 1e-5, "{name}: `{term}` {changed}");
            }
        }
    }
}

/// Texts that are no system, or none that can be stepped, with the place and the reason.
#[test]
fn wrong_systems_are_refused() {
    let head = "unknown u [Pa]\nunknown w [Pa]\nparameter vp [m/s]\nparameter rho [kg/m^3]\n";
    let good = "dtt(w) - vp^2 dxx(w) = 0\n";
    for (text, expected) in [
        ("dxx(u) = 0\n", "no time derivative"),
        ("dtt(u) + dtt(w) - vp^2 dxx(u) = 0\n", "several unknowns"),
        ("dtt(u) - rho vp^2 dx(dx(u)/rho) = 0\n", "stands under a derivative"),
        ("dttt(u) - vp^3 dxxx(u) = 0\n", "order 3"),
        ("dtt(u) - vp dtx(u) = 0\n", "in time and space"),
        ("u dtt(u) - u vp^2 dxx(u) = 0\n", "linear in `u`"),
        ("dtt(w) - vp^2 dxx(u) = 0\n", "another equation has the time derivative of `w`"),
        ("dtt(u) - vp dxx(u) = 0\n", "units differ"),
        ("dtt(u) - vp^2 dxx(u)\n", "line 5: column 1"),
        ("dtt(u) - c^2 dxx(u) = 0\n", "line 5: column 10: unknown symbol `c`"),
        ("parameter c [furlong]\ndtt(u) = vp^2 dxx(u)\n", "`furlong` is not a unit"),
        ("parameter vp [m/s]\ndtt(u) = vp^2 dxx(u)\n", "`vp` is declared twice"),
        ("dtt(u) = vp^2 dxx(u)\ndt(u) = 0\n", "found 3 equations, expected 2"),
        (
            "constant unknown q [Pa]\ndtt(u) = vp^2 dxx(u)\n",
            "line 5: column 1: expected `constant parameter`",
        ),
        ("dtt(u) = vp^2 sqrt(sqrt(vp)) dxx(u)\n", "has no square root"),
        ("parameter 3c [m]\ndtt(u) = vp^2 dxx(u)\n", "expected `NAME [UNIT]`"),
    ] {
        let system = System::parse("wrong", Dimension::One, &format!("{head}{text}{good}"));
        let error: PdeError = match system {
            Ok(system) => system.evolution().expect_err(text),
            Err(error) => error,
        };
        assert!(error.to_string().contains(expected), "{text}: {error}");
    }
}

/// A damped wave: the damping is told apart from the terms in space.
#[test]
fn damping_is_found() {
    let text = "unknown u [Pa]\nparameter vp [m/s]\nparameter g [1/s]\ngiven f [Pa/m^2]\nlet m [s^2/m^2] = 1/vp^2\n\
                m dtt(u) + m g dt(u) - dxx(u) - dzz(u) = f\n";
    let system = System::parse("damped", Dimension::Two, text).unwrap();
    let evolution = &system.evolution().unwrap()[0];
    assert_eq!((evolution.damping.to_string().as_str(), evolution.terms.len()), ("g", 2));
    assert_eq!(evolution.terms[0].coefficient.to_string(), "vp^2");
    assert_eq!(evolution.source.to_string(), "f vp^2");
}
