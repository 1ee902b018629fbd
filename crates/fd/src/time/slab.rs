//! The part of the mesh that one thread steps.

use std::ops::Range;
use std::sync::{Barrier, Mutex};

use super::Real;
use super::buffer::Buffer;
use super::extended::Extended;
use super::layout::Layout;
use super::operator::{InverseDensity, Operator};
use super::profile::{filter, rounded_velocity};
use super::state::State;
use super::strip::{Strip, step_with_interior};
use super::sweep::Blocking;
use super::tape::Tape;
use super::weights::Weights;
use super::{Mesh, Settings};

/// Planes that a slab keeps correct beyond its own at the end of every block of steps, for the windows of its
/// receivers and the stencils of the gradient.
const MARGIN: usize = 12;

/// A range of planes of the extended mesh, with copies of enough of its neighbours' planes for a block of steps.
#[derive(Debug, Clone)]
pub(crate) struct Slab<T> {
    pub(crate) op: Operator<T>,
    /// Plane of the extended mesh that is plane 0 here.
    pub(crate) first: usize,
    /// Its own planes, counted from `first`.
    pub(crate) own: Range<usize>,
    /// Whether there is a neighbour above and below.
    neighbours: [bool; 2],
    /// Planes copied from each neighbour.
    deep: usize,
}

/// Where the planes of a slab are, those that it shares with its neighbours included.
struct Extent {
    first: usize,
    neighbours: [bool; 2],
    deep: usize,
    layout: Layout,
}

impl Extent {
    fn new(extended: &Extended, own: &Range<usize>, reach: usize, steps: usize) -> Extent {
        let deep = steps * reach + MARGIN;
        let neighbours = [own.start > 0, own.end < extended.n[2]];
        let first = if neighbours[0] { own.start - deep } else { 0 };
        let end = if neighbours[1] { own.end + deep } else { extended.n[2] };
        let layout = Layout::new(extended.dims, [extended.n[0], extended.n[1], end - first], reach);
        Extent { first, neighbours, deep, layout }
    }
}

/// Bytes of a state and of one wavefield of all slabs of a propagator, without making it.
pub(crate) fn bytes<T: Real>(
    (mesh, extended, settings): (&Mesh, &Extended, &Settings),
    weights: &Weights<T>,
    density: bool,
) -> [usize; 2] {
    let reach = weights.reach(density);
    let steps = Blocking::suited::<T>(extended, reach, settings.threads).steps;
    let mut sum = [0; 2];
    for own in divide(extended, settings.threads, reach, steps) {
        let Extent { first, layout, .. } = Extent::new(extended, &own, reach, steps);
        // The sizes of the strips do not depend on the velocity.
        let strips = strips::<T>((mesh, extended, settings), &layout, 1.0, first);
        sum[0] += State::bytes(&layout, &strips, weights.radius, density);
        sum[1] += Tape::<T>::frame_bytes(&layout, &(0..layout.n[2]));
    }
    sum
}

/// Medium by node of the mesh.
pub(crate) struct Nodes<'a> {
    pub(crate) vp: &'a [f64],
    pub(crate) density: Option<&'a [f64]>,
}

/// Density half-way between two nodes is the mean of theirs, as for a flux through the face between two cells.
pub(crate) fn inverse_half_way(a: f64, b: f64) -> f64 {
    2.0 / (a + b)
}

/// Divides the planes of the extended mesh among up to `threads` slabs.
pub(crate) fn divide(extended: &Extended, threads: usize, reach: usize, steps: usize) -> Vec<Range<usize>> {
    let n = extended.n[2];
    let cells = extended.before[2].max(extended.after[2]);
    let least = steps * reach + MARGIN + cells + reach;
    let slabs = if extended.dims == 1 { 1 } else { threads.clamp(1, (n / least).max(1)) };
    (0..slabs).map(|k| n * k / slabs..n * (k + 1) / slabs).collect()
}

impl<T: Real> Slab<T> {
    /// The operator on a range of planes; `steps` is the length of a block.
    pub(crate) fn new(
        (mesh, extended, settings): (&Mesh, &Extended, &Settings),
        weights: &Weights<T>,
        medium: &Nodes<'_>,
        own: Range<usize>,
        steps: usize,
    ) -> Slab<T> {
        let reach = weights.reach(medium.density.is_some());
        let Extent { first, neighbours, deep, layout } = Extent::new(extended, &own, reach, steps);
        let mirror = settings.boundary.free_surface && first == 0;
        let shift = |[x, y, z]: [isize; 3]| [x, y, z + first as isize];

        let mut kappa = Buffer::new(layout.len);
        for z in usize::from(mirror)..layout.n[2] {
            for y in 0..layout.n[1] {
                for x in 0..layout.n[0] {
                    let node = extended.nearest(shift([x as isize, y as isize, z as isize]));
                    let rho = medium.density.map_or(1.0, |rho| rho[node]);
                    kappa[layout.at(y, z) + x] = T::from_f64((settings.dt * medium.vp[node]).powi(2) * rho);
                }
            }
        }
        let model = (mesh, extended, settings);
        let fastest = rounded_velocity(medium.vp.iter().copied().fold(0.0, f64::max));
        let strips = strips(model, &layout, fastest, first);
        let fused = medium.density.is_none() && step_with_interior(&layout, &strips);
        let op = Operator { layout, weights: weights.clone(), kappa, density: None, strips, mirror, fused };
        let mut slab = Slab { op, first, own: own.start - first..own.end - first, neighbours, deep };
        slab.op.density = medium.density.map(|rho| {
            let half_way = |a: usize, b: usize| inverse_half_way(rho[a], rho[b]);
            slab.inverse_density(model, weights.radius, |node| rho[node].recip(), half_way)
        });
        slab
    }

    /// The planes of step k of a block of `steps`: all that the rest of the block needs.
    pub(crate) fn planes(&self, k: usize, steps: usize) -> Range<usize> {
        let more = (steps - 1 - k) * self.op.layout.reach + MARGIN;
        let start = if self.neighbours[0] { self.own.start - more } else { 0 };
        let end = if self.neighbours[1] { self.own.end + more } else { self.op.layout.n[2] };
        start..end
    }

    /// Inverse density, or its change, from functions of nodes of the mesh: at a node, and half-way between two.
    pub(crate) fn inverse_density(
        &self,
        (mesh, extended, settings): (&Mesh, &Extended, &Settings),
        radius: usize,
        at_node: impl Fn(usize) -> f64,
        half_way: impl Fn(usize, usize) -> f64,
    ) -> InverseDensity<T> {
        let (layout, radius) = (&self.op.layout, radius as isize);
        let nearest = |[x, y, z]: [isize; 3]| {
            let z = z + self.first as isize;
            extended.nearest([x, y, if settings.boundary.free_surface { z.abs() } else { z }])
        };
        let n = [layout.row, layout.n[1], layout.n[2]].map(|n| n as isize);
        let fill = |along: Option<usize>, value: &dyn Fn([isize; 3]) -> f64| {
            let mut array = Buffer::new(layout.len);
            let range = |a: usize| if along == Some(a) { -radius..n[a] + radius } else { 0..n[a] };
            for z in range(2) {
                for y in range(1) {
                    for x in range(0) {
                        array[layout.node([x, y, z])] = T::from_f64(value([x, y, z]));
                    }
                }
            }
            array
        };
        let node = fill(None, &|at| at_node(nearest(at)));
        let mut half = [(); 3].map(|()| Buffer::new(0));
        for &axis in mesh.axes() {
            half[axis] = fill(Some(axis), &|at| {
                let mut next = at;
                next[axis] += 1;
                half_way(nearest(at), nearest(next))
            });
        }
        InverseDensity { node, half }
    }

    /// Whether a plane of the extended mesh is its own.
    pub(crate) fn owns(&self, plane: usize) -> bool {
        plane.checked_sub(self.first).is_some_and(|z| self.own.contains(&z))
    }
}

fn strips<T: Real>(
    (mesh, extended, settings): (&Mesh, &Extended, &Settings),
    layout: &Layout,
    fastest: f64,
    first: usize,
) -> Vec<Strip<T>> {
    let cpml = &settings.boundary.cpml;
    let mut strips = Vec::new();
    for &axis in mesh.axes() {
        for (low, cells) in [(true, extended.before[axis]), (false, extended.after[axis])] {
            let begins = if low { 0 } else { extended.n[axis] - cells };
            let local = if axis == 2 { begins.checked_sub(first) } else { Some(begins) };
            let Some(local) = local.filter(|at| cells > 0 && at + cells <= layout.n[axis]) else { continue };
            let at = |k: usize| {
                let (depth, outward) = if low { (cells - k, -1.0) } else { (k + 1, 1.0) };
                filter(cpml, depth as f64, outward, mesh.step(axis), settings.dt, fastest)
            };
            strips.push(Strip::new(axis, layout, local, &(0..cells).map(at).collect::<Vec<_>>()));
        }
    }
    strips
}

/// The data that slabs exchange between blocks.
#[derive(Debug)]
pub(crate) struct Exchange<T> {
    barrier: Barrier,
    /// Planes going up and down from each slab.
    boxes: Vec<[Mutex<Vec<T>>; 2]>,
}

impl<T: Real> Exchange<T> {
    pub(crate) fn new(slabs: usize) -> Exchange<T> {
        let boxes = (0..slabs).map(|_| [Mutex::default(), Mutex::default()]).collect();
        Exchange { barrier: Barrier::new(slabs), boxes }
    }

    /// Updates the copies of the neighbours' planes; every slab must call it.
    pub(crate) fn update(&self, index: usize, slab: &Slab<T>, state: &mut State<T>) {
        if self.boxes.len() == 1 {
            return;
        }
        let (own, deep) = (&slab.own, slab.deep);
        let outgoing = [own.start..own.start + deep, own.end - deep..own.end];
        let incoming =
            [own.start - if slab.neighbours[0] { deep } else { 0 }..own.start, own.end..own.end + deep];
        for side in (0..2).filter(|&side| slab.neighbours[side]) {
            let mut letter = self.boxes[index][side].lock().expect("no slab panics with a letter in hand");
            letter.clear();
            each_range(slab, state, &outgoing[side], |part| letter.extend_from_slice(part));
        }
        self.barrier.wait();
        for side in (0..2).filter(|&side| slab.neighbours[side]) {
            let from = if side == 0 { index - 1 } else { index + 1 };
            let letter = self.boxes[from][1 - side].lock().expect("no slab panics with a letter in hand");
            let mut at = 0;
            each_range(slab, state, &incoming[side], |part| {
                part.copy_from_slice(&letter[at..at + part.len()]);
                at += part.len();
            });
        }
        self.barrier.wait();
    }
}

/// The planes of a range in every array of a state that has planes there.
fn each_range<T: Real>(
    slab: &Slab<T>,
    state: &mut State<T>,
    planes: &Range<usize>,
    mut visit: impl FnMut(&mut [T]),
) {
    let layout = &slab.op.layout;
    for p in &mut state.p {
        visit(&mut p[layout.planes(planes.start as isize, planes.end as isize)]);
    }
    for (strip, memory) in slab.op.strips.iter().zip(&mut state.memory) {
        if strip.axis == 2 {
            continue;
        }
        for array in memory.arrays() {
            let plane = array.len() / layout.n[2];
            visit(&mut array[planes.start * plane..planes.end * plane]);
        }
    }
}
