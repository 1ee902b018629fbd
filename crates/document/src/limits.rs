//! Limits for the size of a text.

/// Largest size of a scenario, bytes.
pub(crate) const LONGEST: usize = 4 << 20;

/// The limits within which a text is read.
pub(crate) fn options() -> serde_saphyr::Options {
    serde_saphyr::options! {
        with_snippet: false,
        // The length of the text limits its nodes.
        budget: serde_saphyr::budget! { max_nodes: LONGEST, max_events: 2 * LONGEST },
        alias_limits: serde_saphyr::alias_limits! { max_total_replayed_events: 20_000 },
    }
}
