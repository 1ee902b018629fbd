//! The first layer of a velocity network of sines: how short the waves are that it begins with.

use std::f64::consts::TAU;

use fd::Grid;
use fields::{Activation, Architecture, Encoding, WeightInit};

use crate::velocity_network::Frame;

/// The shortest wavelength of the first layer over the wavelength at the lowest strong frequency, for a good and for a poor
/// starting model. Short waves of the velocity that the data do not yet determine lead astray where cycles are skipped.
const WAVELENGTHS: [f64; 2] = [0.4, 1.5];
/// The relative misfit of a good and of a poor starting model.
const MISFITS: [f64; 2] = [0.1, 0.35];
/// Nodes of the grid in the shortest wavelength, at least.
const NODES: f64 = 2.0;

/// What the frequency factor of the first layer is chosen from.
///
/// # Units
/// SI.
///
/// # Source
/// Our own measurements: see the notebook page "The network and the grid in time".
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FirstLayer {
    /// The lowest frequency at which the wavelet is strong in the band of the first stage, Hz.
    pub lowest: f64,
    /// The mean starting velocity of the region, m/s.
    pub velocity: f64,
    /// Metres per unit of the network's coordinates.
    pub length: f64,
    /// Distance between nodes, m.
    pub spacing: f64,
    /// Coordinates of a point.
    pub inputs: usize,
}

impl FirstLayer {
    /// For a network on a grid.
    #[must_use]
    pub fn new(lowest: f64, velocity: f64, grid: &Grid) -> Self {
        let spacing = grid.axes().iter().map(|axis| axis.spacing).fold(f64::INFINITY, f64::min);
        Self { lowest, velocity, length: Frame::of(grid).length, spacing, inputs: grid.dims() }
    }

    /// The wavelength at the lowest strong frequency, m.
    #[must_use]
    pub fn wavelength(&self) -> f64 {
        self.velocity / self.lowest
    }

    /// The shortest wavelength that the first layer begins with, for a relative misfit of the starting model, m.
    #[must_use]
    pub fn shortest(&self, misfit: f64) -> f64 {
        let [good, poor] = MISFITS;
        let share = ((misfit - good) / (poor - good)).clamp(0.0, 1.0);
        let [short, long] = WAVELENGTHS;
        let wavelengths = short.powf(1.0 - share) * long.powf(share);
        (wavelengths * self.wavelength()).max(NODES * self.spacing)
    }

    /// The frequency factor for a relative misfit of the starting model.
    #[must_use]
    pub fn factor(&self, misfit: f64) -> f64 {
        TAU * self.length * self.inputs as f64 / self.shortest(misfit)
    }
}

/// The shortest wavelength along an axis, m, that the first layer of a network begins with; `None` unless it is one of sines with
/// the weights of the SIREN paper, on the coordinates themselves.
#[must_use]
pub fn shortest_wavelength(network: &Architecture, grid: &Grid) -> Option<f64> {
    let sines = network.activation == Activation::SINE && network.encoding == Encoding::None;
    let siren = matches!(network.init, WeightInit::Auto | WeightInit::Siren);
    // The weights are at most one over the number of inputs.
    let largest = f64::from(network.w0_first) / network.inputs as f64;
    (sines && siren).then(|| TAU * Frame::of(grid).length / largest)
}

/// Whether a grid has nodes enough for a wavelength.
#[must_use]
pub fn shows(grid: &Grid, wavelength: f64) -> bool {
    let spacing = grid.axes().iter().map(|axis| axis.spacing).fold(f64::INFINITY, f64::min);
    // What was chosen at the limit is shown.
    wavelength >= (1.0 - 1e-6) * NODES * spacing
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section() -> Grid {
        Grid::new([0.0, 0.0], [25.0, 25.0], [49, 121]).unwrap()
    }

    /// A poor start, a good one, and one in between; the network of the chosen factor has the wavelength that was asked for.
    #[test]
    fn both_ends_and_the_middle() {
        let layer = FirstLayer::new(1.5, 2300.0, &section());
        assert_eq!((layer.length, layer.inputs, layer.spacing), (1500.0, 2, 25.0));
        for (misfit, wavelengths) in
            [(1.2, 1.5), (0.35, 1.5), (0.225, (0.4_f64 * 1.5).sqrt()), (0.1, 0.4), (0.05, 0.4)]
        {
            let shortest = wavelengths * 2300.0 / 1.5;
            assert!((layer.shortest(misfit) / shortest - 1.0).abs() < 1e-12, "{misfit}");
            let w0_first = layer.factor(misfit) as f32;
            let network = Architecture { w0_first, ..Architecture::siren(8, 2, 1) };
            let found = shortest_wavelength(&network, &section()).unwrap();
            assert!((found / shortest - 1.0).abs() < 1e-6, "{misfit}: {found} {shortest}");
        }
        // The factors of the notebook page.
        assert!((layer.factor(1.0) - 8.2).abs() < 0.05 && (layer.factor(0.0) - 30.7).abs() < 0.1);
    }

    /// Whatever the data, the grid shows what was chosen; a larger factor is not shown.
    #[test]
    fn the_grid_shows_it() {
        let layer = FirstLayer::new(500.0, 1500.0, &section());
        let network = |factor: f64| Architecture { w0_first: factor as f32, ..Architecture::siren(8, 2, 1) };
        let shown =
            |factor: f64| shows(&section(), shortest_wavelength(&network(factor), &section()).unwrap());
        assert_eq!(layer.shortest(1.0), 50.0);
        assert!(shown(layer.factor(1.0)) && !shown(1.01 * layer.factor(1.0)));
        let tanh = Architecture { activation: Activation::named("tanh").unwrap(), ..network(900.0) };
        assert_eq!(shortest_wavelength(&tanh, &section()), None);
    }
}
