//! The field that serves as the truth.

use fd::Grid;

use super::finite_differences;
use super::problem::{Fields, WavefieldProblem};
use fwi::forward::medium_solver::order_in;
use fwi::inversion::InversionError;
use fwi::metrics::relative_l2;

/// Order of accuracy of the finite differences that serve as the truth.
const ORDER: usize = 4;

/// True fields at the points of a problem.
pub struct Truth {
    /// The fields.
    pub fields: Fields,
    /// A description of the way they were computed.
    pub how: String,
    /// Points of the problem that are compared, for each source.
    pub compared: Vec<Vec<usize>>,
}

impl Truth {
    /// The exact fields of a uniform medium, or of a disc of constant density without attenuation; otherwise finite differences with nodes `spacing` m apart.
    /// Points closer to a source than `exclude` m are not compared. `finished` receives the number of finished sources and their total.
    ///
    /// # Errors
    /// [`InversionError`] if the grid is too coarse for the waves.
    pub fn new(
        problem: &WavefieldProblem,
        spacing: f64,
        exclude: f64,
        finished: &mut dyn FnMut([u64; 2]),
    ) -> Result<Self, InversionError> {
        let near = |p: &[f64; 2], s: &[f64; 2]| (p[0] - s[0]).hypot(p[1] - s[1]) < exclude;
        let compared = (problem.survey.sources_in_section().iter())
            .map(|s| (0..problem.points.len()).filter(|&i| !near(&problem.points[i], s)).collect())
            .collect();
        let uniform = problem.velocity.uniform() == Some(problem.background);
        let (disc, uniform) = if problem.medium.is_plain() {
            (problem.velocity.disc(), uniform)
        } else {
            (None, uniform && problem.medium.is_uniform())
        };
        let (fields, how) = if let Some(disc) = disc {
            let strength = problem.survey.effective_strength(problem.omega / disc.background);
            let field = |source: &fd::Point| {
                let series = disc.series(problem.omega, strength, source.section())?;
                Ok(problem.points.iter().map(|p| series.at(*p)).collect())
            };
            let fields = problem.survey.sources.iter().map(field).collect::<Result<_, fd::FdError>>()?;
            (fields, "the exact series of the disc".to_owned())
        } else if uniform {
            (problem.incident(&problem.points), "the exact field (Hankel function)".to_owned())
        } else {
            let domain = problem.grid.domain();
            let grid = Grid::with_spacing(&domain, spacing)?;
            let order = order_in(&problem.medium, ORDER);
            let how = format!(
                "finite differences of order {order} with nodes {} m apart",
                document::numbers::short(spacing)
            );
            (finite_differences::fields(problem, &grid, order, finished)?, how)
        };
        Ok(Self { fields, how, compared })
    }

    /// Relative error of fields over all sources and compared points.
    #[must_use]
    pub fn error(&self, found: &Fields) -> Option<f64> {
        let gather = |fields: &Fields| {
            let one = |(u, at): (&Vec<_>, &Vec<usize>)| at.iter().map(|&i| u[i]).collect::<Vec<_>>();
            fields.iter().zip(&self.compared).flat_map(one).collect::<Vec<_>>()
        };
        relative_l2(&gather(found), &gather(&self.fields))
    }
}
