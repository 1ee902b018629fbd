//! The residuals of every system of the catalogue, in every dimension, in time and at a frequency: against the symbolic
//! declaration, on exact waves, and their gradients.

mod manufactured;
mod plane_waves;
mod stencils;
mod variable_density;

use pde::{Axis, Dimension, Expr, MultiIndex, Node, System, systems};

use super::SystemResidual;
use crate::JetOrder;

/// Radians per second of the time-harmonic readings.
const OMEGA: f64 = 80.0;

/// Metres and seconds per unit of a network's coordinates: about a wavelength and a period over 2 pi.
const UNITS: [f64; 2] = [25.0, 0.0125];

/// The medium at the origin, by the names of the catalogue.
fn medium(name: &str) -> Option<f64> {
    let values = [
        ("vp", 2300.0),
        ("vs", 1100.0),
        ("rho", 2100.0),
        ("epsilon", 0.2),
        ("delta", 0.1),
        ("gamma", 0.15),
        ("Q", 30.0),
        ("rate", 60.0),
        ("omega", OMEGA),
    ];
    values.into_iter().find(|(known, _)| *known == name).map(|(_, value)| value)
}

/// Every row of the catalogue in every dimension that it declares.
fn every_system() -> impl Iterator<Item = System> {
    systems().iter().flat_map(|row| Dimension::ALL.into_iter().filter_map(row.declare))
}

/// Systems with what no row of the catalogue has: mixed second partials in space and time, parameters under derivatives, and
/// sources with parameters as factors.
fn own_systems() -> [System; 2] {
    let tilted = "unknown u [Pa]\nparameter vp [m/s]\nparameter epsilon [1]\ngiven f [Pa/m^2]\n\
                  dtt(u)/vp^2 - (1 + epsilon) dxx(u) - epsilon dxz(u) - dzz(u) - epsilon dzt(u)/vp = f\n";
    let flux = "unknown p [Pa]\nparameter vp [m/s]\nparameter rho [kg/m^3]\ngiven f [N/m^3]\n\
                dtt(p)/(rho vp^2) - dx(dx(p)/rho) - dz(dz(p)/rho) + dz(f/rho) = 0\n";
    [("tilted", tilted), ("flux", flux)]
        .map(|(name, text)| System::parse(name, Dimension::Two, text).unwrap())
}

/// The system with one of its coefficients 1 % larger: each term of each residual, and each derived coefficient that occurs.
fn mutations(system: &System) -> Vec<(String, System)> {
    let mut all = Vec::new();
    for (equation, residual) in system.residuals.iter().enumerate() {
        let Node::Sum(terms) = residual.node() else { panic!("a residual is a sum: {residual}") };
        for (k, term) in terms.iter().enumerate() {
            let mut wrong = system.clone();
            let factor = |j: usize| if j == k { 1.01 } else { 1.0 };
            wrong.residuals[equation] = Expr::sum(terms.iter().enumerate().map(|(j, t)| t * factor(j)));
            all.push((format!("`{term}` in equation {equation}"), wrong));
        }
    }
    for index in 0..system.derived.len() {
        let mut wrong = system.clone();
        wrong.derived[index].value = &wrong.derived[index].value * 1.01;
        if wrong.resolved() != system.resolved() {
            all.push((format!("`{}`", system.derived[index].symbol.name), wrong));
        }
    }
    all
}

/// Systems ask for the least jets that carry their derivatives, and for the derivatives of parameters.
#[test]
fn what_systems_need() {
    let order = |system: &System| SystemResidual::new(system).unwrap().order();
    for system in every_system() {
        let (in_time, harmonic) = (order(&system), order(&system.harmonic().unwrap()));
        let expected = match (system.name.as_str(), system.dimension) {
            ("acoustic", Dimension::Two) => [JetOrder::Second, JetOrder::Laplacian],
            ("acoustic" | "acoustic_vti", _) => [JetOrder::Second; 2],
            _ => [JetOrder::First; 2],
        };
        assert_eq!([in_time, harmonic], expected, "{} {:?}", system.name, system.dimension);
    }
    // Readings of readings are systems too.
    for system in every_system() {
        let scattered = system.harmonic().unwrap().scattered().unwrap();
        let (plain, own) = (SystemResidual::new(&scattered).unwrap(), order(&system.harmonic().unwrap()));
        assert_eq!((plain.order(), plain.unknowns()), (own, system.unknowns.len()), "{}", scattered.name);
        assert!(SystemResidual::new(&scattered.stretched().unwrap()).is_ok(), "{}", scattered.name);
    }
    let [tilted, flux] = own_systems();
    assert_eq!([order(&tilted), order(&tilted.harmonic().unwrap())], [JetOrder::Mixed; 2]);
    assert_eq!([order(&flux), order(&flux.harmonic().unwrap())], [JetOrder::Second, JetOrder::Laplacian]);
    let partials = SystemResidual::new(&flux).unwrap().partials().to_vec();
    for axis in [Axis::X, Axis::Z] {
        assert!(partials.contains(&("rho".to_owned(), MultiIndex::along(axis))), "{partials:?}");
    }
}

/// What cannot be read is refused with the reason.
#[test]
fn wrong_systems_are_refused() {
    let text = "unknown u [Pa]\nunknown w [Pa]\nparameter vp [m/s]\nparameter h [m]\n";
    let read = |first: &str, dimension| {
        let text = format!("{text}{first} = 0\ndtt(w) - vp^2 dxx(u) = 0\n");
        SystemResidual::new(&System::parse("wrong", dimension, &text).unwrap()).unwrap_err().to_string()
    };
    for (first, dimension, expected) in [
        ("u dt(w) - w dt(u)", Dimension::One, "linear in `w`"),
        ("dttt(u) - vp^3 dxxx(u)", Dimension::One, "dxxx"),
        ("dtt(u)/vp^2 - dxx(u) - dzz(u) + dzzt(u) h/vp", Dimension::Two, "dzzt"),
    ] {
        let found = read(first, dimension);
        assert!(found.contains(expected), "{first}: {found}");
    }
    let mut system = own_systems()[0].clone();
    let other = pde::Symbol { name: "w".to_owned(), ..system.unknowns[0].clone() }.complex();
    system.residuals.push(Expr::symbol(&other));
    system.unknowns.push(other);
    let found = SystemResidual::new(&system).unwrap_err().to_string();
    assert!(found.contains("all of them real or all complex; found u, w"), "{found}");
    (system.unknowns, system.residuals) = (Vec::new(), Vec::new());
    let found = SystemResidual::new(&system).unwrap_err().to_string();
    assert!(found.contains("found none"), "{found}");
}
