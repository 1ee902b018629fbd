//! What can be wrong with a text of nodes.

/// What is wrong with a text that has one node a line.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NodesFault {
    /// There is no line of numbers.
    #[error("no line with the coordinates and the value of a node")]
    NoNodes,
    /// The columns have no names, and are not three or four.
    #[error(
        "{columns} columns without names, expected x, z, value or x, y, z, value; write a first line with the names of the columns, \
         such as x_m,z_m,vp_m_per_s"
    )]
    NoHeading {
        /// How many columns there are.
        columns: usize,
    },
    /// There is no column of x or of z, or several that could be it.
    #[error("the columns are {}, expected one named x and one named z, and in a volume one named y", present.join(", "))]
    Coordinates {
        /// The names of the columns.
        present: Vec<String>,
    },
    /// There is no column of that name.
    #[error("no column {wanted}; the columns of values are {}", present.join(", "))]
    NoColumn {
        /// The name.
        wanted: String,
        /// The columns that there are.
        present: Vec<String>,
    },
    /// A line has another number of columns than the first.
    #[error("{found} columns, expected {expected}, as in the first line")]
    Columns {
        /// Columns of the line.
        found: usize,
        /// Columns of the first line.
        expected: usize,
    },
    /// A cell is not a finite number.
    #[error(
        "`{found}` in column {column} ({name}), expected a finite number with a decimal point; give every node a value, for \
         example by resampling the model to a full grid"
    )]
    Number {
        /// The text.
        found: String,
        /// The column, counted from 1.
        column: usize,
        /// Its name.
        name: String,
    },
    /// A coordinate is off an even grid.
    #[error("{axis} is {found}, expected {expected} on an even grid; resample the model to an even spacing")]
    Uneven {
        /// The coordinate.
        axis: String,
        /// Its value.
        found: f64,
        /// The value on an even axis.
        expected: f64,
    },
    /// Two lines have the same position.
    #[error("the same position as in line {first}, expected each node once; remove one of the lines")]
    Twice {
        /// The first of the lines.
        first: usize,
    },
    /// A node of the grid has no line.
    #[error(
        "{nodes} lines of nodes, and none at {}; expected every node of a grid of {} ({}) once", at(axes, node),
        shape.iter().map(ToString::to_string).collect::<Vec<_>>().join(" x "), axes.join(", ")
    )]
    Missing {
        /// The names of the coordinates.
        axes: Vec<String>,
        /// The coordinates of the node.
        node: Vec<f64>,
        /// How many nodes there are along each coordinate.
        shape: Vec<usize>,
        /// How many lines there are.
        nodes: usize,
    },
}

fn at(axes: &[String], node: &[f64]) -> String {
    axes.iter().zip(node).map(|(axis, at)| format!("{axis} {at}")).collect::<Vec<_>>().join(", ")
}
