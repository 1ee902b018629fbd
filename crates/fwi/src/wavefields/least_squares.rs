//! Wavefields as sums of fixed functions whose weights are solved for.

use fd::Domain;
use fields::basis::{Bases, Basis, Gaussians, HiddenLayer, Kinked, Polygon, STREAMS, Shape, Sum};
use fields::projection::{self, Solved};
use fields::{FieldsError, Scaling, StrongResidual};
use num_complex::Complex64;
use pde::Dimension;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Fields, Found, WatchField, WavefieldMethod, WavefieldProblem};
use crate::inversion::InversionError;
use crate::inversion::joint::strong::StrongForm;
use crate::key_path::KeyPath;
use crate::network_settings::NetworkSettings;
use crate::problem::Unit;
use crate::scenario::WavefieldBlock;
use crate::scenario::check::{CheckSettings, Fault, positive, within};
use crate::scenario::model::ModelChoice;
use crate::summary::Status;

/// A network whose hidden layer stays as it starts and whose output layer is solved for, for all sources at once.
///
/// The equation is linear in the output weights, so the best ones follow from linear least squares, in f64. A network of
/// one sine layer is a sum of plane waves of random direction and wavenumber. Gaussians of many widths around each source
/// carry what is singular there, and functions with kinks at known interfaces what jumps there.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LeastSquares {
    /// Whether the unknown is the field that the velocity scatters from the uniform background, or the total field.
    #[serde(default)]
    pub form: StrongForm,
    /// The hidden layer.
    #[serde(default)]
    pub hidden: HiddenChoice,
    /// Gaussians around each source, for the total form.
    #[serde(default = "gaussians")]
    pub gaussians: usize,
    /// Functions with kinks at the outline of a `disc` or a `rectangle`.
    #[serde(default)]
    pub kinks: usize,
    /// Functions with kinks where the absorbing layers begin, for each axis.
    #[serde(default = "layer_kinks")]
    pub layer_kinks: usize,
    /// The equations.
    #[serde(default)]
    pub equations: Equations,
}

/// Where a hidden layer comes from.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum HiddenChoice {
    /// Plane waves of random direction and phase: the frequency w0 of a sine layer by the rule that its wavenumbers fill
    /// the disc up to `wavenumber` times the background's.
    PlaneWaves {
        /// Number of waves.
        #[serde(default = "waves")]
        count: usize,
        /// Largest wavenumber over that of the background.
        #[serde(default = "wavenumber")]
        wavenumber: f64,
    },
    /// The last hidden layer of a network with random weights.
    Network(NetworkSettings),
}

impl Default for HiddenChoice {
    fn default() -> Self {
        Self::PlaneWaves { count: waves(), wavenumber: wavenumber() }
    }
}

/// The equations of a least-squares fit: the residual of the declared equation at random points, and zero on the edge.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Equations {
    /// Points at which the equation is asked for, over the number of unknowns.
    pub oversampling: f64,
    /// Depth of the absorbing layer that is used, as a share of its thickness: the field is zero there.
    pub depth: f64,
    /// Weight of the zero on that edge.
    pub edge_weight: f64,
    /// Share of the points that crowd around the sources, their density as 1/r^2.
    pub near_sources: f64,
    /// Bound on the weights: what they cost over what a unit of residual costs, the functions being scaled to norm 1.
    pub damping: f64,
}

impl Default for Equations {
    fn default() -> Self {
        Self { oversampling: 4.0, depth: 0.6, edge_weight: 0.25, near_sources: 0.2, damping: 1e-9 }
    }
}

fn gaussians() -> usize {
    40
}
fn layer_kinks() -> usize {
    150
}
fn waves() -> usize {
    1500
}
fn wavenumber() -> f64 {
    2.5
}

impl CheckSettings for LeastSquares {
    fn check(&self, at: &KeyPath) -> Result<(), Fault> {
        match &self.hidden {
            HiddenChoice::PlaneWaves { count, wavenumber } => {
                let at = at.key("hidden").key("plane_waves");
                within(&at.key("count"), *count as f64, [1.0, 2e4], Unit::None)?;
                within(&at.key("wavenumber"), *wavenumber, [1.0, 1000.0], Unit::None)?;
            }
            HiddenChoice::Network(network) => network.check(&at.key("hidden").key("network"))?,
        }
        within(&at.key("gaussians"), self.gaussians as f64, [0.0, 1000.0], Unit::None)?;
        within(&at.key("kinks"), self.kinks as f64, [0.0, 1e4], Unit::None)?;
        within(&at.key("layer_kinks"), self.layer_kinks as f64, [0.0, 1e4], Unit::None)?;
        self.equations.check(&at.key("equations"))
    }
}

impl Equations {
    /// Checks the numbers.
    ///
    /// # Errors
    /// The key and what is wrong with it.
    pub(crate) fn check(&self, at: &KeyPath) -> Result<(), Fault> {
        within(&at.key("oversampling"), self.oversampling, [1.0, 1000.0], Unit::None)?;
        within(&at.key("depth"), self.depth, [0.1, 1.0], Unit::None)?;
        within(&at.key("edge_weight"), self.edge_weight, [0.0, 1e6], Unit::None)?;
        within(&at.key("near_sources"), self.near_sources, [0.0, 1.0], Unit::None)?;
        positive(&at.key("damping"), self.damping, Unit::None)
    }
}

impl WavefieldMethod for LeastSquares {
    fn form(&self) -> StrongForm {
        self.form
    }

    fn solve(
        &self,
        problem: &WavefieldProblem,
        settings: &WavefieldBlock,
        _watch: &mut WatchField,
    ) -> Result<Found, InversionError> {
        let basis = self.basis(problem, settings.seed)?;
        let body = problem.body().filter(|_| self.kinks > 0).map(|body| (body, self.kinks));
        let solved = self.equations.solve(problem, self.form, (&basis, body), settings.seed ^ 1)?;
        let residual = Some(solved.residual);
        Ok(Found {
            fields: total(problem, self.form, &basis, solved.weights)?,
            steps: 0,
            unknowns: (2 * basis.len() * problem.survey.sources.len()) as u64,
            residual,
            status: Status::Done,
            stopped_because: "solved".to_owned(),
        })
    }
}

impl LeastSquares {
    fn basis(&self, problem: &WavefieldProblem, seed: u64) -> Result<Bases, FieldsError> {
        let frame = problem.frame();
        let most = |factor: f64| factor * problem.wavenumber() * frame.length;
        let mut bases = match &self.hidden {
            HiddenChoice::PlaneWaves { count, wavenumber } => {
                Bases::default().with(HiddenLayer::plane_waves(*count, most(*wavenumber), seed))
            }
            HiddenChoice::Network(network) => {
                Bases::default().with(HiddenLayer::init(&network.architecture(1)?, seed)?)
            }
        };
        if self.form == StrongForm::Total && self.gaussians > 0 {
            // From inside the source to a wavelength.
            let least = 0.7 * problem.survey.variance.sqrt() / frame.length;
            let longest = std::f64::consts::TAU / most(1.0);
            for source in &problem.survey.sources {
                bases = bases.with(Gaussians::geometric(
                    frame.coordinates(*source),
                    [least, longest],
                    self.gaussians,
                ));
            }
        }
        let interior = problem.interior();
        let ([x0, z0], [x1, z1]) = (frame.coordinates(interior.lo), frame.coordinates(interior.hi));
        for (axis, inner) in [[x0, x1], [z0, z1]].into_iter().enumerate() {
            let thickness = problem.pml.thickness / frame.length;
            let waves = HiddenLayer::plane_waves(self.layer_kinks, most(2.0), seed ^ (3 + axis as u64));
            bases = bases.with(Kinked::new(waves, Shape::Layers { axis, inner, thickness }));
        }
        if let Some(shape) = self.shape(problem) {
            let waves = HiddenLayer::plane_waves(self.kinks, most(2.5), seed ^ 2);
            bases = bases.with(Kinked::new(waves, shape));
        }
        Ok(bases)
    }

    /// The outline of the functions with kinks, in units of the frame.
    fn shape(&self, problem: &WavefieldProblem) -> Option<Shape> {
        let frame = problem.frame();
        let body = problem.body().filter(|_| self.kinks > 0)?;
        Some(match &problem.velocity.choice {
            ModelChoice::Disc(disc) => {
                Shape::Disc { centre: frame.coordinates(disc.centre), radius: disc.radius / frame.length }
            }
            _ => Shape::Polygon(Polygon::rectangle(frame.coordinates(body.lo), frame.coordinates(body.hi))),
        })
    }
}

/// The total fields at the points of a problem from the weights of the functions.
pub(super) fn total(
    problem: &WavefieldProblem,
    form: StrongForm,
    basis: &dyn Basis,
    weights: Fields,
) -> Result<Fields, InversionError> {
    let frame = problem.frame();
    let points: Vec<[f64; 2]> = problem.points.iter().map(|p| frame.coordinates(*p)).collect();
    let mut fields = Sum::new(basis, weights)?.values(&points);
    if form == StrongForm::Scattered {
        for (u, u0) in fields.iter_mut().zip(problem.incident(&problem.points)) {
            u.iter_mut().zip(u0).for_each(|(u, u0)| *u += u0);
        }
    }
    Ok(fields)
}

impl Equations {
    /// The weights of the functions of a basis for every source; a body with so many functions has its own
    /// share of the points.
    ///
    /// # Errors
    /// [`InversionError::Fields`] when there are more equations than memory.
    pub(super) fn solve(
        &self,
        problem: &WavefieldProblem,
        form: StrongForm,
        (basis, body): (&dyn Basis, Option<(Domain, usize)>),
        seed: u64,
    ) -> Result<Solved, InversionError> {
        let mut rng = StdRng::seed_from_u64(seed);
        let box_ = self.used(problem);
        let near_share = if form == StrongForm::Total { self.near_sources } else { 0.0 };
        let count = (self.oversampling * basis.len() as f64).ceil() as usize;
        let body =
            body.map(|(body, functions)| (body, (self.oversampling * functions as f64).ceil() as usize));
        let (points, weights) = self.points(problem, (&box_, body), near_share, count, &mut rng);
        let edge = edge(&box_, basis.len() / 3, &mut rng);

        let background = |_: [f64; 2]| problem.background;
        let environment = problem.environment(&background);
        let equation = pde::helmholtz(Dimension::Two, form.of_equation());
        let frame = problem.frame();
        let scaling = Scaling { length: frame.length, time: 1.0, residual: problem.wavenumber().powi(-2) };
        let sources = problem.survey.sources.len();
        let coefficients = StrongResidual::new(&equation)?.at(
            &points,
            sources,
            scaling,
            |source, symbol, derivative, at| environment.value(problem.omega, source, symbol, derivative, at),
        )?;
        let contrast = problem.contrast(&points)?;

        let columns = basis.len();
        let mut system = projection::LeastSquares::new(columns, sources, points.len() + edge.len())?;
        let row = |p: usize| {
            let mut jets: [Vec<f64>; STREAMS] = Default::default();
            basis.jets(frame.coordinates(points[p]), &mut jets);
            let mut row = vec![Complex64::ZERO; columns];
            let mut right = coefficients.row(p, &jets, contrast[p], &mut row);
            row.iter_mut().chain(&mut right).for_each(|value| *value *= weights[p]);
            (row, right)
        };
        let at_edge = |p: &[f64; 2]| {
            let mut jets: [Vec<f64>; STREAMS] = Default::default();
            basis.jets(frame.coordinates(*p), &mut jets);
            let row: Vec<Complex64> = jets[0].iter().map(|f| Complex64::from(self.edge_weight * f)).collect();
            (row, vec![Complex64::ZERO; sources])
        };
        // Blocks, so that the rows of all points are not held twice.
        for block in (0..points.len()).collect::<Vec<_>>().chunks(512) {
            let rows: Vec<_> = block.par_iter().map(|p| row(*p)).collect();
            rows.iter().for_each(|(row, right)| system.add(row, right));
        }
        let rows: Vec<_> = edge.par_iter().map(at_edge).collect();
        rows.iter().for_each(|(row, right)| system.add(row, right));
        Ok(system.solve(self.damping))
    }

    /// The box in which the equation is asked for.
    fn used(&self, problem: &WavefieldProblem) -> Domain {
        let domain = problem.grid.domain();
        let cut = (1.0 - self.depth) * problem.pml.thickness;
        Domain { lo: domain.lo.map(|v| v + cut), hi: domain.hi.map(|v| v - cut) }
    }

    /// Points with the square roots of the areas that they stand for, the mean area being 1: a share of them crowds around
    /// the sources, as many in each decade of the distance, and some fill a body.
    fn points(
        &self,
        problem: &WavefieldProblem,
        (within, body): (&Domain, Option<(Domain, usize)>),
        near_share: f64,
        count: usize,
        rng: &mut StdRng,
    ) -> (Vec<[f64; 2]>, Vec<f64>) {
        let sources = &problem.survey.sources;
        let area = (within.hi[0] - within.lo[0]) * (within.hi[1] - within.lo[1]);
        let near = (near_share * count as f64 / sources.len() as f64).round() as usize;
        let most = 1.2 * std::f64::consts::TAU / problem.wavenumber();
        let least = 0.1 * problem.survey.variance.sqrt().max(1e-3 * most);
        let mut points: Vec<[f64; 2]> = (0..count - near * sources.len())
            .map(|_| std::array::from_fn(|a| rng.random_range(within.lo[a]..within.hi[a])))
            .collect();
        let everywhere = points.len() as f64;
        for source in sources {
            for _ in 0..near {
                let r = least * (most / least).powf(rng.random::<f64>());
                let (sin, cos) = (std::f64::consts::TAU * rng.random::<f64>()).sin_cos();
                let point = [source[0] + r * cos, source[1] + r * sin];
                if within.covers(point) {
                    points.push(point);
                }
            }
        }
        let mut in_body = 0.0;
        if let Some((body, count)) = body {
            points.extend(
                (0..count)
                    .map(|_| std::array::from_fn::<f64, 2, _>(|a| rng.random_range(body.lo[a]..body.hi[a]))),
            );
            in_body = count as f64 * area / ((body.hi[0] - body.lo[0]) * (body.hi[1] - body.lo[1]));
        }
        let weight = |p: &[f64; 2]| {
            let mut density = everywhere;
            if body.is_some_and(|(body, _)| body.covers(*p)) {
                density += in_body;
            }
            for source in sources {
                let r = (p[0] - source[0]).hypot(p[1] - source[1]).max(least);
                if near > 0 && r < most {
                    let per_decade = near as f64 / (most / least).ln();
                    density += area * per_decade / (std::f64::consts::TAU * r * r);
                }
            }
            (everywhere / density).sqrt()
        };
        let weights = points.iter().map(weight).collect();
        (points, weights)
    }
}

/// Random points on the four sides of a box.
fn edge(of: &Domain, count: usize, rng: &mut StdRng) -> Vec<[f64; 2]> {
    let point = |i: usize| {
        let t: f64 = rng.random();
        let along = |a: usize| of.lo[a] + t * (of.hi[a] - of.lo[a]);
        match i % 4 {
            0 => [along(0), of.lo[1]],
            1 => [along(0), of.hi[1]],
            2 => [of.lo[0], along(1)],
            _ => [of.hi[0], along(1)],
        }
    };
    (0..count).map(point).collect()
}
