//! Tests that cross crates live in `tests/`. This library holds the documents, so that rustdoc runs their Rust.

#[cfg(doctest)]
mod documents {
    #[doc = include_str!("../../README.md")]
    mod readme {}
    #[doc = include_str!("../../CONTRIBUTING.md")]
    mod contributing {}
    #[doc = include_str!("../../docs/src/tour.md")]
    mod tour {}
    #[doc = include_str!("../../docs/src/choosing-a-method.md")]
    mod choosing_a_method {}
    #[doc = include_str!("../../docs/src/conventions.md")]
    mod conventions {}
    #[doc = include_str!("../../docs/src/data-format.md")]
    mod data_format {}
    #[doc = include_str!("../../docs/src/extending.md")]
    mod extending {}
    #[doc = include_str!("../../docs/src/architecture.md")]
    mod architecture {}
    #[doc = include_str!("../../docs/src/decisions.md")]
    mod decisions {}
    #[doc = include_str!("../../docs/src/devices.md")]
    mod devices {}
    #[doc = include_str!("../../docs/src/results.md")]
    mod results {}
    #[doc = include_str!("../../docs/src/speed.md")]
    mod speed {}
}
