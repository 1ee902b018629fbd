//! The outline of a body in a model of two velocities.

use survey::model::Model;

/// The outline of a model of two velocities (a disc, a square, a salt body) at half contrast; `None` for other
/// models.
///
/// A model counts as one of two velocities if nine nodes in ten are within a tenth of the contrast of either.
pub fn outline(model: &Model) -> Option<Vec<Vec<[f64; 2]>>> {
    let [lo, hi] = model.range();
    let near = |v: &f64| (v - lo).min(hi - v) < 0.1 * (hi - lo);
    if model.values.iter().filter(|v| near(v)).count() * 10 < model.values.len() * 9 {
        return None;
    }
    let lines = joined(segments(model, 0.5 * (lo + hi)));
    (!lines.is_empty()).then_some(lines)
}

/// Marching squares: a straight segment through every cell that the level crosses.
fn segments(model: &Model, level: f64) -> Vec<[[f64; 2]; 2]> {
    let grid = &model.grid;
    let mut segments = Vec::new();
    for iz in 0..grid.nz() - 1 {
        for ix in 0..grid.nx() - 1 {
            let corners = [(iz, ix), (iz, ix + 1), (iz + 1, ix + 1), (iz + 1, ix)];
            let value = |k: usize| model.values[grid.index(corners[k % 4].0, corners[k % 4].1)] - level;
            let place = |k: usize| [grid.x(corners[k % 4].1), grid.z(corners[k % 4].0)];
            let crossings: Vec<[f64; 2]> = (0..4)
                .filter(|k| (value(*k) > 0.0) != (value(k + 1) > 0.0))
                .map(|k| {
                    let t = value(k) / (value(k) - value(k + 1));
                    let (a, b) = (place(k), place(k + 1));
                    [a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])]
                })
                .collect();
            segments.extend(crossings.chunks_exact(2).map(|c| [c[0], c[1]]));
        }
    }
    segments
}

/// Joins segments into lines, so that dashes continue.
fn joined(mut segments: Vec<[[f64; 2]; 2]>) -> Vec<Vec<[f64; 2]>> {
    let mut lines = Vec::new();
    while let Some([a, b]) = segments.pop() {
        let mut line = vec![a, b];
        let same = |p: [f64; 2], q: [f64; 2]| {
            (p[0] - q[0]).abs() + (p[1] - q[1]).abs() < 1e-9 * (1.0 + p[0].abs() + p[1].abs())
        };
        while let Some(i) = segments.iter().position(|s| s.iter().any(|p| same(*p, line[line.len() - 1]))) {
            let next = segments.swap_remove(i);
            let end = line[line.len() - 1];
            line.push(if same(next[0], end) { next[1] } else { next[0] });
        }
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The outline of a disc is one closed line at its radius, to second order in the spacing.
    #[test]
    fn a_disc_is_one_circle() {
        let grid = fd::Grid::new([-200.0, -200.0], [5.0; 2], [81, 81]).unwrap();
        let inside = |x: f64, z: f64| if x.hypot(z) < 100.0 { 2000.0 } else { 1000.0 };
        let model = Model { grid, values: fd::average_on_grid(&grid, 8, inside) };
        let lines = outline(&model).unwrap();
        let radii = |l: &[[f64; 2]]| l.iter().map(|p| p[0].hypot(p[1])).collect::<Vec<_>>();
        assert!(lines.iter().flat_map(|l| radii(l)).all(|r| (r - 100.0).abs() < 1.0));
        let longest = lines.iter().map(Vec::len).max().unwrap();
        assert!(longest > 100, "dashes need long lines, the longest has {longest} points");
    }

    /// A gradient has no outline.
    #[test]
    fn a_gradient_has_none() {
        let grid = fd::Grid::new([0.0; 2], [5.0; 2], [21, 21]).unwrap();
        assert!(outline(&Model::from_fn(grid, |_, z| 1500.0 + z)).is_none());
        assert!(outline(&Model::uniform(grid, 1500.0)).is_none());
    }
}
