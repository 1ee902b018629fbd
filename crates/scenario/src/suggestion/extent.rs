//! The grid: its extent from the geometry, its spacing from frequencies and velocity.

use document::numbers::to_a_millionth;
use fd::{Axis, Grid, Point};
use survey::survey::Survey;
use survey::wavelet::{Ricker, band};

use super::bands::Bands;

/// Order of the finite differences in space.
pub(super) const ORDER: usize = 8;
/// Most nodes that are suggested.
pub(super) const MOST_NODES: f64 = 5e6;
/// Cells between the outermost positions and the edges.
const MARGIN: f64 = 10.0;
/// Fewest cells between the surface and the bottom.
const DEEP: f64 = 40.0;
/// Share of the largest offset that diving waves reach as depth, about.
const DEPTH: f64 = 1.0 / 3.0;
/// The time step over the largest stable one.
const STEP: f64 = 0.85;

/// What sources and receivers reach.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Reach {
    /// The lowest and the highest coordinate of each axis in m, z last.
    pub sides: Vec<[f64; 2]>,
    /// The largest offset in m.
    pub offset: f64,
}

impl Reach {
    /// The depth that is suggested, from the top, in m.
    pub(super) fn depth(&self) -> f64 {
        let [top, deepest] = self.sides[self.sides.len() - 1];
        (DEPTH * self.offset).max(1.25 * (deepest - top))
    }
}

/// What the positions of a survey reach.
pub(super) fn reach(survey: &Survey) -> Reach {
    let points = || survey.sources.iter().chain(survey.receivers.all().iter().flatten());
    let side = |axis: usize| {
        let along = points().map(|point| point.coordinates()[axis]);
        along.fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], v| [low.min(v), high.max(v)])
    };
    let sides = (0..survey.dims()).map(side).collect();
    let far = |(shot, source): (usize, &Point)| {
        survey.receivers.of(shot).iter().map(|receiver| receiver.distance(source)).fold(0.0, f64::max)
    };
    let offset = survey.sources.iter().enumerate().map(far).fold(0.0, f64::max);
    Reach { sides, offset }
}

/// The suggested grid.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Extent {
    /// The edges along x, in a volume y, and z, in m.
    pub sides: Vec<[f64; 2]>,
    /// The distance between nodes in m.
    pub spacing: f64,
    /// Whether the top is a free surface: all positions are below elevation 0.
    pub free_surface: bool,
    /// Nodes for the shortest wave of the wavelet.
    pub nodes_per_wave: f64,
    /// The highest frequency of the wavelet in Hz.
    pub highest: f64,
    /// The depth of the deepest position in m.
    pub deepest: f64,
    /// The largest offset in m.
    pub offset: f64,
}

impl Extent {
    /// The grid for a slowest velocity in m/s.
    pub(super) fn of(reach: &Reach, bands: &Bands, slowest: f64) -> Self {
        let ricker = Ricker { frequency: bands.ricker(), delay: None, amplitude: 1.0 };
        let no_file = std::path::Path::new("");
        // A Ricker wavelet is computed, and matters up to about 2.6 of its frequency.
        let highest = band(&ricker, no_file).ok().flatten().map_or(2.7 * ricker.frequency, |band| band.high);
        let needed = fd::needed_points_per_wavelength(ORDER).unwrap_or(4.0);
        let spacing = round_down(slowest / (needed * highest));
        let last = reach.sides.len() - 1;
        let [top, deepest] = reach.sides[last];
        let free_surface = top > 1e-2 * spacing;
        let mut sides: Vec<[f64; 2]> = reach.sides[..last]
            .iter()
            .map(|[low, high]| {
                [(low / spacing - MARGIN).floor() * spacing, (high / spacing + MARGIN).ceil() * spacing]
            })
            .collect();
        let top = if free_surface { 0.0 } else { (top / spacing - 0.5 * MARGIN).floor() * spacing };
        let bottom = top + reach.depth().max(DEEP * spacing).max(deepest - top + MARGIN * spacing);
        sides.push([top, (bottom / spacing).ceil() * spacing]);
        let sides = sides.into_iter().map(|side| side.map(to_a_millionth)).collect();
        let nodes_per_wave = slowest / (highest * spacing);
        Self { sides, spacing, free_surface, nodes_per_wave, highest, deepest, offset: reach.offset }
    }

    /// How many nodes the grid has.
    pub(super) fn nodes(&self) -> f64 {
        self.sides.iter().map(|[low, high]| (high - low) / self.spacing + 1.0).product()
    }

    /// The fewest steps from one sample to the next that are stable up to a velocity in m/s.
    pub(super) fn steps(&self, interval: f64, fastest: f64) -> usize {
        // The step depends on the spacing and the number of axes, not on how far they reach.
        let axes: Vec<Axis> = self
            .sides
            .iter()
            .map(|[low, _]| Axis { origin: *low, spacing: self.spacing, nodes: 3 })
            .collect();
        let grid = Grid::of_axes(&axes).expect("a spacing above zero, and two or three axes");
        let largest = fd::time::largest_stable_step(&(&grid).into(), ORDER, fastest);
        (interval / (STEP * largest)).ceil().max(1.0) as usize
    }

    /// The depth below which the velocity is changed, if all positions are near the top.
    pub(super) fn below(&self) -> Option<f64> {
        let [top, bottom] = self.sides[self.sides.len() - 1];
        let below = (self.deepest / self.spacing + 2.0).ceil() * self.spacing;
        (below < top + 0.4 * (bottom - top)).then(|| to_a_millionth(below))
    }

    /// Whether the grid is a volume.
    pub(super) fn is_volume(&self) -> bool {
        self.sides.len() == 3
    }
}

/// The largest of 1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 6, 7.5 and 8 times a power of ten that is not larger.
fn round_down(value: f64) -> f64 {
    let unit = 10_f64.powf(value.log10().floor());
    let steps = [8.0, 7.5, 6.0, 5.0, 4.0, 3.0, 2.5, 2.0, 1.5, 1.25];
    let digits = value / unit * (1.0 + 1e-9);
    to_a_millionth(steps.into_iter().find(|step| *step <= digits).unwrap_or(1.0) * unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spacings_are_round() {
        for (value, expected) in [(12.4, 10.0), (12.5, 12.5), (0.99, 0.8), (31.0, 30.0), (7.6, 7.5)] {
            assert_eq!(round_down(value), expected);
        }
    }

    #[test]
    fn the_grid_covers_the_survey() {
        let survey = Survey {
            sources: vec![[0.0, 8.0].into(), [1000.0, 8.0].into()],
            receivers: survey::survey::Receivers::ByShot(vec![
                vec![[100.0, 10.0].into(), [1300.0, 10.0].into()],
                vec![[1100.0, 10.0].into(), [2300.0, 10.0].into()],
            ]),
            strength: num_complex::Complex64::ONE,
            variance: 0.0,
        };
        let bands = Bands { low: 3.0, stages: vec![6.0, 12.0], usable: None, noise_windows: 0 };
        let reach = reach(&survey);
        assert!((reach.offset - 1300.0).abs() < 0.01);
        let extent = Extent::of(&reach, &bands, 1500.0);
        let ([x0, x1], [z0, z1]) = (extent.sides[0], extent.sides[1]);
        assert!(extent.free_surface && z0 == 0.0 && z1 >= 433.0 && x0 < 0.0 && x1 > 2300.0, "{extent:?}");
        assert!(((x1 - x0) / extent.spacing).fract() < 1e-9);
        assert!(extent.below().unwrap() > 10.0);
        assert!(extent.steps(0.004, 4000.0) > extent.steps(0.004, 2000.0));
    }
}
