//! Boundaries between layers that lie on the grid.

use document::numbers::{plain, short};
use document::{Fault as Wrong, KeyPath, Message, Problem, Subject};

/// Checks that a boundary between layers lies between the top and the bottom edge of the grid, so that there is a part of the
/// grid on both sides.
pub(super) fn on_grid(at: &KeyPath, depth: f64, edges: [f64; 2]) -> Result<(), Wrong> {
    if edges[0] < depth && depth < edges[1] {
        return Ok(());
    }
    Err(Wrong::new(at, NotOnGrid { depth, edges }))
}

/// A boundary at or beyond the top or bottom edge of the grid.
#[derive(Debug)]
struct NotOnGrid {
    /// Its depth, m.
    depth: f64,
    /// Top and bottom edge of the grid, m.
    edges: [f64; 2],
}

impl Problem for NotOnGrid {
    fn message(&self, subject: &Subject) -> Message {
        let [top, bottom] = self.edges.map(short);
        Message::new(format!("{subject} is not between the top and the bottom of the grid"))
            .found(format!("{} m", plain(self.depth)))
            .expected(format!("more than {top} m and less than {bottom} m"))
            .help("depths are in m, downwards, in the coordinates of the grid")
    }
}
