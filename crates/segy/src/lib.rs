//! SEG-Y and SU files: traces, headers and geometry, read on demand and written as a stream.
//!
//! [`File::open`] reads the headers of a file and the index of its trace headers; [`File::trace`] reads samples. Only the index is
//! kept in memory: some tens of bytes for each trace.
//!
//! ```no_run
//! use std::path::Path;
//!
//! let file = segy::File::open(Path::new("line.sgy"), &segy::ReadOptions::default())?;
//! println!("{}", file.summary());
//! let geometry = file.geometry(&segy::GeometryOptions::default())?;
//! for shot in &geometry.shots {
//!     for trace in &shot.traces {
//!         let mut samples = vec![0.0; file.samples(trace.index)];
//!         file.trace(trace.index, &mut samples)?;
//!     }
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Source
//! SEG-Y revision 2.1: Data Exchange format, SEG Technical Standards Committee, 2023; revisions 0 (Barry, Cavers and Kneale,
//! 1975) and 1 (2002). Seismic Unix (SU): `segy.h` of release 44.

#![forbid(unsafe_code)]

mod arrange;
mod binary_header;
mod byte_order;
mod column;
mod ebcdic;
mod error;
mod extension;
mod field;
mod file;
mod float_bits;
mod foreign;
mod geometry;
mod head;
pub mod ibm;
mod index;
mod interval;
mod layout;
mod layout_stanza;
mod line;
mod nearest;
mod number_type;
mod options;
mod place;
mod sample_format;
mod source;
mod spans;
mod summary;
mod text_header;
mod warning;
mod write;

pub use binary_header::{BinaryHeader, SinceRevision2};
pub use byte_order::ByteOrder;
pub use column::Column;
pub use error::{Origin, SegyError};
pub use field::{FIELDS, Field, FieldDefinition};
pub use file::File;
pub use float_bits::{FloatBits, FloatCounts};
pub use foreign::Foreign;
pub use geometry::{
    Ambiguity, Geometry, GeometryError, GeometryOptions, GeometryWarning, GroupBy, GroupByError, LengthUnit,
    Projection, Shot, ShotTrace, Static, Statics, scaled,
};
pub use index::Index;
pub use layout::{Layout, LayoutError, Position};
pub use layout_stanza::StanzaError;
pub use line::{Line, LineError};
pub use number_type::NumberType;
pub use options::{Kind, NonFinite, ReadOptions};
pub use place::Place;
pub use sample_format::SampleFormat;
pub use summary::Summary;
pub use text_header::{TextEncoding, TextHeader};
pub use warning::Warning;
pub use write::{Scalars, TraceFacts, WriteError, WriteOptions, WriteWarning, Writer};
