//! Identities that every equation of the catalogue satisfies, in one, two and three dimensions.

use crate::{Dimension, Equation, catalogue};

mod exact;
mod identities;
pub(crate) mod smooth;
mod stencils;
mod systems;
mod tables;
mod written;

/// Every equation in every dimension.
fn every_equation() -> impl Iterator<Item = Equation> {
    catalogue().iter().flat_map(|row| Dimension::ALL.map(|dimension| (row.declare)(dimension)))
}
