//! One network fitted to one target.

use std::time::Instant;

use fields::{At, FieldsError, Network, NormalEquations, device};
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;

use super::derivatives::Derivatives;
use super::outcome::FitRow;
use super::quantity::Lesson;
use super::score::{Score, psnr_but_harmonic_db};
use super::target::Target;
use crate::bench::cpu_seconds;
use crate::field_network::FieldNetwork;
use crate::scenario::FitBlock;
use crate::scenario::fits::Quantity;
use crate::summary::Status;

/// What a fit has come to.
#[derive(Debug, Clone)]
pub struct Fitted {
    /// The network and what its output means.
    pub field: FieldNetwork,
    /// What it gives at the nodes of the target.
    pub at: Derivatives,
    /// How far that is from the target.
    pub score: Score,
    /// How it went.
    pub history: Vec<FitRow>,
    /// How it ended.
    pub status: Status,
    /// Why, in words.
    pub stopped_because: String,
    /// Optimiser steps done.
    pub steps: u64,
    /// Wall time of the steps, s; measuring against the target is not in it.
    pub wall_s: f64,
    /// Processor time of the steps, s.
    pub cpu_s: f64,
}

/// Rows of the history at equal distances.
const ROWS: usize = 24;

/// Fits a network; `watch` sees every row of the history and every step, and ends the fit by `true`.
///
/// # Errors
/// [`FieldsError`] for a network that cannot be built, or a device that is not there.
pub fn fit(
    target: &Target,
    block: &FitBlock,
    watch: &mut dyn FnMut(u64, f64, Option<&FitRow>) -> bool,
) -> Result<Fitted, FieldsError> {
    let device = device::parse(&block.device)?;
    let lesson = Lesson::new(target, block.quantity, block.scaling);
    let architecture = block.network.architecture(1)?;
    if let Some(available) = fields::memory::available() {
        let points = block.batch.unwrap_or(target.grid.len());
        architecture.memory(points, lesson.order()).check(available)?;
    }
    let mut network = Network::init(&architecture, block.seed, &device)?;
    let settings = block.optimizer.as_dyn();
    let mut optimizer =
        settings.for_network().expect("the plan has checked that the optimiser is one for networks");
    optimizer.check(&architecture)?;
    let points: Vec<[f64; 2]> = target.grid.points().collect();
    let mut batches = Batches::new(points.len(), block.batch, block.seed);
    let tensor = |indices: &[usize]| {
        let chosen: Vec<[f64; 2]> = indices.iter().map(|i| points[*i]).collect();
        lesson.coordinates().tensor(&chosen, &device)
    };
    let whole = batches.is_whole().then(|| tensor(batches.next()));

    let zero = lesson.zero().max(f64::MIN_POSITIVE);
    let mut good = measured(target, &lesson, &network, &points);
    let mut history = vec![FitRow::new(0, 0.0, None, &good.2)];
    let (mut wall_s, mut cpu_s, mut done) = (0.0, 0.0, 0);
    let (mut status, mut stopped) = (Status::Done, "all steps done".to_owned());
    for step in 1..=block.steps {
        let (started, cpu) = (Instant::now(), cpu_seconds());
        if (step - 1).is_multiple_of(optimizer.hold()) {
            batches.next();
        }
        let indices = batches.these();
        let batch = whole.clone().unwrap_or_else(|| tensor(indices));
        let jet = network.evaluate(batch.clone(), lesson.order());
        let (misfit, upstream) = lesson.misfit(&jet, indices);
        if !misfit.is_finite() && optimizer.accepted().is_none() {
            status = Status::Diverged;
            let where_from = network.first_non_finite().map_or_else(String::new, |p| format!(" ({p})"));
            stopped = format!(
                "the misfit was {misfit} at step {step}{where_from}; the network of step {} is kept",
                history_end(&history)
            );
            break;
        }
        let residuals = settings.needs_squares().then(|| lesson.residuals(&jet, indices, batch));
        let linearised = residuals.as_ref().map(|r| || NormalEquations::new(&network, r));
        let gradient = jet.pull_back(upstream);
        let fraction = (step - 1) as f64 / block.steps as f64;
        let at = At {
            learning_rate: settings.learning_rate(fraction, step - 1),
            objective: misfit,
            linearised: linearised.as_ref().map(|linearise| linearise as &dyn Fn() -> NormalEquations),
        };
        let parameters = optimizer.step(at, network.parameters(), gradient);
        network = network.with_parameters(parameters)?;
        (wall_s, cpu_s, done) = (wall_s + started.elapsed().as_secs_f64(), cpu_s + cpu_seconds() - cpu, step);

        let late = block.time_limit.is_some_and(|limit| wall_s >= limit);
        let misfit = (misfit / zero).sqrt();
        let mut asked = false;
        if late || recorded(step, block.steps) {
            let settled = network.with_parameters(optimizer.settled(network.parameters()))?;
            let now = measured(target, &lesson, &settled, &points);
            let row = FitRow::new(step as u64, wall_s, Some(misfit), &now.2);
            history.push(row);
            asked = watch(step as u64, misfit, Some(&row));
            let error = now.2.relative_l2;
            if error.is_some() {
                good = now;
            }
            if block.tolerance.zip(error).is_some_and(|(tolerance, error)| error <= tolerance) {
                stopped = "the tolerance is reached".to_owned();
                break;
            }
        } else {
            asked |= watch(step as u64, misfit, None);
        }
        if asked {
            (status, stopped) = (Status::Interrupted, "interrupted".to_owned());
            let settled = network.with_parameters(optimizer.settled(network.parameters()))?;
            good = measured(target, &lesson, &settled, &points);
            break;
        }
        if late {
            stopped = "the time limit is reached".to_owned();
            break;
        }
    }
    let (mut field, at, score) = good;
    field.frame.relative_l2 = score.relative_l2.unwrap_or(f64::NAN);
    field.frame.largest = score.largest.unwrap_or(f64::NAN);
    let steps = done as u64;
    Ok(Fitted { field, at, score, history, status, stopped_because: stopped, steps, wall_s, cpu_s })
}

/// Twenty-four rows at equal distances, and 1, 2, 5, 10, ... where those are wide apart.
fn recorded(step: usize, steps: usize) -> bool {
    let mut leading = step;
    while leading >= 10 && leading.is_multiple_of(10) {
        leading /= 10;
    }
    step == steps || step.is_multiple_of(steps.div_ceil(ROWS)) || matches!(leading, 1 | 2 | 5)
}

fn history_end(history: &[FitRow]) -> u64 {
    history.last().map_or(0, |row| row.step)
}

/// The network as a field, what it gives, and how far that is from the target.
fn measured(
    target: &Target,
    lesson: &Lesson,
    network: &Network,
    points: &[[f64; 2]],
) -> (FieldNetwork, Derivatives, Score) {
    // With an offset of zero and a factor of one the values are the outputs.
    let mut frame = lesson.frame(target, std::iter::once(0.0));
    (frame.offset, frame.factor) = (0.0, 1.0);
    let mut field = FieldNetwork { network: network.frozen(), frame };
    let mut at = field.evaluate(points);
    field.frame = lesson.frame(target, at.value.iter().copied());
    let (offset, factor) = (field.frame.offset, field.frame.factor);
    at.value.iter_mut().for_each(|y| *y = offset + factor * *y);
    let [x, z] = &mut at.gradient;
    x.iter_mut().chain(z).chain(&mut at.laplacian).for_each(|y| *y *= factor);
    let mut score = Score::of(&at, target);
    if lesson.quantity() == Quantity::Laplacian {
        score.psnr_but_harmonic_db = psnr_but_harmonic_db(&at.value, target);
    }
    (field, at, score)
}

/// Which samples each step uses: all of them, or parts of random orders.
struct Batches {
    order: Vec<usize>,
    size: usize,
    /// Where those after the present ones begin.
    from: usize,
    rng: StdRng,
}

impl Batches {
    fn new(count: usize, size: Option<usize>, seed: u64) -> Batches {
        let size = size.map_or(count, |size| size.min(count));
        // The network has the seed itself.
        let rng = StdRng::seed_from_u64(seed.wrapping_add(0x5eed));
        Batches { order: (0..count).collect(), size, from: count, rng }
    }

    fn is_whole(&self) -> bool {
        self.size == self.order.len()
    }

    /// The next samples; each is used once before any is used again, but for a rest smaller than a batch.
    fn next(&mut self) -> &[usize] {
        if self.is_whole() {
            return &self.order;
        }
        if self.from + self.size > self.order.len() {
            self.order.shuffle(&mut self.rng);
            self.from = 0;
        }
        self.from += self.size;
        self.these()
    }

    /// The present samples.
    fn these(&self) -> &[usize] {
        if self.is_whole() { &self.order } else { &self.order[self.from - self.size..self.from] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Within one order no sample comes twice; the next order is another one; without a size all come in their order.
    #[test]
    fn batches_use_every_sample() {
        let mut batches = Batches::new(10, Some(3), 1);
        let mut orders = Vec::new();
        for _ in 0..2 {
            let mut seen: Vec<usize> = (0..3).flat_map(|_| batches.next().to_vec()).collect();
            orders.push(seen.clone());
            seen.sort_unstable();
            seen.dedup();
            assert_eq!(seen.len(), 9);
        }
        assert_ne!(orders[0], orders[1]);
        assert_eq!(Batches::new(4, None, 1).next(), [0, 1, 2, 3]);
        assert!(Batches::new(4, Some(9), 1).is_whole());
    }

    #[test]
    fn rows_are_early_and_even() {
        let rows: Vec<usize> = (1..=240).filter(|s| recorded(*s, 240)).collect();
        assert_eq!(rows[..6], [1, 2, 5, 10, 20, 30]);
        assert!(rows.contains(&240) && rows.contains(&200) && rows.len() < 32, "{rows:?}");
    }
}
