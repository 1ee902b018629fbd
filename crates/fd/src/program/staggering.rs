//! Which fields stand at half cells, derived from the declaration.

use pde::{Axis, Evolution};

/// For each unknown and axis, whether its nodes are half a cell up.
///
/// A first derivative flips the place of a field along its axis. Where places exist that fit all terms, the scheme is the
/// staggered one of Virieux; of the places that fit, those with the fewest half cells are taken. Where none fit, all fields
/// stand on the same nodes and first derivatives are centred.
///
/// # Source
/// Virieux, Geophysics 51 (1986), 889-901, for the scheme that results for elastic waves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Staggering {
    /// `[unknown][axis]`, in the order of the system's unknowns and axes.
    pub half: Vec<Vec<bool>>,
    /// Whether places were found that fit all terms.
    pub consistent: bool,
}

impl Staggering {
    /// The places of the unknowns of a system that is solved for its time derivatives.
    #[must_use]
    pub fn of(evolutions: &[Evolution], axes: &[Axis]) -> Self {
        let unknowns = evolutions.len();
        // (a, b, flips): b stands where a stands, flipped along some axes.
        let links: Vec<(usize, usize, Vec<bool>)> = (evolutions.iter())
            .flat_map(|evolution| {
                evolution.terms.iter().map(|term| {
                    let flips = axes.iter().map(|axis| term.derivative.count(*axis) % 2 == 1).collect();
                    (evolution.unknown, term.unknown, flips)
                })
            })
            .collect();
        let flip = |place: &[bool], flips: &[bool]| -> Vec<bool> {
            place.iter().zip(flips).map(|(half, flips)| half ^ flips).collect()
        };
        let mut half: Vec<Option<Vec<bool>>> = vec![None; unknowns];
        for start in 0..unknowns {
            if half[start].is_some() {
                continue;
            }
            // All that is linked with this unknown, relative to it.
            let mut group = vec![start];
            half[start] = Some(vec![false; axes.len()]);
            while let Some((a, b, flips)) =
                links.iter().find(|(a, b, _)| half[*a].is_some() != half[*b].is_some())
            {
                let (known, other) = if half[*a].is_some() { (*a, *b) } else { (*b, *a) };
                let place = half[known].as_deref().map(|place| flip(place, flips));
                half[other] = place;
                group.push(other);
            }
            // The whole group may be moved by half a cell along any axis.
            for axis in 0..axes.len() {
                let moved =
                    group.iter().filter(|i| half[**i].as_ref().is_some_and(|place| place[axis])).count();
                if 2 * moved > group.len() {
                    for i in &group {
                        if let Some(place) = &mut half[*i] {
                            place[axis] ^= true;
                        }
                    }
                }
            }
        }
        let half: Vec<Vec<bool>> = half.into_iter().flatten().collect();
        let consistent = links.iter().all(|(a, b, flips)| flip(&half[*a], flips) == half[*b]);
        if consistent {
            Self { half, consistent }
        } else {
            Self { half: vec![vec![false; axes.len()]; unknowns], consistent }
        }
    }
}
