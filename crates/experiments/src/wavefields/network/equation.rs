//! The equation that a network of wavefields obeys: of constant or of variable density.

use fields::{
    AtContrast, Evaluation, JetOrder, PointResidual, Scaling, StrongResidual, SystemCoefficients,
    SystemResidual, SystemScaling, Wavefield, wavefield::Channels,
};
use num_complex::{Complex32, Complex64};
use pde::{Dimension, MultiIndex};

use super::settings::Network;
use crate::wavefields::problem::WavefieldProblem;
use crate::wavefields::system::system;
use fwi::inversion::InversionError;
use fwi::inversion::joint::strong::StrongLoss;
use survey::density::DensityChoice;

/// The equation and how it is scaled.
pub(super) enum Equation {
    /// The Helmholtz equation; the only unknown is the pressure.
    ConstantDensity { residual: StrongResidual, scaling: Scaling },
    /// Pressure and particle velocity at a frequency, in stretched coordinates.
    VariableDensity { residual: Box<SystemResidual>, scaling: SystemScaling, density: DensityChoice },
}

/// The equation at points.
pub(super) enum EquationAtPoints {
    ConstantDensity(AtContrast),
    VariableDensity(SystemCoefficients),
}

/// How the outputs of a network represent the fields of all sources.
#[derive(Debug, Clone)]
pub(super) struct Outputs {
    /// All fields, those of a source together.
    pub(super) fields: Wavefield,
    /// The names of the fields of a source.
    pub(super) names: Vec<String>,
    /// The place of the pressure among them.
    pressure: usize,
    /// The pressure in Pa for a field of 1.
    unit: f32,
}

impl Outputs {
    /// The pressure of a source at a point, Pa.
    pub(super) fn pressure(&self, u: &Evaluation, point: usize, source: usize) -> Complex64 {
        let value = self.fields.at(u, 0, point, source * self.names.len() + self.pressure) * self.unit;
        Complex64::new(f64::from(value.re), f64::from(value.im))
    }
}

/// What the outputs of the network of these settings mean.
pub(super) fn outputs(settings: &Network, problem: &WavefieldProblem) -> Outputs {
    let (sources, scale) = (problem.survey.sources.len(), settings.scale(problem));
    if problem.density.is_none() {
        let fields = Wavefield { first: 0, sources, scale };
        return Outputs { fields, names: vec!["p".to_owned()], pressure: 0, unit: 1.0 };
    }
    let (system, pressure) = system();
    let names: Vec<String> = system.unknowns.iter().map(|unknown| unknown.name.clone()).collect();
    let fields = Wavefield { first: 0, sources: sources * names.len(), scale: 1.0 };
    Outputs { fields, names, pressure, unit: scale }
}

impl Equation {
    pub(super) fn new(settings: &Network, problem: &WavefieldProblem) -> Result<Self, InversionError> {
        let length = problem.frame().length;
        let Some(density) = &problem.density else {
            let sitzmann = matches!(settings.loss, StrongLoss::Sitzmann { .. });
            let residual = if sitzmann { length.powi(2) } else { problem.wavenumber().powi(-2) };
            let equation = pde::helmholtz(Dimension::Two, settings.form.of_equation());
            let scaling = Scaling { length, time: 1.0, residual };
            return Ok(Self::ConstantDensity { residual: StrongResidual::new(&equation)?, scaling });
        };
        let (system, pressure) = system();
        let residual = SystemResidual::new(&system)?;
        let number = |name: &str| match name {
            "vp" => Some(problem.background),
            "rho" => Some(density.as_dyn().at(problem.background)[0]),
            "omega" => Some(problem.omega),
            _ => name.starts_with("e_").then_some(1.0),
        };
        let kept = (pressure, f64::from(settings.scale(problem)));
        let scaling = residual.balanced([length, 1.0], kept, &number)?;
        Ok(Self::VariableDensity { residual: Box::new(residual), scaling, density: density.clone() })
    }

    /// The order of jets.
    pub(super) fn order(&self) -> JetOrder {
        match self {
            Self::ConstantDensity { residual, .. } => residual.order(),
            Self::VariableDensity { residual, .. } => residual.order(),
        }
    }

    /// The equation at points, with the medium there.
    pub(super) fn at(
        &self,
        problem: &WavefieldProblem,
        points: &[[f64; 2]],
    ) -> Result<EquationAtPoints, InversionError> {
        let background = |_: [f64; 2]| problem.background;
        let environment = problem.environment(&background);
        let known = |source: usize, symbol: &str, derivative: &MultiIndex, at: &[f64]| {
            environment.value(problem.omega, source, symbol, derivative, at)
        };
        let sources = problem.survey.sources.len();
        match self {
            Self::ConstantDensity { residual, scaling } => {
                let coefficients = residual.at(points, sources, *scaling, known)?;
                let contrast = problem.contrast(points)?;
                Ok(EquationAtPoints::ConstantDensity(AtContrast { coefficients, contrast }))
            }
            Self::VariableDensity { residual, scaling, density } => {
                // The source f of the Helmholtz equation, as a source of volume: f = -i omega q.
                let known = |source: usize, symbol: &str, derivative: &MultiIndex, at: &[f64]| match symbol {
                    "q" => Some(Complex64::I / problem.omega * known(source, "f", derivative, at)?),
                    "f_x" | "f_z" => Some(Complex64::ZERO),
                    _ => known(source, symbol, derivative, at),
                };
                let at_points = residual.at(points, sources, scaling, known)?;
                let velocity = problem.velocity.pointwise(&problem.grid)?;
                let vp: Vec<f64> = points.iter().map(|point| velocity(*point)).collect();
                let rho = || vp.iter().map(|v| density.as_dyn().at(*v)[0]).collect();
                let values = |(name, _): &(String, MultiIndex)| if name == "vp" { vp.clone() } else { rho() };
                let medium: Vec<Vec<f64>> = residual.partials().iter().map(values).collect();
                Ok(EquationAtPoints::VariableDensity(at_points.coefficients(&medium)))
            }
        }
    }
}

impl PointResidual for EquationAtPoints {
    fn driven(&self, point: usize) -> bool {
        match self {
            Self::ConstantDensity(equation) => equation.driven(point),
            Self::VariableDensity(equation) => equation.driven(point),
        }
    }

    fn residual(&self, u: &Evaluation, channels: impl Channels) -> Vec<Vec<Complex32>> {
        match self {
            Self::ConstantDensity(equation) => equation.residual(u, channels),
            Self::VariableDensity(equation) => equation.residual(u, channels),
        }
    }

    fn pull_back(&self, u: &Evaluation, channels: impl Channels, g: &[Vec<Complex32>], upstream: &mut [f32]) {
        match self {
            Self::ConstantDensity(equation) => equation.pull_back(u, channels, g, upstream),
            Self::VariableDensity(equation) => equation.pull_back(u, channels, g, upstream),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wavefields::finite_differences;
    use crate::wavefields::tests::problem;

    /// Value, d/dx and d/dz of v_x, v_z and p.
    type Jets = [[Complex64; 3]; 3];

    const DENSITY: &str = "{\"gardner\": {\"factor\": 1e-3, \"exponent\": 2.0}}";

    fn with_density(problem: &WavefieldProblem, density: &str) -> WavefieldProblem {
        WavefieldProblem { density: Some(serde_json::from_str(density).unwrap()), ..problem.clone() }
    }

    /// The largest residual of the equation of volume relative to its largest term with the pressure, and that of its source
    /// alone, for fields `[source][point]`.
    fn residual(problem: &WavefieldProblem, points: &[[f64; 2]], jets: &[Vec<Jets>]) -> [f64; 2] {
        let settings =
            "{\"network\": {\"width\": 4, \"layers\": 1}, \"optimizer\": {\"lbfgs\": {}}, \"steps\": 1}";
        let settings: Network = serde_json::from_str(settings).unwrap();
        let equation = Equation::new(&settings, problem).unwrap();
        let Equation::VariableDensity { scaling, .. } = &equation else { panic!("there is a density") };
        let (count, sources) = (points.len(), jets.len());
        let mut values = Vec::new();
        for stream in 0..3 {
            let unit = if stream == 0 { 1.0 } else { scaling.length };
            for point in 0..count {
                for source in jets {
                    for (field, unknown) in source[point].iter().zip(&scaling.unknowns) {
                        let value = field[stream] * unit / unknown;
                        values.extend([value.re as f32, value.im as f32]);
                    }
                }
            }
        }
        let zero = Evaluation::of_values(vec![0.0; values.len()], count, sources * 6);
        let u = Evaluation::of_values(values, count, sources * 6);
        let at_points = equation.at(problem, points).unwrap();
        let fields = outputs(&settings, problem).fields;
        // The coefficient of the pressure is 1.
        let pressures = (0..sources * count).map(|k| fields.at(&u, 0, k % count, k / count * 3 + 2).norm());
        let largest = pressures.fold(0.0, f32::max);
        [&u, &zero].map(|u| {
            let rows = at_points.residual(u, fields);
            let of_volume = rows.iter().skip(2).step_by(3).flatten();
            f64::from(of_volume.fold(0.0, |most: f32, r| most.max(r.norm())) / largest)
        })
    }

    /// The jets of finite differences at points for a density, by central differences.
    fn solved(problem: &WavefieldProblem, density: &str, centres: &[[f64; 2]]) -> Vec<Vec<Jets>> {
        let h = 10.0;
        let grid = fd::Grid::with_spacing(&problem.grid.domain(), h).unwrap();
        let around = |c: &[f64; 2]| {
            [[0.0, 0.0], [-h, 0.0], [h, 0.0], [0.0, -h], [0.0, h]].map(|[x, z]| [c[0] + x, c[1] + z])
        };
        let points = centres.iter().flat_map(around).collect();
        let problem = WavefieldProblem { points, ..with_density(problem, density) };
        let p = finite_differences::fields(&problem, &grid, 2, &mut |_| {}).unwrap();
        let velocity = problem.velocity.pointwise(&problem.grid).unwrap();
        let density = problem.density.as_ref().unwrap().as_dyn();
        let jets = |p: &[Complex64], [x, z]: [f64; 2]| {
            let [rho, by_velocity] = density.at(velocity([x, z]));
            let slope = by_velocity * (velocity([x, z + h]) - velocity([x, z - h])) / (2.0 * h);
            let first = [(p[2] - p[1]) / (2.0 * h), (p[4] - p[3]) / (2.0 * h)];
            let second = [1, 3].map(|k| (p[k] - 2.0 * p[0] + p[k + 1]) / (h * h));
            let (factor, zero) = (Complex64::I / (problem.omega * rho), Complex64::ZERO);
            let along_z = factor * (second[1] - slope * first[1] / rho);
            [
                [factor * first[0], factor * second[0], zero],
                [factor * first[1], zero, along_z],
                [p[0], first[0], first[1]],
            ]
        };
        p.iter().map(|p| p.chunks(5).zip(centres).map(|(p, at)| jets(p, *at)).collect()).collect()
    }

    /// The residual that a network minimises vanishes on the field of finite differences in a medium of variable density, and
    /// not with another density. The differences leave `(k h)^2 / 12` of a term, 2e-4.
    #[test]
    fn finite_differences_solve_the_equation() {
        let gradient = serde_json::json!({"gradient": {"top": 800.0, "bottom": 1400.0}});
        let mut problem = problem();
        problem.velocity.choice = serde_json::from_value(gradient).unwrap();
        problem.velocity.choice.place([-1000.0, 1000.0], [-1000.0, 1000.0]);
        let apart = [[200.0, 250.0], [-100.0, 300.0], [0.0, -350.0], [-300.0, -300.0]];
        let jets = solved(&problem, DENSITY, &apart);
        let [right, source] = residual(&with_density(&problem, DENSITY), &apart, &jets);
        assert!(right < 1e-3 && source == 0.0, "{right} {source}");
        let [wrong, _] = residual(&with_density(&problem, "{\"gardner\": {}}"), &apart, &jets);
        assert!(wrong > 0.05, "{wrong}");
    }

    /// Inside a source in a uniform medium, `lap p = rho f - k^2 p` whatever p is; the residual of volume vanishes then, to the
    /// rounding of single precision.
    #[test]
    fn sources_are_those_of_constant_density() {
        let mut problem = with_density(&problem(), DENSITY);
        problem.velocity.choice =
            serde_json::from_value(serde_json::json!({"uniform": {"velocity": 1000.0}})).unwrap();
        let points = [[-300.0, 0.0], [-280.0, 15.0]];
        let background = |_: [f64; 2]| problem.background;
        let environment = problem.environment(&background);
        let rho = problem.density.as_ref().unwrap().as_dyn().at(1000.0)[0];
        let jets = |source: usize, at: &[f64; 2]| {
            let f = environment.value(problem.omega, source, "f", &MultiIndex::ZERO, at).unwrap();
            let p = Complex64::new(0.7, -0.4) * problem.scale();
            let laplacian = rho * f - problem.wavenumber().powi(2) * p;
            let (factor, zero) = (Complex64::I / (problem.omega * rho), Complex64::ZERO);
            [[zero, factor * laplacian, zero], [zero; 3], [p, zero, zero]]
        };
        let jets: Vec<Vec<Jets>> = (0..2).map(|s| points.iter().map(|at| jets(s, at)).collect()).collect();
        let [right, source] = residual(&problem, &points, &jets);
        assert!(source > 1.0 && right < 1e-6 * source, "{right} {source}");
    }
}
