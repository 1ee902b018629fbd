//! Scenarios: their blocks as typed by the user, and the plans that they mean.
//!
//! EquationBlocks are plain data with the meaning and unit of every key in its doc comment; `fwi schema` and the scenario reference
//! are made from them. Whether the numbers make sense together is decided by [`plan`].

pub mod agreed;
pub mod boundary;
pub mod data;
pub mod error;
pub mod evolutions;
pub mod explain;
pub mod families;
pub mod fits;
pub mod grid;
pub mod inversion;
pub mod inversion_scenario;
pub mod job;
pub mod kind;
pub mod made_from;
pub mod memory;
pub mod outputs;
pub mod physics;
pub mod plan;
pub mod reference;
pub mod run_files;
pub mod seen_from;
pub mod settings;
pub mod simulate;
pub mod statistics;
pub mod suggestion;
pub mod target;
pub mod wavefields;
pub mod wells;

pub use data::DataBlock;
pub use evolutions::EvolutionScenario;
pub use experiments::activations::StatisticsBlock;
pub use experiments::evolutions::EvolutionBlock;
pub use experiments::fits::FitBlock;
pub use experiments::wavefields::WavefieldBlock;
pub use families::FamiliesFile;
pub use fits::FitScenario;
pub use fwi::conditioning::ConditioningChoice;
pub use fwi::inversion::MethodChoice;
pub use fwi::misfit::MisfitChoice;
pub use fwi::optimizer::OptimizerChoice;
pub use fwi::regularizer::RegularizerChoice;
pub use fwi::storage::StorageChoice;
pub use grid::GridBlock;
pub use inversion::InversionBlock;
pub use inversion_scenario::Scenario;
pub use kind::Kind;
pub use outputs::{OutputFormat, OutputsBlock};
pub use physics::PhysicsChoice;
pub use statistics::StatisticsScenario;
pub use survey::medium::ModelBlock;
pub use survey::positions::SurveyBlock;
pub use survey::wavelet::WaveletChoice;
pub use wavefields::WavefieldScenario;
