//! The parameters of the medium that an inversion looks for, and those that follow them.
//!
//! Every unknown p is moved as `m = 1 / (p + shift)^2`, which for a velocity with no shift is the squared slowness. So all
//! methods have the same variables, the contrasts `m / m_start - 1`, whatever the parameter is. The shift of a parameter that may
//! be zero or negative makes `p + shift` run from `w` to `2 w` between bounds that are `w` apart.

use survey::density::{DensityChoice, DensityRelation};
use survey::parameter::{Parameter, Quantity};

/// A parameter that an inversion looks for.
#[derive(Debug, Clone, PartialEq)]
pub struct Unknown {
    /// What it is.
    pub quantity: Quantity,
    /// Its lowest and highest value.
    pub bounds: [f64; 2],
    /// What is added to it, so that it is positive.
    pub shift: f64,
    /// How far it moves for the same gradient, relative to the others.
    pub scale: f64,
}

impl Unknown {
    /// The velocity of acoustic waves.
    #[must_use]
    pub fn velocity(bounds: [f64; 2]) -> Self {
        Self { quantity: Quantity::velocity(), bounds, shift: 0.0, scale: 1.0 }
    }

    /// A parameter of any sign.
    #[must_use]
    pub fn new(quantity: Quantity, bounds: [f64; 2], scale: f64) -> Self {
        // Parameters that are well above zero need no shift.
        let shift = if bounds[0] > 0.1 * bounds[1] { 0.0 } else { bounds[1] - 2.0 * bounds[0] };
        Self { quantity, bounds, shift, scale }
    }

    /// The variable m of a value.
    #[must_use]
    pub fn variable(&self, value: f64) -> f64 {
        (value + self.shift).powi(-2)
    }

    /// The value of a variable m.
    #[must_use]
    pub fn value(&self, m: f64) -> f64 {
        m.sqrt().recip() - self.shift
    }

    /// The derivative of the value by m.
    #[must_use]
    pub fn slope(&self, m: f64) -> f64 {
        -0.5 * m.powf(-1.5)
    }

    /// The bounds of `value + shift`.
    #[must_use]
    pub fn shifted_bounds(&self) -> [f64; 2] {
        self.bounds.map(|bound| bound + self.shift)
    }
}

/// A parameter that follows an unknown.
#[derive(Debug, Clone, PartialEq)]
pub struct Follower {
    /// What it is.
    pub quantity: Quantity,
    /// The place of the unknown that it follows.
    pub of: usize,
    /// How it follows.
    pub relation: DensityChoice,
}

impl Follower {
    /// Its value for one of the unknown that it follows, and the derivative.
    #[must_use]
    pub fn at(&self, value: f64) -> [f64; 2] {
        let relation: &dyn DensityRelation = self.relation.as_dyn();
        relation.at(value)
    }
}

/// A medium with all its parameters, of which some follow from the variables of an inversion.
#[derive(Debug, Clone, Copy)]
pub struct EstimatedMedium<'a> {
    /// The parameters at the start, on the grid of the solver.
    pub start: &'a [Parameter],
    /// Those that are looked for.
    pub unknowns: &'a [Unknown],
    /// Those that follow.
    pub followers: &'a [Follower],
    /// Where parameters may differ from the start. Elsewhere a follower keeps its starting values.
    pub region: fd::Domain,
}

impl EstimatedMedium<'_> {
    /// The nodes of the grid.
    fn nodes(&self) -> usize {
        self.start.first().map_or(0, |parameter| parameter.model.values.len())
    }

    /// By node: whether it is in the region.
    fn inside(&self) -> Vec<bool> {
        let Some(start) = self.start.first() else { return Vec::new() };
        let region = self.region.shrunk(-1e-9);
        start.model.grid.nodes().map(|node| region.holds(&node)).collect()
    }

    /// The variables of an unknown among all.
    fn part<'m>(&self, m: &'m [f64], unknown: usize) -> &'m [f64] {
        let nodes = self.nodes();
        &m[unknown * nodes..(unknown + 1) * nodes]
    }

    fn place(&self, name: &str) -> Option<usize> {
        self.unknowns.iter().position(|unknown| unknown.quantity.name == name)
    }

    fn follower(&self, name: &str) -> Option<&Follower> {
        self.followers.iter().find(|follower| follower.quantity.name == name)
    }

    /// The variables of the starting model, unknown by unknown.
    #[must_use]
    pub fn starting_variables(&self) -> Vec<f64> {
        let of = |unknown: &Unknown| {
            let start = self.start.iter().find(|start| start.quantity == unknown.quantity);
            let values = start.map_or(&[][..], |start| &start.model.values);
            values.iter().map(|value| unknown.variable(*value)).collect::<Vec<f64>>()
        };
        self.unknowns.iter().flat_map(of).collect()
    }

    /// Every parameter of the variables `[unknown, node]`.
    #[must_use]
    pub fn parameters(&self, m: &[f64]) -> Vec<Parameter> {
        let values = |place: usize| -> Vec<f64> {
            let unknown = &self.unknowns[place];
            let start = self.start.iter().find(|start| start.quantity == unknown.quantity);
            let start = start.map_or(&[][..], |start| &start.model.values);
            // The starting value itself where nothing has changed: rounding could put it outside what the equation requires.
            let value = |(m, start): (&f64, &f64)| {
                if *m == unknown.variable(*start) { *start } else { unknown.value(*m) }
            };
            self.part(m, place).iter().zip(start).map(value).collect()
        };
        let of = |start: &Parameter| {
            let mut parameter = start.clone();
            if let Some(place) = self.place(&start.quantity.name) {
                parameter.model.values = values(place);
            } else if let Some(follower) = self.follower(&start.quantity.name) {
                let nodes = parameter.model.values.iter_mut().zip(values(follower.of)).zip(self.inside());
                for ((value, of), _) in nodes.filter(|(_, inside)| *inside) {
                    *value = follower.at(of)[0];
                }
            }
            parameter
        };
        self.start.iter().map(of).collect()
    }

    /// The names of the parameters that depend on the variables.
    #[must_use]
    pub fn varying(&self) -> Vec<&str> {
        let names = self.unknowns.iter().map(|unknown| unknown.quantity.name.as_str());
        names.chain(self.followers.iter().map(|follower| follower.quantity.name.as_str())).collect()
    }

    /// The derivative by the variables from those by the parameters that vary, in the order of [`EstimatedMedium::varying`].
    #[must_use]
    pub fn chain(&self, m: &[f64], by_parameter: &[Vec<f64>]) -> Vec<f64> {
        let (count, inside) = (self.unknowns.len(), self.inside());
        let mut by_variables = Vec::with_capacity(m.len());
        for (place, unknown) in self.unknowns.iter().enumerate() {
            let followers: Vec<_> =
                self.followers.iter().zip(&by_parameter[count..]).filter(|(of, _)| of.of == place).collect();
            for (node, m) in self.part(m, place).iter().enumerate() {
                let value = unknown.value(*m);
                let along = |(of, by): &(&Follower, &Vec<f64>)| {
                    if inside[node] { of.at(value)[1] * by[node] } else { 0.0 }
                };
                let by_value = by_parameter[place][node] + followers.iter().map(along).sum::<f64>();
                by_variables.push(unknown.slope(*m) * by_value);
            }
        }
        by_variables
    }

    /// The changes of the parameters that vary for a change of the variables, in the order of [`EstimatedMedium::varying`].
    #[must_use]
    pub fn tangent(&self, m: &[f64], dm: &[f64]) -> Vec<Vec<f64>> {
        let of_unknown = |place: usize| -> Vec<f64> {
            let (unknown, pairs) =
                (&self.unknowns[place], self.part(m, place).iter().zip(self.part(dm, place)));
            pairs.map(|(m, dm)| unknown.slope(*m) * dm).collect()
        };
        let of_follower = |follower: &Follower| -> Vec<f64> {
            let values = self.part(m, follower.of).iter().map(|m| self.unknowns[follower.of].value(*m));
            let nodes = values.zip(of_unknown(follower.of)).zip(self.inside());
            let slope = |((value, change), inside): ((f64, f64), bool)| {
                if inside { follower.at(value)[1] * change } else { 0.0 }
            };
            nodes.map(slope).collect()
        };
        let unknowns = (0..self.unknowns.len()).map(of_unknown);
        unknowns.chain(self.followers.iter().map(of_follower)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fd::Grid;
    use survey::model::Model;

    fn quantity(name: &str) -> Quantity {
        Quantity { name: name.to_owned(), unit: "1".to_owned() }
    }

    /// Values come back from their variables, and slopes are the derivatives, for bounds of any sign.
    #[test]
    fn variables_are_invertible() {
        for bounds in [[1500.0, 4500.0], [0.0, 1.0], [-0.2, 0.4], [-3.0, -1.0], [10.0, 1000.0]] {
            let unknown = Unknown::new(quantity("a"), bounds, 1.0);
            let width = bounds[1] - bounds[0];
            for share in [0.0, 0.3, 1.0] {
                let value = bounds[0] + share * width;
                let m = unknown.variable(value);
                assert!((unknown.value(m) - value).abs() < 1e-12 * (width + value.abs()));
                let found = (unknown.value(m * (1.0 + 1e-6)) - unknown.value(m * (1.0 - 1e-6))) / (2e-6 * m);
                assert!((found / unknown.slope(m) - 1.0).abs() < 1e-6);
            }
            let [low, high] = unknown.shifted_bounds();
            assert!(low > 0.0 && high > low);
        }
    }

    /// The chain rule is the transpose of the tangent, which is the derivative of the parameters; followers included.
    #[test]
    fn chain_is_the_transpose_of_the_tangent() {
        let grid = Grid::new([0.0; 2], [1.0; 2], [3, 4]).unwrap();
        let start = |name: &str, value: f64| Parameter {
            quantity: quantity(name),
            model: Model::from_fn(grid, |x, z| value * (1.0 + 0.05 * x - 0.02 * z)),
        };
        let start = [start("vp", 2500.0), start("rho", 2000.0), start("epsilon", 0.1), start("delta", 0.05)];
        let unknowns = [
            Unknown::new(quantity("epsilon"), [-0.1, 0.4], 1.0),
            Unknown::new(quantity("vp"), [1500.0, 4000.0], 1.0),
        ];
        let relation = serde_json::from_str(r#"{"gardner": {}}"#).unwrap();
        let followers = [Follower { quantity: quantity("rho"), of: 1, relation }];
        let region = fd::Domain::section([1.0, 0.0], [3.0, 1.0]);
        let medium = EstimatedMedium { start: &start, unknowns: &unknowns, followers: &followers, region };
        assert_eq!(medium.varying(), ["epsilon", "vp", "rho"]);
        let m = medium.starting_variables();
        let wave = |f: f64| (0..m.len()).map(|i| (f * (i * i) as f64).sin()).collect::<Vec<f64>>();
        let dm: Vec<f64> = wave(0.7).iter().zip(&m).map(|(w, m)| w * m).collect();
        let by: Vec<Vec<f64>> = [0.3, 0.9, 1.7].iter().map(|f| wave(*f)[..12].to_vec()).collect();
        let tangent = medium.tangent(&m, &dm);
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let left: f64 = tangent.iter().zip(&by).map(|(a, b)| dot(a, b)).sum();
        let right = dot(&medium.chain(&m, &by), &dm);
        assert!((left - right).abs() < 1e-12 * left.abs());
        let moved = |t: f64| {
            let m: Vec<f64> = m.iter().zip(&dm).map(|(m, dm)| m + t * dm).collect();
            medium.parameters(&m)
        };
        let (up, down) = (moved(1e-5), moved(-1e-5));
        for (name, tangent) in medium.varying().iter().zip(&tangent) {
            let of = |all: &[Parameter]| {
                all.iter().find(|p| p.quantity.name == *name).unwrap().model.values.clone()
            };
            for ((up, down), tangent) in of(&up).iter().zip(of(&down)).zip(tangent) {
                let found = (up - down) / 2e-5;
                assert!((found - tangent).abs() < 1e-5 * tangent.abs().max(1e-3), "{name} {found} {tangent}");
            }
        }
        let found = medium.parameters(&m);
        assert_eq!(found[3], start[3]);
        // The density follows in the region only.
        let (rho, vp) = (&found[1].model, &found[0].model);
        let node = grid.index(1, 2);
        assert_eq!(rho.values[0], start[1].model.values[0]);
        assert!((rho.values[node] - 310.0 * vp.values[node].powf(0.25)).abs() < 1e-9);
    }
}
