//! One binary for all cross-crate tests, so that Burn is linked once.
#![expect(clippy::unwrap_used, reason = "a test that fails to set up fails")]

mod any_frequency;
mod any_physics;
mod command_line;
mod damaged_files;
mod devices;
mod dimensions;
mod documents;
mod exchange;
mod fits;
mod gradients;
mod gradients_in_time;
mod in_time;
mod input_files;
mod interruption;
mod joint_in_medium;
mod joint_in_time;
mod joint_of_systems;
mod kinds;
mod lost_work;
mod memory;
mod modules;
mod one_declaration;
mod one_equation;
mod python;
mod real_data;
mod recovery_in_medium;
mod recovery_in_time;
mod resume;
mod scenario_numbers;
mod scenarios;
mod seismic_import;
mod small_system;
mod structure;
mod support;
mod wavefields;
