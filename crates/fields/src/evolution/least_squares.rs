//! The least-squares terms of waves in time: residuals at some of the points, weights, and the reverse pass.

use num_complex::Complex32;

use super::{EvolutionObjective, EvolutionTerms, EvolutionValue, Set};
use crate::evaluation::Evaluation;
use crate::gradient_norms;
use crate::network::Network;
use crate::normal_equations::Residuals;
use crate::space_time::SpaceTime;

/// Adds to dJ/d(jet of u) from dJ/dR, `[source][point]`.
type PullBack<'a> = Box<dyn Fn(&[Vec<f64>], &mut [f32]) + 'a>;

/// Residuals of one term, `[source][point]` starting at the point `first`, with the weight of each point in half the
/// sum of squares.
struct Part<'a> {
    first: usize,
    residual: Vec<Vec<f64>>,
    weights: Vec<f64>,
    pull_back: PullBack<'a>,
}

impl Part<'_> {
    fn squares(&self) -> impl Iterator<Item = f64> + '_ {
        let points = 0..self.weights.len();
        points.map(|p| self.residual.iter().map(|r| r[p] * r[p]).sum())
    }

    fn objective(&self) -> f64 {
        0.5 * self.squares().zip(&self.weights).map(|(s, w)| w * s).sum::<f64>()
    }

    /// Adds `factor` times the derivatives of [`Part::objective`].
    fn add_upstream(&self, factor: f64, upstream: &mut [f32]) {
        let weighted = |r: &Vec<f64>| r.iter().zip(&self.weights).map(|(r, w)| factor * w * r).collect();
        (self.pull_back)(&self.residual.iter().map(weighted).collect::<Vec<_>>(), upstream);
    }

    /// Adds the individual residuals; `whole` is the remaining reverse pass to the jet of u.
    fn add_residuals(
        &self,
        factor: f64,
        shape: [usize; 2],
        values: usize,
        whole: &dyn Fn(&mut [f32]),
        to: &mut Residuals,
    ) {
        for source in 0..self.residual.len() {
            // Each residual depends on one point, so all residuals of a source are pulled back at once.
            let ones = |s: usize| vec![if s == source { 1.0 } else { 0.0 }; self.weights.len()];
            let mut upstream = vec![0.0; values];
            (self.pull_back)(&(0..self.residual.len()).map(ones).collect::<Vec<_>>(), &mut upstream);
            whole(&mut upstream);
            let scaled =
                self.residual[source].iter().zip(&self.weights).map(|(r, w)| (*r, (factor * w).sqrt()));
            to.add(self.first, scaled, &upstream, shape);
        }
    }
}

impl EvolutionObjective<'_> {
    /// Value and gradient; `causal` contains the causal weights if they are already known for these points.
    pub(super) fn least_squares(
        &self,
        network: &Network,
        set: &Set,
        causal: &mut Option<(Vec<f64>, f64)>,
    ) -> EvolutionValue {
        let frame = self.problem.frame();
        let at = frame.tensor(&set.events, &self.device);
        let n = network.evaluate(at.clone(), self.residual.order());
        let (applied, whole) = self.jet_of_u(&n, set);
        let u = applied.as_ref().unwrap_or(&n);
        let shape = [u.points(), u.channels()];
        let parts = self.parts(u, set, causal);
        let factor = |term: usize| self.balance.as_ref().map_or(1.0, |balance| balance.factor(term));
        let mut upstream = vec![0.0; u.values().len()];
        let mut objective = 0.0;
        for (term, part) in parts.iter().enumerate() {
            objective += factor(term) * part.objective();
            part.add_upstream(factor(term), &mut upstream);
        }
        whole(&mut upstream);
        let residuals = self.squares.then(|| {
            let mut residuals = Residuals::new(at, self.residual.order());
            for (term, part) in parts.iter().enumerate() {
                part.add_residuals(factor(term), shape, upstream.len(), &whole, &mut residuals);
            }
            residuals
        });
        let residual = (parts[0].squares().sum::<f64>() / set.inside as f64).sqrt();
        let causal_weight = causal.as_ref().map_or(1.0, |causal| causal.1);
        drop(parts);
        let gradient = n.pull_back(upstream);
        EvolutionValue { objective, residual, causal_weight, gradient, residuals }
    }

    /// The norm of the gradient of each term.
    pub(super) fn gradient_norms(
        &self,
        network: &Network,
        set: &Set,
        causal: &mut Option<(Vec<f64>, f64)>,
    ) -> Vec<f64> {
        let at = self.problem.frame().tensor(&set.events, &self.device);
        let n = network.evaluate(at.clone(), self.residual.order());
        let (applied, whole) = self.jet_of_u(&n, set);
        let u = applied.as_ref().unwrap_or(&n);
        let norm = |part: &Part| {
            let mut upstream = vec![0.0; u.values().len()];
            part.add_upstream(1.0, &mut upstream);
            whole(&mut upstream);
            // An evaluation can be pulled back only once.
            gradient_norms::norm(network.evaluate(at.clone(), self.residual.order()).pull_back(upstream))
        };
        self.parts(u, set, causal).iter().map(norm).collect()
    }

    /// The jet of u if it differs from that of the network, and the reverse pass from dJ/d(jet of u) to the
    /// derivative with respect to the network's jet.
    fn jet_of_u<'s>(
        &self,
        n: &Evaluation,
        set: &'s Set,
    ) -> (Option<Evaluation>, impl Fn(&mut [f32]) + use<'s>) {
        let EvolutionTerms::LeastSquares { exact_start, .. } = self.terms else {
            unreachable!("the caller's match")
        };
        let unit = self.problem.frame().time;
        let times: Vec<f64> = set.events.iter().map(|event| event[2] / unit).collect();
        let shape = [n.points(), n.channels()];
        let applied = exact_start.map(|condition| condition.apply(n, &times, |c, p| set.start[c][p]));
        let whole = move |upstream: &mut [f32]| {
            if let Some(condition) = exact_start {
                condition.pull_back(shape, &times, upstream);
            }
        };
        (applied, whole)
    }

    /// The terms: the equation first, then those of the settings.
    fn parts<'s>(
        &'s self,
        u: &'s Evaluation,
        set: &'s Set,
        causal_weights: &mut Option<(Vec<f64>, f64)>,
    ) -> Vec<Part<'s>> {
        let EvolutionTerms::LeastSquares {
            exact_start,
            start_weight,
            causal,
            cone_weight,
            absorbing_weight,
            ..
        } = self.terms
        else {
            unreachable!("the caller's match")
        };
        let channels = self.channels();
        let (count, contrast) = (set.inside as f64, vec![0.0; set.inside]);
        let residual = set.coefficients.residual(u, channels, &contrast);
        let residual = residual.iter().map(|r| r.iter().map(|r| f64::from(r.re)).collect()).collect();
        let mut equation = Part {
            first: 0,
            residual,
            weights: vec![count.recip(); set.inside],
            pull_back: Box::new(move |g, upstream| {
                let narrow = |g: &Vec<f64>| g.iter().map(|g| Complex32::from(*g as f32)).collect();
                let g: Vec<Vec<Complex32>> = g.iter().map(narrow).collect();
                let mut unused = vec![0.0; contrast.len()];
                set.coefficients.pull_back(u, channels, &contrast, &g, upstream, &mut unused);
            }),
        };
        if let Some(causal) = causal {
            let (weights, _) = causal_weights.get_or_insert_with(|| {
                let times: Vec<f64> =
                    set.events[..set.inside].iter().map(|e| e[2] / self.problem.horizon).collect();
                causal.weights(&times, &equation.squares().collect::<Vec<f64>>())
            });
            equation.weights.iter_mut().zip(weights).for_each(|(to, w)| *to *= *w);
        }
        let mut parts = vec![equation];
        let mut first = set.inside;
        if let Some(weight) = cone_weight {
            parts.push(penalty(u, [first, set.outside], weight, |_, _| (vec![(0, 1.0)], 0.0)));
            first += set.outside;
        }
        // u_t in units of velocity times amplitude divided by the width of the pulse.
        let unit = 1.0 / (self.problem.curvature.sqrt() * self.problem.frame().length);
        if exact_start.is_none() {
            let start = |p: usize, s: usize| (vec![(0, 1.0)], f64::from(set.start[s][p][0]));
            parts.push(penalty(u, [first, set.at_start], start_weight, start));
            parts.push(penalty(u, [first, set.at_start], start_weight, move |_, _| (vec![(3, unit)], 0.0)));
            first += set.at_start;
        }
        if absorbing_weight > 0.0 {
            parts.push(penalty(u, [first, set.on_edge], absorbing_weight, move |p, _| {
                let [x, z, _] = set.events[p];
                let (axis, sign) = SpaceTime::outward(p - first);
                let rate = ((self.problem.slowness)([x, z]) / self.problem.fastest).sqrt();
                (vec![(3, rate * unit), (1 + axis, sign * unit)], 0.0)
            }));
        }
        parts
    }
}

/// `weight` times the mean of the squares of `sum_k c_k stream_k - target`, one combination per point and source, at
/// `count` points starting at `first`.
fn penalty<'a>(
    u: &'a Evaluation,
    [first, count]: [usize; 2],
    weight: f64,
    combination: impl Fn(usize, usize) -> (Vec<(usize, f64)>, f64) + 'a,
) -> Part<'a> {
    let (points, channels) = (u.points(), u.channels());
    let value = |p: usize, source: usize| {
        let (terms, target) = combination(p, source);
        terms.iter().map(|(stream, c)| c * f64::from(u.at(*stream, p, source))).sum::<f64>() - target
    };
    let of_source = |source| (first..first + count).map(|p| value(p, source)).collect();
    Part {
        first,
        residual: (0..channels).map(of_source).collect(),
        weights: vec![weight / count as f64; count],
        pull_back: Box::new(move |g, upstream| {
            for (source, g) in g.iter().enumerate() {
                for (p, g) in (first..).zip(g) {
                    for (stream, c) in combination(p, source).0 {
                        upstream[(stream * points + p) * channels + source] += (c * g) as f32;
                    }
                }
            }
        }),
    }
}
