//! The output layer of a wavefield in time by linear least squares, for all sources together.

use super::{EvolutionObjective, EvolutionTerms};
use crate::error::FieldsError;
use crate::evaluation::Evaluation;
use crate::network::Network;
use crate::projection::LeastSquares;
use crate::wavefield::RealWavefield;

impl EvolutionObjective<'_> {
    /// The network with the output layer that minimises the least-squares terms at `points` new points. Its hidden
    /// units are the functions, and the equation is linear in their weights. Without an exact start the network is
    /// returned unchanged.
    ///
    /// # Errors
    /// [`FieldsError::Equation`]; [`FieldsError::Memory`] for more points than can be factorised.
    ///
    /// # Source
    /// Golub & Pereyra, SIAM Journal on Numerical Analysis 10 (1973), 413-432: variable projection.
    pub fn with_solved_output(
        &mut self,
        network: &Network,
        points: usize,
        damping: f64,
    ) -> Result<Network, FieldsError> {
        let EvolutionTerms::LeastSquares { exact_start: Some(condition), cone_weight, .. } = self.terms
        else {
            return Ok(network.clone());
        };
        let usual = std::mem::replace(&mut self.points, points);
        let set = self.draw(1.0);
        self.points = usual;
        let set = set?;
        let frame = self.problem.frame();
        let times: Vec<f64> = set.events.iter().map(|event| event[2] / frame.time).collect();
        let at = frame.tensor(&set.events, &self.device);

        // Every hidden unit, and the constant, as a separate output.
        let (sources, count) = (self.problem.centres.len(), set.events.len());
        let mut architecture = *network.architecture();
        let width = architecture.width;
        let functions = width + 1;
        architecture.outputs = functions;
        let mut values = network.parameter_values();
        let last = values.len() - 2;
        values[last] =
            (0..width * functions).map(|i| if i / functions == i % functions { 1.0 } else { 0.0 }).collect();
        values[last + 1] = (0..functions).map(|i| if i == width { 1.0 } else { 0.0 }).collect();
        let order = self.residual.order();
        let units =
            Network::from_values(&architecture, values, &network.device())?.frozen().evaluate(at, order);
        let units = condition.apply(&units, &times, |_, _| [0.0; 4]);
        let nothing = Evaluation::of_values(vec![0.0; order.streams(3) * count * sources], count, sources);
        let start = condition.apply(&nothing, &times, |c, p| set.start[c][p]);

        let contrast = vec![0.0; set.inside];
        let channel = |first: usize| RealWavefield { first, sources: 1, scale: 1.0 };
        let residuals = |u: &Evaluation, channels: usize| -> Vec<Vec<f64>> {
            (0..channels)
                .map(|c| {
                    let residual = set.coefficients.residual(u, channel(c), &contrast);
                    residual[0].iter().map(|r| f64::from(r.re)).collect()
                })
                .collect()
        };
        let (left, right) = (residuals(&units, functions), residuals(&start, sources));
        let mut system = LeastSquares::new(functions, sources, count)?;
        let mut row = vec![0.0; functions];
        let mut wanted = vec![0.0; sources];
        let inside = (set.inside as f64).sqrt().recip();
        for p in 0..set.inside {
            (0..functions).for_each(|c| row[c] = inside * left[c][p]);
            (0..sources).for_each(|s| wanted[s] = -inside * right[s][p]);
            system.add(&row, &wanted);
        }
        let outside = (cone_weight.unwrap_or(0.0) / set.outside.max(1) as f64).sqrt();
        for p in set.inside..set.inside + set.outside {
            (0..functions).for_each(|c| row[c] = outside * f64::from(units.at(0, p, c)));
            (0..sources).for_each(|s| wanted[s] = -outside * f64::from(start.at(0, p, s)));
            system.add(&row, &wanted);
        }
        let solved = system.solve(damping);
        let mut values = network.parameter_values();
        values[last] = (0..width * sources).map(|i| solved[i % sources][i / sources] as f32).collect();
        values[last + 1] = (0..sources).map(|s| solved[s][width] as f32).collect();
        Network::from_values(network.architecture(), values, &network.device())
    }
}
