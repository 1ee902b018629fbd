//! The `fwi` command.
fn main() {}
