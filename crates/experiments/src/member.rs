//! The keys that members of a study have in common.

/// Declares the block of a member: its own keys, and behind them those that all members have.
///
/// serde cannot flatten a block and reject unknown keys at the same time, so the common keys are written into each struct.
#[macro_export]
macro_rules! member_block {
    ($(#[$attribute:meta])* pub struct $name:ident { $($own:tt)* }) => {
        $(#[$attribute])*
        #[derive(Debug, Clone, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            $($own)*
            /// Longest wall time. No limit when absent.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            #[schemars(transform = survey::ranges::time_limit())]
            pub time_limit: Option<f64>,
            /// Device: `auto`, `cpu`, or a GPU (`cuda:0`, ...). It is for the networks in a build with LibTorch, and for waves in time that
            /// are inverted in a build with CUDA.
            #[serde(default = "fields::device::automatic")]
            pub device: String,
            /// Seed of all random numbers. The same seed gives the same result on the same machine.
            #[serde(default)]
            #[schemars(transform = survey::ranges::seed())]
            pub seed: u64,
            /// Repeats the block with several seeds.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub repeat: Option<document::expand::Repeat>,
            /// Repeats the block with several values of some settings. The names of the members contain these values.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub sweep: Option<document::expand::Sweep>,
            /// Members with the same text here are repetitions of one: tables and the report show their mean, spread and best.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub group: Option<String>,
        }
    };
}
