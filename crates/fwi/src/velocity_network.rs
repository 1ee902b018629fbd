//! A velocity as a network on a set of cells.

use burn::tensor::{Device, Tensor, TensorData};
use fd::{Grid, Point};
use fields::checkpoint::Checkpoint;
use fields::{Evaluation, FieldsError, JetOrder, Network, Slowness, Velocity};

use crate::network_settings::VelocitySettings;
use crate::representation::{FeatureGrid, Lattice, Places, Representation};

/// Network coordinates: `(x - centre) / length`.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Frame {
    /// Centre `[x, z]`, m.
    pub centre: [f64; 2],
    /// y of the centre, of a volume, m.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub y: Option<f64>,
    /// Metres per unit of the network's coordinates.
    pub length: f64,
}

impl Frame {
    /// The frame in which a grid extends from -1 to 1.
    #[must_use]
    pub fn of(grid: &Grid) -> Self {
        let domain = grid.domain();
        let centre = std::array::from_fn(|a| 0.5 * (domain.lo[a] + domain.hi[a]));
        let y = domain.y.map(|[lo, hi]| 0.5 * (lo + hi));
        let sides = domain.sides();
        let length = sides.iter().map(|[lo, hi]| 0.5 * (hi - lo)).fold(f64::MIN_POSITIVE, f64::max);
        Self { centre, y, length }
    }

    /// The nodes of a grid in network coordinates.
    #[must_use]
    pub fn lattice(&self, grid: &Grid) -> Lattice {
        let places = |(axis, first): (&fd::Axis, &f32)| Places {
            first: *first,
            spacing: (axis.spacing / self.length) as f32,
            nodes: axis.nodes,
        };
        grid.axes().iter().zip(&self.of_points(&[grid.node(0)])).map(places).collect()
    }

    /// The network coordinates of points of any dimension, `[point, axis]`.
    #[must_use]
    pub fn of_points(&self, points: &[Point]) -> Vec<f32> {
        let middle = [self.centre[0], self.y.unwrap_or(0.0), self.centre[1]];
        let unit = |point: &Point| {
            let from = [point.x(), point.y(), point.z()];
            let unit: [f64; 3] = std::array::from_fn(|a| (from[a] - middle[a]) / self.length);
            point.with(unit)
        };
        points.iter().map(unit).flat_map(|at| at.coordinates().to_vec()).map(|c| c as f32).collect()
    }

    /// Converts points `[x, z]` in m to network coordinates.
    #[must_use]
    pub fn unit(&self, points: &[[f64; 2]]) -> Vec<[f32; 2]> {
        points.iter().map(|p| self.coordinates(*p).map(|c| c as f32)).collect()
    }

    /// Converts a point `[x, z]` in m to network coordinates.
    #[must_use]
    pub fn coordinates(&self, point: [f64; 2]) -> [f64; 2] {
        [0, 1].map(|a| (point[a] - self.centre[a]) / self.length)
    }

    /// Networks in these coordinates and a description of the coordinates, as a checkpoint.
    #[must_use]
    pub fn saved<'n>(&self, networks: impl IntoIterator<Item = (&'static str, &'n Network)>) -> Checkpoint {
        let [x, z] = self.centre;
        let centre = self.y.map_or(vec![x, z], |y| vec![x, y, z]);
        let frame = serde_json::json!({ "centre_m": centre, "length_m": self.length });
        let empty = Checkpoint::default().with_fact("frame", &frame);
        networks.into_iter().fold(empty, |saved, (name, network)| saved.with_network(name, network))
    }

    /// Points `[x, z]` in m as a tensor of network coordinates.
    #[must_use]
    pub fn tensor(&self, points: &[[f64; 2]], device: &Device) -> Tensor<2> {
        let values: Vec<f32> = self.unit(points).into_iter().flatten().collect();
        Tensor::from_data(TensorData::new(values, [points.len(), 2]), device)
    }
}

/// The cells where a velocity network is evaluated; each value is the mean over a few points.
#[derive(Debug, Clone)]
pub struct VelocityPoints {
    /// In network coordinates, `[point, axis]`.
    tensor: Tensor<2>,
    /// The same numbers.
    unit: Vec<f32>,
    dims: usize,
    /// By unknown: its background at all points, one after the other.
    backgrounds: Vec<f64>,
    per_cell: usize,
    /// The cells, if they are those of a grid.
    lattice: Lattice,
}

impl VelocityPoints {
    /// One point per cell.
    ///
    /// # Shapes
    /// `points` `[cell]` in m; `background` their velocity in m/s.
    #[must_use]
    pub fn new(points: &[[f64; 2]], background: Vec<f64>, frame: Frame, device: &Device) -> Self {
        let points: Vec<Point> = points.iter().map(|point| (*point).into()).collect();
        Self::at(&points, (background, 1), frame, device)
    }

    fn at(
        points: &[Point],
        (backgrounds, per_cell): (Vec<f64>, usize),
        frame: Frame,
        device: &Device,
    ) -> Self {
        let (unit, dims) = (frame.of_points(points), points.first().map_or(2, Point::dims));
        let tensor = Tensor::from_data(TensorData::new(unit.clone(), [points.len(), dims]), device);
        Self { tensor, unit, dims, backgrounds, per_cell, lattice: Lattice::new() }
    }

    /// `fine` points along each axis in each cell of a grid. The squared slowness of a cell is their mean, so an interface
    /// between nodes changes the model smoothly.
    #[must_use]
    pub fn cells(
        grid: &Grid,
        fine: usize,
        background: &dyn Fn(Point) -> f64,
        frame: Frame,
        device: &Device,
    ) -> Self {
        Self::cells_of(grid, fine, &[background], frame, device)
    }

    /// The same for several unknowns with a background each.
    #[must_use]
    pub fn cells_of(
        grid: &Grid,
        fine: usize,
        backgrounds: &[&dyn Fn(Point) -> f64],
        frame: Frame,
        device: &Device,
    ) -> Self {
        let shift = |i: usize, h: f64| ((i as f64 + 0.5) / fine as f64 - 0.5) * h;
        let (axes, per_cell) = (grid.axes(), fine.pow(grid.dims() as u32));
        let mut points = Vec::with_capacity(grid.len() * per_cell);
        for node in grid.nodes() {
            for k in 0..per_cell {
                // x varies fastest.
                let mut at = node.coordinates().to_vec();
                let mut rest = k;
                for (c, axis) in at.iter_mut().zip(&axes) {
                    *c += shift(rest % fine, axis.spacing);
                    rest /= fine;
                }
                points.extend(Point::new(&at));
            }
        }
        let backgrounds = backgrounds.iter().flat_map(|of| points.iter().map(|p| of(*p))).collect();
        Self { lattice: frame.lattice(grid), ..Self::at(&points, (backgrounds, per_cell), frame, device) }
    }

    /// Number of points.
    fn points(&self) -> usize {
        self.unit.len() / self.dims
    }

    /// These cells of one unknown, followed by others with the same number of points each.
    #[must_use]
    pub fn and(mut self, others: Self) -> Self {
        assert_eq!(self.per_cell, others.per_cell, "cells of as many points each");
        self.tensor = Tensor::cat(vec![self.tensor, others.tensor], 0);
        self.unit.extend(others.unit);
        self.backgrounds.extend(others.backgrounds);
        self
    }

    /// The cells in network coordinates; empty unless they are those of a grid.
    #[must_use]
    pub fn lattice(&self) -> &Lattice {
        &self.lattice
    }

    /// The values of a network at all points.
    #[must_use]
    pub fn evaluate(&self, network: &Network) -> Evaluation {
        network.evaluate(self.tensor.clone(), JetOrder::Value)
    }

    /// Background velocity at all points, m/s.
    #[must_use]
    pub fn background(&self) -> &[f64] {
        &self.backgrounds[..self.points()]
    }

    /// Number of cells.
    #[must_use]
    pub fn len(&self) -> usize {
        self.points() / self.per_cell
    }

    /// Whether there are no cells.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.unit.is_empty()
    }
}

/// A velocity network with its additional grids and its level parameters.
#[derive(Debug, Clone)]
pub struct VelocityNetwork {
    network: Network,
    /// Whether the network is a part of the outputs.
    with_network: bool,
    grids: Vec<FeatureGrid>,
    levels: Vec<f32>,
    /// By unknown.
    maps: Vec<Velocity>,
}

/// The contrast of a velocity network on cells, with the reverse pass to its parameters.
#[derive(Debug)]
pub struct VelocitySample {
    /// m / m_b - 1, `[unknown, cell]`.
    pub contrast: Vec<f64>,
    slowness: Vec<Slowness>,
    evaluation: Option<Evaluation>,
    device: Device,
    channels: usize,
    points: usize,
    grids: Vec<FeatureGrid>,
    unit: Vec<f32>,
    per_cell: usize,
}

impl VelocityNetwork {
    /// A network that starts near the background.
    ///
    /// # Errors
    /// [`FieldsError::Architecture`].
    pub fn new(
        settings: &VelocitySettings,
        bounds: [f64; 2],
        reference: f64,
        seed: u64,
        device: &Device,
    ) -> Result<Self, FieldsError> {
        Self::of_several((settings, 2), &[(bounds, reference)], seed, device)
    }

    /// A network of so many coordinates with an output for each unknown, which has bounds and a mean background.
    ///
    /// # Errors
    /// [`FieldsError::Architecture`].
    pub fn of_several(
        (settings, dims): (&VelocitySettings, usize),
        unknowns: &[([f64; 2], f64)],
        seed: u64,
        device: &Device,
    ) -> Result<Self, FieldsError> {
        let output = settings.output.output();
        let map = |(bounds, reference): &([f64; 2], f64)| Velocity {
            output,
            bounds: *bounds,
            reference: *reference,
        };
        let maps: Vec<Velocity> = unknowns.iter().map(map).collect();
        let architecture =
            settings.network.architecture_of(dims, maps.iter().map(Velocity::channels).sum())?;
        let network = Network::init(&architecture, seed, device)?;
        let levels = vec![0.0; maps.iter().map(Velocity::level_parameters).sum()];
        Ok(Self { network, with_network: true, grids: Vec::new(), levels, maps })
    }

    fn channels(&self) -> usize {
        self.maps.iter().map(Velocity::channels).sum()
    }

    /// The same with the grids of a representation for these cells, which [`VelocityNetwork::sample`] evaluates, and without the
    /// network if the representation has none.
    #[must_use]
    pub fn with(self, representation: &dyn Representation, cells: &VelocityPoints) -> Self {
        let grids = representation.grids(cells.lattice(), self.channels());
        Self { grids, with_network: representation.has_network(), ..self }
    }

    /// The values of all grids, coarse to fine.
    #[must_use]
    pub fn grid_values(&self) -> Vec<f32> {
        self.grids.iter().flat_map(|grid| grid.values().to_vec()).collect()
    }

    /// Restores what [`VelocityNetwork::grid_values`] returned.
    pub fn restore_grids(&mut self, mut values: &[f32]) {
        for grid in &mut self.grids {
            let (own, rest) = values.split_at(grid.values().len().min(values.len()));
            grid.set_values(own.to_vec());
            values = rest;
        }
    }

    /// The network.
    #[must_use]
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// The level parameters.
    #[must_use]
    pub fn levels(&self) -> &[f32] {
        &self.levels
    }

    /// Replaces the parameters.
    ///
    /// # Errors
    /// [`FieldsError::ParameterShape`].
    pub fn restore(&mut self, network: Vec<Tensor<2>>, levels: Vec<f32>) -> Result<(), FieldsError> {
        self.network = self.network.with_parameters(network)?;
        self.levels = levels;
        Ok(())
    }

    /// Parameters: those of the network, then the grids, then the levels in one row.
    #[must_use]
    pub fn parameters(&self) -> Vec<Tensor<2>> {
        let mut parameters = if self.with_network { self.network.parameters() } else { Vec::new() };
        let device = self.network.device();
        parameters.extend(self.grids.iter().map(|grid| grid.parameter(&device)));
        if !self.levels.is_empty() {
            let row = TensorData::new(self.levels.clone(), [1, self.levels.len()]);
            parameters.push(Tensor::from_data(row, &self.network.device()));
        }
        parameters
    }

    /// Sets the parameters, in the order of [`VelocityNetwork::parameters`].
    ///
    /// # Errors
    /// [`FieldsError::ParameterShape`].
    pub fn set_parameters(&mut self, mut parameters: Vec<Tensor<2>>) -> Result<(), FieldsError> {
        if !self.levels.is_empty()
            && let Some(levels) = parameters.pop()
        {
            self.levels = levels.inner().to_data().convert::<f32>().try_into_vec::<f32>().unwrap_or_default();
        }
        let own = parameters.len().saturating_sub(self.grids.len());
        for (grid, values) in self.grids.iter_mut().zip(parameters.split_off(own)) {
            let values = values.inner().to_data().convert::<f32>().try_into_vec::<f32>();
            grid.set_values(values.unwrap_or_default());
        }
        if self.with_network {
            self.network = self.network.with_parameters(parameters)?;
        }
        Ok(())
    }

    /// The contrast on cells at a sharpness (which only [`fields::VelocityOutput::Levels`] reads).
    #[must_use]
    pub fn sample(&self, points: &VelocityPoints, sharpness: f64) -> VelocitySample {
        let (evaluation, outputs, channels) = self.outputs(points);
        let (mut slowness, mut first, mut level) = (Vec::new(), 0, 0);
        for (map, background) in self.maps.iter().zip(points.backgrounds.chunks(points.points())) {
            let (own, levels) = (map.channels(), map.level_parameters());
            let at = |(y, background): (&[f32], &f64)| {
                let levels = &self.levels[level..level + levels];
                slowness_at(map, levels, &y[first..first + own], *background, sharpness)
            };
            slowness.extend(outputs.chunks(channels).zip(background).map(at));
            (first, level) = (first + own, level + levels);
        }
        let mean = |cell: &[Slowness]| cell.iter().map(|s| s.ratio).sum::<f64>() / cell.len() as f64 - 1.0;
        let contrast = slowness.chunks(points.per_cell).map(mean).collect();
        let (grids, unit) =
            (self.grids.clone(), if self.grids.is_empty() { Vec::new() } else { points.unit.clone() });
        let (device, per_cell, points) = (self.network.device(), points.per_cell, points.points());
        VelocitySample { contrast, slowness, evaluation, device, channels, points, grids, unit, per_cell }
    }
}

impl VelocityNetwork {
    /// The outputs at all points, `[point, channel]`, with the evaluation of the network.
    fn outputs(&self, points: &VelocityPoints) -> (Option<Evaluation>, Vec<f32>, usize) {
        let channels = self.channels();
        let evaluation =
            self.with_network.then(|| self.network.evaluate(points.tensor.clone(), JetOrder::Value));
        let mut outputs = match &evaluation {
            Some(evaluation) => evaluation.values().to_vec(),
            None => vec![0.0; points.points() * channels],
        };
        self.grids.iter().for_each(|grid| grid.add(&points.unit, &mut outputs));
        (evaluation, outputs, channels)
    }

    /// The gradient of half the mean square distance between the outputs and those of the background. Unlike that of
    /// a contrast it does not vanish where outputs are clipped.
    #[must_use]
    pub(crate) fn towards_background(&self, points: &VelocityPoints) -> Vec<Tensor<2>> {
        let (evaluation, mut outputs, channels) = self.outputs(points);
        let share = 1.0 / outputs.len() as f32;
        for (p, y) in outputs.chunks_mut(channels).enumerate() {
            let mut first = 0;
            for (map, background) in self.maps.iter().zip(points.backgrounds.chunks(points.points())) {
                let wanted = map.outputs_of(background[p]);
                for (y, wanted) in y[first..first + map.channels()].iter_mut().zip(wanted) {
                    *y = share * (*y - wanted as f32);
                }
                first += map.channels();
            }
        }
        let (levels, device) = (vec![0.0; self.levels.len()], self.network.device());
        pull_back_outputs((&self.grids, &points.unit), (evaluation, &device), outputs, &levels)
    }
}

/// The gradient of network, grids and levels, in the order of [`VelocityNetwork::parameters`].
fn pull_back_outputs(
    (grids, unit): (&[FeatureGrid], &[f32]),
    (evaluation, device): (Option<Evaluation>, &Device),
    upstream: Vec<f32>,
    levels: &[f64],
) -> Vec<Tensor<2>> {
    let by_grids: Vec<Vec<f32>> = grids.iter().map(|grid| grid.gathered(unit, &upstream)).collect();
    let mut gradient = evaluation.map_or_else(Vec::new, |evaluation| evaluation.pull_back(upstream));
    let device = gradient.first().map_or_else(|| device.clone(), Tensor::device);
    gradient.extend(grids.iter().zip(by_grids).map(|(grid, by)| grid.tensor(by, &device)));
    if !levels.is_empty() {
        gradient.push(level_gradient(levels, &device));
    }
    gradient
}

impl VelocitySample {
    /// Keeps the background where the velocity is held, `[unknown, cell]`.
    pub fn hold(&mut self, held: Option<&[bool]>) {
        let held = held.into_iter().flatten();
        self.contrast.iter_mut().zip(held).filter(|(_, held)| **held).for_each(|(q, _)| *q = 0.0);
    }

    /// The gradient with respect to the parameters from dJ/d(contrast) `[cell]`.
    #[must_use]
    pub fn pull_back(self, by_contrast: &[f64]) -> Vec<Tensor<2>> {
        let share = 1.0 / self.per_cell as f64;
        let (channels, points) = (self.channels, self.points);
        let unknowns = self.slowness.len() / points.max(1);
        // All unknowns have the same kind of output.
        let own = channels / unknowns.max(1);
        let mut upstream = vec![0.0; points * channels];
        let mut levels = vec![[0.0; 2]; unknowns];
        for (k, s) in self.slowness.iter().enumerate() {
            let (unknown, p) = (k / points, k % points);
            let g = by_contrast[k / self.per_cell] * share;
            let at = p * channels + unknown * own;
            pull_back_point(s, g, &mut upstream[at..], own, &mut levels[unknown]);
        }
        let levels = if own == 2 { levels.concat() } else { Vec::new() };
        pull_back_outputs((&self.grids, &self.unit), (self.evaluation, &self.device), upstream, &levels)
    }
}

/// The squared slowness given by channels `first..` of an evaluation.
pub(crate) fn slowness_of(
    map: &Velocity,
    levels: &[f32],
    evaluation: &Evaluation,
    first: usize,
    background: &[f64],
    sharpness: f64,
) -> Vec<Slowness> {
    let channels = map.channels();
    let at = |(p, background): (usize, &f64)| {
        let y: [f32; 2] = std::array::from_fn(|j| evaluation.at(0, p, first + j.min(channels - 1)));
        slowness_at(map, levels, &y[..channels], *background, sharpness)
    };
    background.iter().enumerate().map(at).collect()
}

/// The squared slowness given by the outputs at one point.
fn slowness_at(map: &Velocity, levels: &[f32], y: &[f32], background: f64, sharpness: f64) -> Slowness {
    let level = |j: usize| f64::from(levels.get(j).copied().unwrap_or(0.0));
    let y: [f64; 2] = std::array::from_fn(|j| f64::from(y[j.min(y.len() - 1)]));
    map.at(y, [level(0), level(1)], background, sharpness)
}

/// Adds dJ/d(outputs) and dJ/d(levels) of one point, from g = dJ/d(ratio).
pub(crate) fn pull_back_point(
    s: &Slowness,
    g: f64,
    upstream: &mut [f32],
    channels: usize,
    levels: &mut [f64; 2],
) {
    for (j, by) in s.by_output.iter().take(channels).enumerate() {
        upstream[j] += (g * by) as f32;
    }
    for (level, by) in levels.iter_mut().zip(s.by_level) {
        *level += g * by;
    }
}

pub(crate) fn level_gradient(levels: &[f64], device: &Device) -> Tensor<2> {
    let row = levels.iter().map(|l| *l as f32).collect::<Vec<_>>();
    Tensor::from_data(TensorData::new(row, [1, levels.len()]), device)
}

#[cfg(test)]
mod tests;
