//! A field stored as a network: a small file that can be evaluated, with exact derivatives, at any point.

use std::path::Path;

use burn::tensor::Device;
use fd::Grid;
use fields::checkpoint::Checkpoint;
use fields::{Architecture, FieldsError, JetOrder, Network};
use serde::{Deserialize, Serialize};

use crate::velocity_network::Frame;
use survey::array::Meaning;
use survey::data_error::DataError;
use survey::derivatives::Derivatives;

/// Name of the network in its file.
const NAME: &str = "field";
/// Largest number of points evaluated at once, because encodings store many features per point.
const BLOCK: usize = 1 << 12;

/// The meaning of a network's coordinates and output, stored as text with the weights.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct FieldFrame {
    /// The meaning of the values.
    pub meaning: Meaning,
    /// Network coordinates.
    pub frame: Frame,
    /// The value is `offset + factor * output`.
    pub offset: f64,
    /// See `offset`.
    pub factor: f64,
    /// First node of the fit `[x, z]`, m.
    pub origin: [f64; 2],
    /// Distance between the nodes of the fit, m.
    pub spacing: [f64; 2],
    /// Number of nodes of the fit, `[nz, nx]`.
    pub shape: [usize; 2],
    /// `||value - fitted|| / ||fitted||` at these nodes.
    pub relative_l2: f64,
    /// Largest error at these nodes, in the unit of the value.
    pub largest: f64,
}

/// A network with its meaning.
#[derive(Debug, Clone)]
pub struct FieldNetwork {
    /// The network, with one output.
    pub network: Network,
    /// Its meaning.
    pub frame: FieldFrame,
}

/// The contents of the notes of a file.
#[derive(Serialize, Deserialize)]
struct Notes {
    field: FieldFrame,
}

impl FieldNetwork {
    /// Writes the file, via a temporary file.
    ///
    /// # Errors
    /// [`DataError::Unwritable`].
    pub fn write(&self, path: &Path) -> Result<(), DataError> {
        let notes = serde_json::to_string(&Notes { field: self.frame }).expect("a frame is plain data");
        survey::atomic::write_with(path, |temporary| {
            Checkpoint::new(&notes).with_network(NAME, &self.network).write(temporary).map_err(|e| match e {
                FieldsError::File { source, .. } => DataError::writing(path, source),
                other => DataError::Text { path: path.to_owned(), problem: other.to_string() },
            })
        })
    }

    /// Reads a file.
    ///
    /// # Errors
    /// [`DataError::Missing`]; [`DataError::Text`] for a file that is truncated, damaged, or contains other networks,
    /// such as a checkpoint of an inversion.
    pub fn read(path: &Path, device: &Device) -> Result<FieldNetwork, DataError> {
        if !path.exists() {
            return Err(DataError::Missing { path: path.to_owned() });
        }
        let wrong = |e: FieldsError| DataError::NotANetwork {
            path: path.to_owned(),
            reason: match e {
                FieldsError::CheckpointFormat { reason, .. } => reason,
                other => other.to_string(),
            },
        };
        let checkpoint = Checkpoint::read(path).map_err(wrong)?;
        let notes: Notes = serde_json::from_str(&checkpoint.notes).map_err(|_| DataError::NotANetwork {
            path: path.to_owned(),
            reason: "a checkpoint of an inversion, whose networks have no frame".to_owned(),
        })?;
        let architecture: Option<Architecture> =
            checkpoint.architectures().into_iter().find(|(name, _)| *name == NAME).map(|(_, a)| a);
        let architecture = architecture.unwrap_or_else(|| Architecture::siren(1, 1, 1));
        let network = checkpoint.network(NAME, &architecture, device, path).map_err(wrong)?;
        Ok(FieldNetwork { network, frame: notes.field })
    }

    /// The grid of the fit.
    ///
    /// # Errors
    /// [`DataError::Range`] for a frame without extent.
    pub fn grid(&self, path: &Path) -> Result<Grid, DataError> {
        let frame = &self.frame;
        Grid::new(frame.origin, frame.spacing, frame.shape)
            .map_err(|e| DataError::NotANetwork { path: path.to_owned(), reason: e.to_string() })
    }

    /// Value and exact derivatives at points `[x, z]` in m.
    #[must_use]
    pub fn evaluate(&self, points: &[[f64; 2]]) -> Derivatives {
        let network = self.network.frozen();
        let device = network.device();
        let FieldFrame { frame, offset, factor, .. } = self.frame;
        let slope = factor / frame.length;
        let mut all = Derivatives {
            value: Vec::with_capacity(points.len()),
            gradient: [Vec::with_capacity(points.len()), Vec::with_capacity(points.len())],
            laplacian: Vec::with_capacity(points.len()),
        };
        for block in points.chunks(BLOCK) {
            let jet = network.evaluate(frame.tensor(block, &device), JetOrder::Laplacian);
            let stream =
                |s: usize| (0..block.len()).map(move |p| (s, p)).map(|(s, p)| f64::from(jet.at(s, p, 0)));
            all.value.extend(stream(0).map(|y| offset + factor * y));
            all.gradient[0].extend(stream(1).map(|y| slope * y));
            all.gradient[1].extend(stream(2).map(|y| slope * y));
            all.laplacian.extend(stream(3).map(|y| slope / frame.length * y));
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fields::Activation;

    fn network() -> FieldNetwork {
        let device = fields::device::parse("cpu").unwrap();
        let architecture = Architecture {
            w0_first: 4.0,
            w0_hidden: 1.0,
            activation: Activation::SINE,
            ..Architecture::siren(16, 2, 1)
        };
        let grid = Grid::new([-100.0, 50.0], [10.0, 5.0], [21, 31]).unwrap();
        let frame = FieldFrame {
            meaning: Meaning::Velocity,
            frame: Frame::of(&grid),
            offset: 2000.0,
            factor: 400.0,
            origin: grid.origin,
            spacing: grid.spacing,
            shape: grid.shape,
            relative_l2: 0.01,
            largest: 20.0,
        };
        FieldNetwork { network: Network::init(&architecture, 5, &device).unwrap(), frame }
    }

    /// A written network is read back and gives the same values. A truncated file, a file of another program and a
    /// checkpoint of an inversion are rejected with a reason.
    #[test]
    fn files() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("v.safetensors");
        let device = fields::device::parse("cpu").unwrap();
        let before = network();
        before.write(&path).unwrap();
        let after = FieldNetwork::read(&path, &device).unwrap();
        assert_eq!(after.frame, before.frame);
        let points = [[-100.0, 50.0], [33.0, 77.0]];
        assert_eq!(after.evaluate(&points), before.evaluate(&points));
        let whole = std::fs::read(&path).unwrap();
        for bytes in [&whole[..whole.len() - 9], &whole[..40], b"{}", b"\x89HDF\r\n\x1a\n"] {
            std::fs::write(&path, bytes).unwrap();
            let error = FieldNetwork::read(&path, &device).unwrap_err();
            assert!(matches!(error, DataError::NotANetwork { .. }), "{error}");
        }
        Checkpoint::new("17").with_network("velocity", &before.network).write(&path).unwrap();
        let error = FieldNetwork::read(&path, &device).unwrap_err().to_string();
        assert!(error.contains("checkpoint of an inversion"), "{error}");
        assert!(FieldNetwork::read(&folder.path().join("none"), &device).is_err());
    }

    /// Derivatives in SI units are the slopes of the value. Central differences over h = 0.2 m with a frame length of
    /// 150 m have a relative error of (4 h / 150)^2 / 6 = 5e-6 for the first derivative, so the rounding of f32
    /// values over h decides: 1e-4 over 0.4.
    #[test]
    fn derivatives_are_slopes() {
        let field = network();
        let h = 0.2;
        let at = |x: f64, z: f64| field.evaluate(&[[x, z]]);
        for [x, z] in [[-60.0, 60.0], [20.0, 100.0], [140.0, 120.0]] {
            let here = at(x, z);
            for (a, step) in [[h, 0.0], [0.0, h]].into_iter().enumerate() {
                let (up, down) = (at(x + step[0], z + step[1]), at(x - step[0], z - step[1]));
                let slope = (up.value[0] - down.value[0]) / (2.0 * h);
                assert!((slope - here.gradient[a][0]).abs() < 2e-3, "{slope} {}", here.gradient[a][0]);
            }
            let second = |a: usize| {
                let step = [[h, 0.0], [0.0, h]][a];
                let (up, down) = (at(x + step[0], z + step[1]), at(x - step[0], z - step[1]));
                (up.gradient[a][0] - down.gradient[a][0]) / (2.0 * h)
            };
            let laplacian = second(0) + second(1);
            let scale = 400.0 * 16.0 / 150.0_f64.powi(2);
            assert!(
                (laplacian - here.laplacian[0]).abs() < 1e-3 * scale,
                "{laplacian} {}",
                here.laplacian[0]
            );
        }
    }
}
