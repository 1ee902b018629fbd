//! Figures as SVG and PNG, tables in the terminal and on a page, and the page of a report.
//!
//! A figure is described once, and written as SVG for a page or as a PNG file.

mod arranged;
mod chart;
mod colormap;
mod colour_bar;
mod drawing;
mod gather;
mod map;
mod marks;
pub mod outline;
pub mod page;
mod png;
pub mod slices;
mod svg;
pub mod tables;

pub use arranged::{flat_bar, map_figure, map_rows, single_map, sized_map};
pub use chart::{Axis, Background, Chart, Cloud, Curve};
pub use colormap::{Colormap, Scale, robust_amplitude};
pub use drawing::{Dash, Drawing, Ink, SERIES};
pub use gather::{GatherFigure, GatherStyle};
pub use map::Map;
pub use marks::Marks;
