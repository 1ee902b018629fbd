//! The absorbing layer at one edge of the mesh.

use std::ops::Range;

use super::Real;
use super::layout::{GAP, Layout};
use super::profile::Filter;

/// One absorbing layer: its position along its axis, and its filters.
#[derive(Debug, Clone)]
pub(crate) struct Strip<T> {
    /// Axis: x (0), y (1), z (2).
    pub(crate) axis: usize,
    /// Nodes with a filter; whole vectors along x.
    pub(crate) local: Range<usize>,
    /// Nodes that the layer changes in the transposed step: `local` and those that a stencil reaches beyond.
    pub(crate) reached: Range<usize>,
    /// First index and number along the axis of the arrays that stencils are applied to.
    wide: (isize, usize),
    /// One per node of `local`; `kept` is 1 + decay.
    pub(crate) decay: Vec<T>,
    pub(crate) kept: Vec<T>,
    pub(crate) gain: Vec<T>,
    pub(crate) slope: Vec<T>,
}

/// The part of a row in a strip.
#[derive(Debug, Clone)]
pub(crate) struct Segment {
    /// Along x, whole vectors.
    pub(crate) x: Range<usize>,
    /// Index of its first node in arrays of the strip.
    pub(crate) at: usize,
    /// Index of its filter: one for the whole segment, or along x the first.
    pub(crate) filter: usize,
}

impl<T: Real> Strip<T> {
    /// A strip at nodes `first..first + filters.len()` of an axis.
    pub(crate) fn new(axis: usize, layout: &Layout, first: usize, filters: &[Filter<T>]) -> Strip<T> {
        let reach = layout.reach;
        let end = first + filters.len();
        let (local, reached, margin);
        if axis == 0 {
            let whole = |from: usize, to: usize| from / GAP * GAP..to.next_multiple_of(GAP).min(layout.row);
            local = whole(first, end);
            reached = whole(first.saturating_sub(reach), end + reach);
            margin = GAP;
        } else {
            local = first..end;
            reached = first.saturating_sub(reach)..(end + reach).min(layout.n[axis]);
            margin = reach;
        }
        let wide = (reached.start as isize - margin as isize, reached.len() + 2 * margin);
        let mut strip =
            Strip { axis, local, reached, wide, decay: vec![], kept: vec![], gain: vec![], slope: vec![] };
        for i in strip.local.clone() {
            let filter = i.checked_sub(first).and_then(|k| filters.get(k)).copied().unwrap_or_default();
            strip.decay.push(filter.decay);
            strip.kept.push(T::from_f64(1.0 + filter.decay.to_f64()));
            strip.gain.push(filter.gain);
            strip.slope.push(filter.slope);
        }
        strip
    }

    /// Number of nodes of the strip, including the padding of rows.
    pub(crate) fn locals(&self, layout: &Layout) -> usize {
        self.count(layout, self.local.len())
    }

    /// Length of the arrays that stencils are applied to.
    pub(crate) fn wides(&self, layout: &Layout) -> usize {
        self.count(layout, self.wide.1)
    }

    fn count(&self, layout: &Layout, along: usize) -> usize {
        let n = [layout.row, layout.n[1], layout.n[2]];
        (0..3).map(|a| if a == self.axis { along } else { n[a] }).product()
    }

    /// The filtered part of a row.
    #[inline(always)]
    pub(crate) fn segment(&self, layout: &Layout, y: usize, z: usize) -> Option<Segment> {
        let (start, len) = (self.local.start, self.local.len());
        let place = [0, y, z][self.axis];
        if self.axis == 0 {
            let at = (z * layout.n[1] + y) * len;
            return Some(Segment { x: self.local.clone(), at, filter: 0 });
        }
        self.local.contains(&place).then(|| Segment {
            x: 0..layout.row,
            at: self.row(layout, y, z, (start as isize, len)),
            filter: place - start,
        })
    }

    /// The part of a row that the strip changes in the transposed step; `at` is in the wide arrays.
    #[inline(always)]
    pub(crate) fn reached_segment(&self, layout: &Layout, y: usize, z: usize) -> Option<Segment> {
        let x = if self.axis == 0 { self.reached.clone() } else { 0..layout.row };
        let inside = self.axis == 0 || self.reached.contains(&[0, y, z][self.axis]);
        inside.then(|| Segment { at: self.wide_at(layout, x.start, y, z), x, filter: 0 })
    }

    /// Index of a node in the wide arrays.
    #[inline(always)]
    pub(crate) fn wide_at(&self, layout: &Layout, x: usize, y: usize, z: usize) -> usize {
        if self.axis == 0 {
            (z * layout.n[1] + y) * self.wide.1 + (x as isize - self.wide.0) as usize
        } else {
            self.row(layout, y, z, self.wide) + x
        }
    }

    /// Index of a node in the wide arrays, including those beyond the edges.
    pub(crate) fn wide_node(&self, layout: &Layout, at: [isize; 3]) -> usize {
        let ([x, y, z], (from, len)) = (at, (self.wide.0, self.wide.1 as isize));
        let (row, rows) = (layout.row as isize, layout.n[1] as isize);
        let index = match self.axis {
            0 => (z * rows + y) * len + x - from,
            1 => (z * len + y - from) * row + x,
            _ => ((z - from) * rows + y) * row + x,
        };
        index as usize
    }

    #[inline(always)]
    fn row(&self, layout: &Layout, y: usize, z: usize, (from, len): (isize, usize)) -> usize {
        let along = |place: usize| (place as isize - from) as usize;
        if self.axis == 1 {
            (z * len + along(y)) * layout.row
        } else {
            (along(z) * layout.n[1] + y) * layout.row
        }
    }

    /// Distance of neighbours along the axis in the wide arrays.
    #[inline(always)]
    pub(crate) fn wide_stride(&self, layout: &Layout) -> usize {
        [1, layout.row, layout.n[1] * layout.row][self.axis]
    }
}

/// Whether the layers can be stepped in the same pass as the interior: in two dimensions, and no node near two opposite ones.
pub(crate) fn step_with_interior<T: Real>(layout: &Layout, strips: &[Strip<T>]) -> bool {
    let apart = |a: &Strip<T>, b: &Strip<T>| a.axis != b.axis || a.reached.end <= b.reached.start;
    layout.dims == 2 && strips.iter().enumerate().all(|(k, a)| strips[k + 1..].iter().all(|b| apart(a, b)))
}
