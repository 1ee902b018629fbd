//! How many shots, and how many steps of each, the memory of a device has room for.

use crate::FdError;
use crate::device_error::DeviceError;

/// Most shots at a time: the device steps one while the processor prepares and judges the others.
const MOST: usize = 4;

/// Bytes that runs of a program need.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Need {
    /// What all shots share.
    pub(crate) medium: usize,
    /// The fields of a shot.
    pub(crate) fields: usize,
    /// What is kept of one step.
    pub(crate) frame: usize,
    /// Nodes of the grid with its layers.
    pub(crate) nodes: usize,
}

/// What there is room for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Room {
    /// Shots at a time.
    pub(crate) shots: usize,
    /// Steps of each that are kept on the device.
    pub(crate) frames: usize,
}

impl Need {
    /// What `free` bytes have room for, of so many shots that keep so many steps.
    ///
    /// # Errors
    /// [`DeviceError::OutOfMemory`] if one shot that keeps one step does not fit.
    pub(crate) fn room(
        &self,
        (device, free): (&str, usize),
        frames: usize,
        shots: usize,
    ) -> Result<Room, FdError> {
        let least = self.medium + self.fields + self.frame * frames.min(1);
        if free < least {
            let fits = (self.nodes as f64 * free as f64 / least as f64) as usize;
            let device = device.to_owned();
            return Err(
                DeviceError::OutOfMemory { device, needed: least, free, nodes: self.nodes, fits }.into()
            );
        }
        let left = free - self.medium;
        let whole = self.fields + self.frame * frames;
        let shots = (left / whole.max(1)).min(shots).min(MOST);
        if shots > 0 {
            return Ok(Room { shots, frames });
        }
        Ok(Room { shots: 1, frames: (left - self.fields) / self.frame.max(1) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEED: Need = Need { medium: 100, fields: 50, frame: 10, nodes: 1000 };

    fn room(free: usize, frames: usize, shots: usize) -> Room {
        NEED.room(("cuda:0", free), frames, shots).unwrap()
    }

    /// Shots run at a time as far as they fit whole; one that does not fit keeps as many steps as fit.
    #[test]
    fn whole_shots_come_first() {
        assert_eq!(room(1_000, 5, 16), Room { shots: 4, frames: 5 });
        assert_eq!(room(1_000, 5, 2), Room { shots: 2, frames: 5 });
        assert_eq!(room(320, 5, 16), Room { shots: 2, frames: 5 });
        assert_eq!(room(180, 5, 16), Room { shots: 1, frames: 3 });
        assert_eq!(room(160, 5, 16), Room { shots: 1, frames: 1 });
        assert_eq!(room(150, 0, 1), Room { shots: 1, frames: 0 });
    }

    /// What is missing is said in bytes and in nodes.
    #[test]
    fn what_does_not_fit_is_refused() {
        let FdError::Device(error) = NEED.room(("cuda:0", 80), 5, 1).unwrap_err() else { panic!() };
        let DeviceError::OutOfMemory { needed, free, nodes, fits, .. } = *error else { panic!("{error}") };
        assert_eq!((needed, free, nodes, fits), (160, 80, 1000, 500));
    }
}
