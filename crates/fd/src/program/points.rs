//! Points of sources and receivers at the nodes of a variable.

use super::difference::Edge;
use super::execute::taps::{PortTap, Taps};
use super::statement::Variable;
use crate::interpolate::kaiser_taps;
use crate::time::extended::Extended;
use crate::time::layout::Layout;
use crate::time::{Points, Real};

/// The weights of points at the nodes of a variable, plane by plane; `scale` multiplies all.
///
/// Weights above a surface belong to the image of the variable; an unknown without image has none there.
///
/// # Source
/// Hicks 2002, Geophysics 67(1), 156-165.
pub(crate) fn taps<T: Real>(
    points: &Points,
    extended: &Extended,
    layout: &Layout,
    variable: &Variable,
    scale: f64,
) -> Taps<T> {
    let mut all = Vec::new();
    for point in 0..points.len() {
        let position = points.cells(point);
        let along = |axis: usize| -> Vec<(usize, f64)> {
            let n = extended.n[axis];
            if n == 1 {
                return vec![(0, 1.0)];
            }
            let half = variable.half[axis];
            let shift = if half { 0.5 } else { 0.0 };
            let node = |(i, weight): (isize, f64)| {
                let at = i + extended.before[axis] as isize;
                let image = if half { -1 - at } else { -at };
                let (at, weight) = match variable.edge {
                    _ if axis != 2 || at >= 0 => (at, weight),
                    Edge::Odd => (image, -weight),
                    Edge::Even => (image, weight),
                    Edge::Zero | Edge::Narrow => return None,
                };
                usize::try_from(at).ok().filter(|at| *at < n).map(|at| (at, weight))
            };
            kaiser_taps(position[axis] - shift).into_iter().filter_map(node).collect()
        };
        let [x, y, z] = [along(0), along(1), along(2)];
        for (iz, wz) in &z {
            for (iy, wy) in &y {
                for (ix, wx) in &x {
                    let (index, weight) = (layout.at(*iy, *iz) + ix, T::from_f64(scale * wx * wy * wz));
                    all.push(PortTap { index, plane: *iz, point, weight });
                }
            }
        }
    }
    Taps::new(all)
}
