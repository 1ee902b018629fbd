//! Errors of some ranks, on all of them.

use std::fmt::Display;

use crate::transport::Transport;

/// An error on another rank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Elsewhere {
    /// The rank.
    pub rank: usize,
    /// Its message.
    pub message: String,
    /// What the rank says about the error.
    pub class: u8,
}

/// Why there is no result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault<E> {
    /// An error of this rank.
    Own(E),
    /// An error of another rank.
    Elsewhere(Elsewhere),
}

/// Larger than all lengths, and exact as a number.
const FAULT: usize = if usize::BITS > 32 { 1 << 50 } else { 1 << 30 };

/// The largest of the lengths of all ranks; or the error of the lowest rank that has one, which rank 0 passes on.
pub(crate) fn agreed<E: Display>(
    world: &dyn Transport,
    computed: Result<usize, E>,
    class: impl Fn(&E) -> u8,
) -> Result<usize, Fault<E>> {
    let (here, count) = (world.rank(), world.count());
    let largest = world.largest(match &computed {
        Ok(length) => *length,
        // Larger for smaller ranks.
        Err(_) => FAULT + count - here,
    });
    if largest < FAULT {
        return Ok(largest);
    }
    let rank = FAULT + count - largest;
    let mut message = match &computed {
        Err(error) if rank == here => {
            let letters = error.to_string();
            letters.bytes().chain([class(error)]).map(f64::from).collect()
        }
        _ => Vec::new(),
    };
    if rank != 0 && here == rank {
        world.send(0, &message);
    } else if rank != 0 && here == 0 {
        message = world.receive(rank);
    }
    world.broadcast(&mut message);
    match computed {
        Err(own) if rank == here => Err(Fault::Own(own)),
        _ => {
            let class = message.pop().unwrap_or(0.0) as u8;
            let letters: Vec<u8> = message.into_iter().map(|letter| letter as u8).collect();
            let message = String::from_utf8_lossy(&letters).into_owned();
            Err(Fault::Elsewhere(Elsewhere { rank, message, class }))
        }
    }
}
