//! What the residual of a medium at frequencies needs at each point.

use fields::JetOrder;
use fwi::harmonic_medium::HarmonicMedium;

/// The order of the jets of its unknowns.
pub(super) fn jets(medium: &HarmonicMedium) -> JetOrder {
    if medium.density.is_some() { JetOrder::First } else { JetOrder::Second }
}

/// The coefficients of its terms, besides those of its sources: of each unknown in each equation about six.
pub(super) fn terms(medium: &HarmonicMedium) -> usize {
    6 * medium.unknowns().names.len().pow(2).div_ceil(2)
}
