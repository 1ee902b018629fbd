//! The shots that an iteration uses, and how. One file each in `shots/`.

pub mod encoding;
pub mod minibatch;

pub use encoding::SourceEncoding;
pub use minibatch::Minibatches;
