//! Image gathers: the image at some places from the traces of each offset class.

use survey::model::Model;
use survey::survey::Survey;

/// The image of one offset class at every place of the gathers.
#[derive(Debug, Clone)]
pub(super) struct ImageGathers {
    /// Where they are, x in m.
    pub(super) places: Vec<f64>,
    /// The edges of the classes, m.
    pub(super) edges: Vec<f64>,
    /// Depths z, m.
    pub(super) depths: Vec<f64>,
    /// `[place, class, depth]`.
    pub(super) values: Vec<f64>,
}

/// The edges of offset classes of equal width, from the smallest distance between source and receiver to the largest.
pub(super) fn offset_classes(survey: &Survey, classes: usize) -> Vec<f64> {
    let (mut lo, mut hi) = (f64::INFINITY, 0.0_f64);
    for (shot, source) in survey.sources.iter().enumerate() {
        for offset in survey.receivers.of(shot).iter().map(|receiver| receiver.distance(source)) {
            (lo, hi) = (lo.min(offset), hi.max(offset));
        }
    }
    (0..=classes).map(|k| lo + (hi - lo) * k as f64 / classes as f64).collect()
}

impl ImageGathers {
    pub(super) fn new(places: &[f64], edges: Vec<f64>, grid: &fd::Grid) -> Self {
        let depths: Vec<f64> = (0..grid.nz()).map(|iz| grid.z(iz)).collect();
        let values = vec![0.0; places.len() * (edges.len() - 1) * depths.len()];
        Self { places: places.to_vec(), edges, depths, values }
    }

    /// Number of classes.
    pub(super) fn classes(&self) -> usize {
        self.edges.len() - 1
    }

    /// The offsets of a class; the last one holds the largest offset.
    pub(super) fn class(&self, class: usize) -> [f64; 2] {
        let last = class + 1 == self.classes();
        [self.edges[class], if last { f64::INFINITY } else { self.edges[class + 1] }]
    }

    /// The offset in the middle of a class.
    pub(super) fn centre(&self, class: usize) -> f64 {
        0.5 * (self.edges[class] + self.edges[class + 1])
    }

    /// Takes the columns of the image of a class; in a volume those in its middle along y.
    pub(super) fn put(&mut self, class: usize, image: &Model) {
        let (nz, classes) = (self.depths.len(), self.classes());
        let middle = image.grid.y.map(|y| 0.5 * (y.origin + y.last()));
        for (k, x) in self.places.iter().enumerate() {
            for (iz, z) in self.depths.iter().enumerate() {
                let value = match middle {
                    Some(y) => image.sample([*x, y, *z]),
                    None => image.sample([*x, *z]),
                };
                self.values[(k * classes + class) * nz + iz] = value;
            }
        }
    }

    /// The gather at a place as `[z, class]`.
    pub(super) fn at(&self, place: usize) -> Vec<f64> {
        let (nz, classes) = (self.depths.len(), self.classes());
        let value = |iz: usize, class: usize| self.values[(place * classes + class) * nz + iz];
        (0..nz).flat_map(|iz| (0..classes).map(move |class| value(iz, class))).collect()
    }

    /// The grid of such a gather: offset across and depth down.
    pub(super) fn grid(&self) -> Option<fd::Grid> {
        let width = (self.centre(self.classes() - 1) - self.centre(0)) / (self.classes() - 1).max(1) as f64;
        let [first, second] = [self.depths.first()?, self.depths.get(1)?];
        let shape = [self.depths.len(), self.classes()];
        fd::Grid::new([self.centre(0), *first], [width, second - first], shape).ok()
    }
}
