//! The collocation points of a strong residual.

use document::{Fault, KeyPath, Unit, within};
use fields::collocation::{Collocation, Region, ResidualWeighted, SourceWeighted, Uniform};
use fields::{Balance, FieldsError};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use survey::ranges;
use survey::survey::Survey;

/// Where collocation points are.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Sampling {
    /// Uniform in the grid, with a share of the points in the region of the inversion.
    Uniform {
        /// Share of the points in the region of the inversion.
        #[serde(default = "half")]
        #[schemars(transform = Unit::None.within(0.0, 1.0))]
        region_share: f64,
    },
    /// At the receivers, in discs around the sources, and uniform elsewhere, as in the SIREN paper.
    SourceWeighted {
        /// Radius of the discs.
        #[schemars(transform = ranges::length())]
        radius: f64,
        /// Number of points in the discs, all sources together.
        #[schemars(transform = Unit::None.within(0.0, 1e7))]
        in_discs: usize,
    },
    /// Half of the points uniform, half where the residual was large.
    ResidualWeighted {},
}

/// A number of points and the sampler that draws them.
pub type Sampler = (usize, Box<dyn Collocation>);

impl Sampling {
    /// The samplers for this number of points in a box, some of them in an inner box.
    ///
    /// # Errors
    /// [`FieldsError::Collocation`] for a box without area.
    pub fn samplers(
        &self,
        points: usize,
        [whole, inner]: [fd::Domain; 2],
        survey: &Survey,
        seed: u64,
    ) -> Result<Vec<Sampler>, FieldsError> {
        let whole = Region::new(whole.lo, whole.hi)?;
        Ok(match *self {
            Self::Uniform { region_share } => {
                let inner = Region::new(inner.lo, inner.hi)?;
                let inside = (points as f64 * region_share).round() as usize;
                vec![
                    (inside, Box::new(Uniform::new(inner, seed)) as Box<dyn Collocation>),
                    (points - inside, Box::new(Uniform::new(whole, seed.wrapping_add(1)))),
                ]
            }
            Self::SourceWeighted { radius, in_discs } => {
                let (fixed, centres) = (survey.receivers_in_section(), survey.sources_in_section());
                let sampler = SourceWeighted::new(whole, centres, fixed, radius, in_discs, seed)?;
                vec![(points, Box::new(sampler))]
            }
            Self::ResidualWeighted {} => {
                vec![(points, Box::new(ResidualWeighted::new(whole, 0.5, 1.0, seed)?))]
            }
        })
    }

    /// Checks the settings for so many points.
    ///
    /// # Errors
    /// The key and its problem.
    pub fn check(&self, at: &KeyPath, points: usize) -> Result<(), Fault> {
        match *self {
            Self::SourceWeighted { in_discs, .. } => {
                let at = at.key("source_weighted");
                within(&at.key("in_discs"), in_discs as f64, [0.0, points as f64], Unit::None)
            }
            Self::Uniform { .. } | Self::ResidualWeighted {} => Ok(()),
        }
    }
}

impl Default for Sampling {
    fn default() -> Self {
        Self::Uniform { region_share: half() }
    }
}

fn half() -> f64 {
    0.5
}

/// `per_side` points on each side of the edge of a domain.
pub fn edge(domain: &fd::Domain, per_side: usize) -> Vec<[f64; 2]> {
    let along =
        |a: usize, i: usize| domain.lo[a] + (domain.hi[a] - domain.lo[a]) * i as f64 / (per_side - 1) as f64;
    let mut points = Vec::with_capacity(4 * per_side);
    for i in 0..per_side {
        points.extend([[along(0, i), domain.lo[1]], [along(0, i), domain.hi[1]]]);
        points.extend([[domain.lo[0], along(1, i)], [domain.hi[0], along(1, i)]]);
    }
    points
}

/// The memory of each sampler.
pub fn learnt(samplers: &[Sampler]) -> Vec<Vec<f32>> {
    samplers.iter().map(|(_, sampler)| sampler.memory()).collect()
}

/// The data of balancing factors and of samplers that a checkpoint needs.
pub fn memory(balance: Option<&Balance>, learnt: Vec<Vec<f32>>) -> Vec<f32> {
    let parts = std::iter::once(balance.map(Balance::state).unwrap_or_default()).chain(learnt);
    parts.flat_map(|part| std::iter::once(part.len() as f32).chain(part)).collect()
}

/// Restores what [`memory`] returned.
pub fn remember(memory: &[f32], balance: Option<&mut Balance>, samplers: &mut [Sampler]) {
    let mut rest = memory;
    let mut part = || {
        let (count, behind) = rest.split_first()?;
        let (part, behind) = behind.split_at_checked(*count as usize)?;
        rest = behind;
        Some(part)
    };
    let factors = part();
    balance.into_iter().zip(factors).for_each(|(balance, factors)| balance.restore(factors));
    for (_, sampler) in samplers {
        part().into_iter().for_each(|learnt| sampler.remember(learnt));
    }
}
