//! Sources and receivers on a map.

use super::drawing::{Drawing, Ink};

/// Where sources and receivers are, `[x, z]` in m.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Marks {
    /// Drawn as stars.
    pub sources: Vec<[f64; 2]>,
    /// Drawn as triangles, over the stars.
    pub receivers: Vec<[f64; 2]>,
}

/// Corners of a receiver's triangle, pointing down, for a radius of 1.
const TRIANGLE: [[f64; 2]; 3] = [[-0.95, -0.6], [0.95, -0.6], [0.0, 1.0]];

/// Corners of a source's star, for a radius of 1.
fn star() -> [[f64; 2]; 10] {
    std::array::from_fn(|i| {
        let radius = if i % 2 == 0 { 1.0 } else { 0.45 };
        let angle = std::f64::consts::PI * (i as f64 / 5.0 - 0.5);
        [radius * angle.cos(), radius * angle.sin()]
    })
}

/// Draws receivers on top of sources. All marks are small enough to be distinguished.
pub(super) fn draw(on: &mut Drawing, sources: &[[f64; 2]], receivers: &[[f64; 2]]) {
    let (of_source, of_receiver) = (radius(sources, 6.0), radius(receivers, 3.6));
    for at in sources {
        mark(on, *at, &star(), of_source, [Ink::Source, Ink::Under]);
    }
    for at in receivers {
        mark(on, *at, &TRIANGLE, of_receiver, [Ink::Under, Ink::Over]);
    }
}

/// The largest radius at which marks at their typical distance do not touch.
fn radius(points: &[[f64; 2]], largest: f64) -> f64 {
    let mut steps: Vec<f64> = points
        .windows(2)
        .map(|p| (p[1][0] - p[0][0]).hypot(p[1][1] - p[0][1]))
        .filter(|d| *d > 0.0)
        .collect();
    steps.sort_by(f64::total_cmp);
    steps.get(steps.len() / 2).map_or(largest, |step| (0.42 * step).clamp(0.28 * largest, largest))
}

/// A mark with a rim, seen on any colour.
fn mark(on: &mut Drawing, at: [f64; 2], shape: &[[f64; 2]], radius: f64, [ink, rim]: [Ink; 2]) {
    let points: Vec<[f64; 2]> =
        shape.iter().map(|p| [at[0] + radius * p[0], at[1] + radius * p[1]]).collect();
    on.polygon(&points, ink, rim, (0.25 * radius).min(1.0));
}
