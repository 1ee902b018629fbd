//! Convolutional perfectly matched layers (CPML), as a transformation of a program.
//!
//! In coordinates stretched by `s = 1 + d / (alpha + i omega)` a derivative becomes `1/s` times itself. A first derivative e
//! gets one memory m a node of the layer:
//!
//! ```text
//! o = gain e + m,   m = (1 + decay) o - m,   e = e + o
//! ```
//!
//! and a second derivative, `1/s d/da (1/s du/da)`, three: one for the slope of the stretch, and two for the stretches
//! themselves. All are stepped by the trapezoidal rule, which is second order in the time step. The usual recursive convolution
//! holds its input constant over a step, which is first order, and reflects about a hundred times more at 20 cells.
//!
//! # Source
//! Kuzuoglu & Mittra 1996, IEEE Microw. Guided Wave Lett. 6; Roden & Gedney 2000, Microw. Opt. Technol. Lett. 27; Komatitsch &
//! Martin 2007, Geophysics 72, SM155-SM167 (profile and d0); Meza-Fajardo & Papageorgiou 2008, Bull. Seismol. Soc. Am. 98,
//! 1811-1836, for the damping along a layer (multiaxial layers); Pasalic & McGarry 2010, SEG Expanded Abstracts, 2925-2929, for
//! second derivatives.

use super::difference::{Derivative, Difference, Edge};
use super::execute::boxes::VECTOR;
use super::execute::schedule::apart;
use super::statement::{Factor, Profile, Program, Region, Statement, Term, Value, Variable};
use super::transpose::widened;
use crate::time::extended::Extended;
use crate::time::{Cpml, filter, weakened};

/// The damping of derivatives along a layer over that of derivatives across it, in waves that convert from P to S.
///
/// A soft layer, buried or under a free surface, guides elastic waves whose phase and group velocities have opposite signs.
/// A layer that damps only across itself amplifies them, by up to exp(0.01) a step where the contrast of velocities is five. What
/// comes back from a layer is in proportion to the share: at 0.03 and 20 cells 4e-4 at normal incidence and 7e-3 at 70 degrees,
/// instead of 1e-6. That is the share of a medium that guides no waves. A surface of one needs no more: ratios of vp to vs of
/// 1.5 to 10 are stable, whatever the frequency of the layer.
const ALONG: f64 = 0.03;

/// The same where a layer begins, in a medium that guides waves.
///
/// The thinner and softer the layer of the medium, the more orders of accuracy are low, the thicker the absorbing layer and the
/// lower the frequency that it is tuned to, the larger a share is needed: waves with periods as long as the shift of the layer
/// are only stretched, not damped, but those a little shorter are amplified where the damping is many times their frequency. At a
/// constant 0.03, soft layers of 2 to 9 cells grew by up to 1e19 in 20 000 steps. So the share grows with the depth, where waves
/// that would come back have become weak.
///
/// With these shares and 0.03 to 0.19 of the damping none of 172 media and grids grew that were drawn by chance: ratios of vp to vs
/// of 1.5 to 10; layers of 2 to 15 cells, at a surface and buried, contrasts of S up to 23; frequencies of the layer from those of
/// the waves down to a hundredth; layers of 5 to 40 cells; orders 2 to 12; half and nearly all of the largest step. What comes
/// back is twice as much as with 0.03.
const ALONG_GUIDES: f64 = 0.04;

/// What is added to that times the square of the depth over the thickness.
const ALONG_DEEP: f64 = 0.15;

/// The contrast of velocities from which on a medium guides waves.
const CONTRAST: f64 = 1.1;

/// Layers around a grid.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Layers {
    /// All nodes along x, y, z, layers included.
    pub nodes: [usize; 3],
    /// Cells of the layers before the first node of the mesh along x, y, z.
    pub before: [usize; 3],
    /// Cells of the layers after the last.
    pub after: [usize; 3],
    /// Their strength.
    pub cpml: Cpml,
    /// The velocity of the fastest wave, m/s.
    pub velocity: f64,
    /// Whether the medium may guide waves: its velocities differ from place to place.
    pub guides: bool,
}

/// A layer along one axis.
struct Strip {
    region: Region,
    /// The node of the mesh where it begins, and the sign of the way outwards.
    edge: f64,
    outward: f64,
}

impl Layers {
    /// The layers of a mesh with layers around it, for waves of a fastest velocity (m/s) and a contrast of velocities.
    pub(crate) fn around(extended: &Extended, cpml: Cpml, velocity: f64, contrast: f64) -> Self {
        let (nodes, before, after) = (extended.n, extended.before, extended.after);
        Self { nodes, before, after, cpml, velocity, guides: contrast > CONTRAST }
    }

    /// The damping of derivatives along a layer over that of derivatives across it, at a share of its depth.
    fn along(&self, depth: f64) -> f64 {
        if self.guides { ALONG_GUIDES + ALONG_DEEP * depth * depth } else { ALONG }
    }

    /// The regions of the layers of an axis for variables that stand `half` a cell up or on nodes.
    pub(super) fn regions(&self, axis: usize, half: bool) -> Vec<Region> {
        self.strips(axis, half).into_iter().map(|strip| strip.region).collect()
    }

    /// The strips of an axis for derivatives that stand `half` a cell up or on nodes.
    fn strips(&self, axis: usize, half: bool) -> Vec<Strip> {
        let n = self.nodes[axis];
        let mut strips = Vec::new();
        if self.before[axis] > 0 {
            let region = Region { axis, from: 0, to: self.before[axis] };
            strips.push(Strip { region, edge: self.before[axis] as f64, outward: -1.0 });
        }
        if self.after[axis] > 0 {
            let last = n - 1 - self.after[axis];
            let region = Region { axis, from: if half { last } else { last + 1 }, to: n };
            strips.push(Strip { region, edge: last as f64, outward: 1.0 });
        }
        strips
    }
}

impl Program {
    /// Absorbs waves in layers at the edges of the grid: every derivative along an axis gets memories in the layers of that axis,
    /// and of waves that convert from P to S weaker ones in the other layers.
    #[must_use]
    pub fn absorb(mut self, layers: &Layers) -> Program {
        let multiaxial = self.converts();
        for statement in std::mem::take(&mut self.statements) {
            let derivative = match &statement {
                Statement::Update { into, terms, .. } => match terms[..] {
                    [Term { derivative: Some(derivative), of, .. }] => Some((*into, derivative, of)),
                    _ => None,
                },
                _ => None,
            };
            self.statements.push(statement);
            if let Some((into, derivative, of)) = derivative {
                self.filter(layers, into, derivative, of);
                if multiaxial && derivative.difference != Difference::Second {
                    self.filter_along(layers, into, derivative.axis);
                }
            }
        }
        self
    }

    fn filter(&mut self, layers: &Layers, e: usize, derivative: Derivative, of: usize) {
        let axis = derivative.axis;
        let half = self.variables[e].half[axis];
        let second = derivative.difference == Difference::Second;
        let strips = layers.strips(axis, half);
        let name = self.variables[e].name.clone();
        let temporary =
            |program: &mut Self, what: &str| program.variable_like(e, format!("{what} of {name}"), true);
        // Strips that are far apart share a variable for the slope.
        let shared = match &strips[..] {
            [one, two] => apart(
                widened(one.region, VECTOR, layers.nodes[axis]),
                widened(two.region, VECTOR, layers.nodes[axis]),
            ),
            _ => true,
        };
        let mut slope_of = None;
        for Strip { region, edge, outward } in strips {
            let out = temporary(self, "filtered");
            if second && !(shared && slope_of.is_some()) {
                slope_of = Some(temporary(self, "slope"));
            }
            let shift = if half { 0.5 } else { 0.0 };
            let filters: Vec<_> = (region.from..region.to)
                .map(|node| {
                    let depth = (node as f64 + shift - edge) * outward;
                    let spacing = self.spacing[axis];
                    filter::<f64>(&layers.cpml, depth, outward, spacing, self.step, layers.velocity)
                })
                .collect();
            let mut profile = |values: Vec<f64>| {
                let place = self.profile(Profile { region, values });
                Factor { number: 1.0, value: Value::Profile(place) }
            };
            let gain = profile(filters.iter().map(|filter| filter.gain).collect());
            let kept = profile(filters.iter().map(|filter| 1.0 + filter.decay).collect());
            let slope = profile(filters.iter().map(|filter| filter.slope).collect());
            let one = Factor::ONE;
            if let Some(x) = slope_of {
                let memories =
                    ["bend", "inner memory", "outer memory"].map(|what| self.memory(e, region, what));
                let number = self.spacing[axis].recip();
                let first = Derivative { difference: Difference::Centred, ..derivative };
                let terms = vec![Term { factor: Factor::number(number), derivative: Some(first), of }];
                let (keep, within) = (Factor::ZERO, Some(region));
                self.statements.push(Statement::Update { into: x, keep, terms, region: within });
                let [bent, inner, outer] = memories;
                self.pass(region, (x, bent, out), slope, kept);
                self.statements.push(Statement::add(e, 1.0, Factor::number(-1.0), out).within(region));
                for memory in [inner, outer] {
                    self.pass(region, (e, memory, out), gain, kept);
                    self.statements.push(Statement::add(e, 1.0, one, out).within(region));
                }
            } else {
                let memory = self.memory(e, region, "memory");
                self.pass(region, (e, memory, out), gain, kept);
                self.statements.push(Statement::add(e, 1.0, one, out).within(region));
            }
        }
    }

    /// Whether a derivative is of a component of a vector along another axis, as in waves that convert from P to S.
    fn converts(&self) -> bool {
        let across = |term: &Term| {
            let along = |axis: usize| term.derivative.is_some_and(|derivative| derivative.axis == axis);
            let half = self.variables[term.of].half;
            term.derivative.is_some() && (0..3).any(|axis| half[axis] && !along(axis))
        };
        self.statements.iter().any(|statement| match statement {
            Statement::Update { terms, .. } => terms.iter().any(across),
            _ => false,
        })
    }

    /// Damps a derivative a little in the layers of the other axes.
    fn filter_along(&mut self, layers: &Layers, e: usize, axis: usize) {
        for other in self.axes.clone().into_iter().filter(|other| *other != axis) {
            let half = self.variables[e].half[other];
            for Strip { region, edge, outward } in layers.strips(other, half) {
                let shift = if half { 0.5 } else { 0.0 };
                let scales = (self.spacing[other], self.step, layers.velocity);
                let filters: Vec<_> = (region.from..region.to)
                    .map(|node| {
                        let depth = (node as f64 + shift - edge) * outward;
                        let share = layers.along(depth / layers.cpml.cells as f64);
                        weakened::<f64>(&layers.cpml, depth, outward, scales, share)
                    })
                    .collect();
                let gain = filters.iter().map(|filter| filter.gain).collect();
                let kept = filters.iter().map(|filter| 1.0 + filter.decay).collect();
                let [gain, kept] = [gain, kept].map(|values| {
                    let place = self.profile(Profile { region, values });
                    Factor { number: 1.0, value: Value::Profile(place) }
                });
                let name = format!("damped {}", self.variables[e].name);
                let out = self.variable_like(e, name, true);
                let memory = self.memory(e, region, "memory along");
                self.pass(region, (e, memory, out), gain, kept);
                self.statements.push(Statement::add(e, 1.0, Factor::ONE, out).within(region));
            }
        }
    }

    /// A memory variable of a layer.
    fn memory(&mut self, e: usize, region: Region, what: &str) -> usize {
        let Variable { name, half, .. } = self.variables[e].clone();
        let (name, region) = (format!("{what} of {name}"), Some(region));
        self.variables.push(Variable {
            name,
            half,
            temporary: false,
            region,
            edge: Edge::Zero,
            between: false,
        });
        self.variables.len() - 1
    }

    /// One filter: `out = gain e + m`, `m = kept out - m`.
    fn pass(&mut self, region: Region, (e, m, out): (usize, usize, usize), gain: Factor, kept: Factor) {
        let terms = vec![Term::of(e, gain), Term::of(m, Factor::ONE)];
        let (keep, within) = (Factor::ZERO, Some(region));
        self.statements.push(Statement::Update { into: out, keep, terms, region: within });
        self.statements.push(Statement::add(m, -1.0, kept, out).within(region));
    }
}
