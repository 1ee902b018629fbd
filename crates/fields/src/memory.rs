//! The memory that a network needs, computed before it is allocated.

use crate::architecture::{Architecture, Numbers};
use crate::encoding::Encoding;
use crate::error::FieldsError;
use crate::jet::JetOrder;

/// Tensors of the size of a layer's streams that are there at the peak of an evaluation with plain operations, measured.
const OF_LAYERS: f64 = 2.6;

/// The same for features that are not trained.
const OF_FEATURES: f64 = 1.0;

/// The same for radial basis functions: whatever the streams, and for each of them.
const OF_TRAINED_FEATURES: [f64; 2] = [1.7, 7.2];

/// Memory of a network in training.
///
/// # Units
/// In bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Memory {
    /// The parameters twice: on the device, and on the host during an update.
    pub parameters: usize,
    /// Their gradients.
    pub gradients: usize,
    /// The state of the optimiser: two numbers per parameter.
    pub optimizer: usize,
    /// The data that one evaluation stores for its gradient.
    pub evaluation: usize,
}

impl Memory {
    /// The sum.
    #[must_use]
    pub fn total(&self) -> usize {
        let all = [self.parameters, self.gradients, self.optimizer, self.evaluation];
        all.into_iter().fold(0, usize::saturating_add)
    }

    /// Rejects what does not fit.
    ///
    /// # Errors
    /// [`FieldsError::Memory`] with both numbers and the part to lower.
    pub fn check(&self, available: usize) -> Result<(), FieldsError> {
        let needed = self.total();
        if needed <= available {
            return Ok(());
        }
        let lower = match self.evaluation > needed / 2 {
            true => "the points of an evaluation, or width and layers",
            false => "width and layers",
        };
        Err(FieldsError::Memory { needed, available, lower })
    }
}

impl Architecture {
    /// Memory of training steps at that many points.
    #[must_use]
    pub fn memory(&self, points: usize, order: JetOrder) -> Memory {
        let parameters = self.shapes().iter().fold(0usize, |sum, [rows, columns]| {
            sum.saturating_add(rows.saturating_mul(*columns).saturating_mul(size_of::<f32>()))
        });
        let evaluation = if self.fusible() {
            self.memory_estimate(points, order)
        } else {
            self.plain(points, order.streams(self.inputs))
        };
        Memory {
            parameters: parameters.saturating_mul(2),
            gradients: parameters,
            optimizer: parameters.saturating_mul(2),
            evaluation,
        }
    }

    /// What plain operations store at that many points.
    fn plain(&self, points: usize, streams: usize) -> usize {
        let (streams, features) = (streams as f64, self.encoding.features(self.inputs) as f64);
        let parts = if self.numbers == Numbers::Complex { 2.0 } else { 1.0 };
        let of_features = match self.encoding {
            Encoding::None => 0.0,
            Encoding::Rbf { .. } => OF_TRAINED_FEATURES[0] + OF_TRAINED_FEATURES[1] * streams,
            _ => OF_FEATURES * streams,
        };
        let of_layers = OF_LAYERS * parts * streams * self.width as f64 * self.layers as f64;
        // A conversion saturates.
        (size_of::<f32>() as f64 * points as f64 * (of_layers + of_features * features)) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::Network;
    use burn::tensor::Device;

    /// The network of the SIREN paper's inversion has 200 971 parameters; a network of a million units per layer is rejected before anything is allocated.
    #[test]
    fn large_networks_are_refused() {
        let card = Architecture::siren(256, 4, 11).memory(13_225, JetOrder::Second);
        assert_eq!(
            (card.parameters, card.gradients, card.optimizer),
            (8 * 200_971, 4 * 200_971, 8 * 200_971)
        );
        assert!(card.check(1 << 30).is_ok());
        let error = card.check(1 << 20).unwrap_err().to_string();
        assert!(error.contains("1.05 MB") && error.contains("points of an evaluation"), "{error}");
        let large = Architecture::siren(1_000_000, 4, 1);
        let error = Network::init(&large, 0, &Device::flex()).unwrap_err().to_string();
        assert!(error.contains("60.0 TB") && error.contains("width and layers"), "{error}");
        let endless = Architecture::siren(usize::MAX / 2, 4, 1);
        assert!(matches!(Network::init(&endless, 0, &Device::flex()), Err(FieldsError::Memory { .. })));
    }

    /// Encoded networks include their features.
    #[test]
    fn encodings_count() {
        let siren = Architecture::siren(64, 2, 1);
        let encoded = Architecture { encoding: Encoding::Rbf { centres: 1024 }, ..siren };
        let [a, b] = [siren, encoded].map(|a| a.memory(10_000, JetOrder::Second).evaluation);
        assert!(b > 5 * a, "{a} {b}");
    }
}
