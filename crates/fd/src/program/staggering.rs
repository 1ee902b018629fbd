//! Which fields stand at half cells, derived from the declaration.

use pde::Evolution;

use super::axes::flips;

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
    /// By unknown, in the order of the system: along which of x, y, z it is half a cell up.
    pub half: Vec<[bool; 3]>,
    /// Whether places were found that fit all terms.
    pub consistent: bool,
}

impl Staggering {
    /// The places of the unknowns of a system that is solved for its time derivatives.
    #[must_use]
    pub fn of(evolutions: &[Evolution]) -> Self {
        let unknowns = evolutions.len();
        // (a, b, flips): b stands where a stands, flipped along some axes.
        let links: Vec<(usize, usize, [bool; 3])> = (evolutions.iter())
            .flat_map(|evolution| {
                evolution.terms.iter().map(|term| (evolution.unknown, term.unknown, flips(term.derivative)))
            })
            .collect();
        let flip = |place: [bool; 3], flips: [bool; 3]| -> [bool; 3] {
            std::array::from_fn(|axis| place[axis] ^ flips[axis])
        };
        let mut half: Vec<Option<[bool; 3]>> = vec![None; unknowns];
        for start in 0..unknowns {
            if half[start].is_some() {
                continue;
            }
            // All that is linked with this unknown, relative to it.
            let mut group = vec![start];
            half[start] = Some([false; 3]);
            while let Some((a, b, flips)) =
                links.iter().find(|(a, b, _)| half[*a].is_some() != half[*b].is_some())
            {
                let (known, other) = if half[*a].is_some() { (*a, *b) } else { (*b, *a) };
                half[other] = half[known].map(|place| flip(place, *flips));
                group.push(other);
            }
            // The whole group may be moved by half a cell along any axis.
            for axis in 0..3 {
                let is_moved = |i: &usize| half[*i].is_some_and(|place| place[axis]);
                let moved = group.iter().filter(|i| is_moved(i)).count();
                // Of two that fit as well, the one with the last unknown on nodes.
                let last = group.iter().max().is_some_and(is_moved);
                if 2 * moved > group.len() || (2 * moved == group.len() && last) {
                    for i in &group {
                        if let Some(place) = &mut half[*i] {
                            place[axis] ^= true;
                        }
                    }
                }
            }
        }
        let half: Vec<[bool; 3]> = half.into_iter().flatten().collect();
        let consistent = links.iter().all(|(a, b, flips)| flip(half[*a], *flips) == half[*b]);
        if consistent {
            Self { half, consistent }
        } else {
            Self { half: vec![[false; 3]; unknowns], consistent }
        }
    }
}
