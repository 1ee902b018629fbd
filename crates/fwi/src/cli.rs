//! The command line: what can be typed, and its help.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::import::ImportOptions;

const EXAMPLES: &str = "\
First steps:
  fwi check scenarios/cylinder.yaml --explain    what it will do and what it costs
  fwi run scenarios/cylinder.yaml                data, inversions, comparison, report
  fwi export runs/cylinder --to png              the inverted models as pictures

Exit codes: 0 done, 1 failed while running, 2 wrong scenario or arguments,
130 interrupted by Ctrl-C, 143 by SIGTERM, 129 by SIGHUP.";

/// Full-waveform inversion by neural fields and finite differences, side by side.
///
/// A scenario (YAML) says what the medium, survey and data are and lists the inversions to compare. All of them solve the
/// same equation, declared once.
#[derive(Debug, Parser)]
#[command(name = "fwi", version, after_help = EXAMPLES, arg_required_else_help = true, max_term_width = 110)]
pub struct Cli {
    /// How progress is shown.
    #[command(flatten)]
    pub progress: ProgressArgs,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// How progress is shown.
#[derive(Debug, Clone, Copy, Args)]
pub struct ProgressArgs {
    /// No progress, only results and errors
    #[arg(long, short, global = true)]
    pub quiet: bool,
    /// Progress lines as text or as JSON objects
    #[arg(long, global = true, value_enum, default_value_t = LogFormat::Text, value_name = "FORMAT")]
    pub log: LogFormat,
}

/// What a progress line looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line, for programs.
    Json,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Simulate what is missing, run every inversion, compare, report, export: the main job
    #[command(after_help = "Examples:\n  fwi run scenarios/cylinder.yaml -o runs/first\n  \
                            fwi run scenarios/cylinder.yaml --resume    go on after an interruption")]
    Run(RunArgs),
    /// Validate a scenario; with --explain, say what it means and costs
    #[command(after_help = "Example:\n  fwi check scenarios/cylinder.yaml --explain")]
    Check(CheckArgs),
    /// Make receiver data from the true model, with the noise the scenario asks for
    #[command(after_help = "Example:\n  fwi simulate scenarios/cylinder.yaml -o data/cylinder.h5")]
    Simulate(SimulateArgs),
    /// Run the inversions of a scenario, or one of them
    #[command(after_help = "Examples:\n  fwi invert scenarios/cylinder.yaml --only grid\n  \
                            fwi invert scenarios/cylinder.yaml --resume    go on after an interruption")]
    Invert(InvertArgs),
    /// Compare what has been run: the table and report.html
    #[command(after_help = "Example:\n  fwi compare runs/cylinder")]
    Compare(CompareArgs),
    /// Write a velocity model, a network, or all of a run, in another format
    #[command(
        after_help = "Examples:\n  fwi export runs/cylinder/grid/model.h5 --to npy --spacing 5 -o model.npy\n  \
                            fwi export runs/cylinder --to png\n  \
                            fwi export salt.safetensors --to npy --spacing 2.5 --derivatives"
    )]
    Export(ExportArgs),
    /// Store a velocity model or a picture as a small network, which `export` evaluates at any spacing
    #[command(after_help = "Examples:\n  fwi fit salt.h5 --to salt.safetensors\n  \
                            fwi fit marmousi.npy --spacing 12.5 --width 128 --layers 4 --error 0.01")]
    Fit(FitArgs),
    /// Read data or models of other programs into our HDF5
    #[command(after_help = "Examples:\n  \
        fwi import data_cylinder_5.mat --scale 1000 --frequency 3.1831 --strength 1,1 --variance 100 -o cylinder-authors.h5\n  \
        fwi import marmousi.npy --as model --unit m/s --spacing 12.5 -o marmousi.h5")]
    Import(ImportArgs),
    /// Say what is in an HDF5 file or a run directory
    #[command(after_help = "Example:\n  fwi info data/cylinder.h5")]
    Info(InfoArgs),
    /// Print the scenario format as JSON schema, or as the reference page
    #[command(after_help = "Example:\n  fwi schema > fwi.schema.json    for completion in an editor")]
    Schema(SchemaArgs),
    /// Print a completion script for a shell
    #[command(
        after_help = "Example:\n  fwi completions bash > ~/.local/share/bash-completion/completions/fwi"
    )]
    Completions(CompletionsArgs),
    /// Measure this machine on fixed cases
    #[command(after_help = "Examples:\n  fwi bench\n  fwi bench siren_step --json --threads 2")]
    Bench(BenchArgs),
}

/// `fwi run`.
#[derive(Debug, Args)]
pub struct RunArgs {
    /// The scenario file
    #[arg(value_name = "SCENARIO")]
    pub scenario: PathBuf,
    /// Run only the inversion, fit, wavefield, evolution or network of this name
    #[arg(long, value_name = "NAME")]
    pub only: Option<String>,
    /// Go on from what an earlier run has left in the run directory
    #[arg(long)]
    pub resume: bool,
    /// Simulate the data anew, even where there are some
    #[arg(long)]
    pub simulate: bool,
    /// The run directory [default: runs/NAME, the name of the scenario]
    #[arg(long, short, value_name = "DIR")]
    pub output: Option<PathBuf>,
}

/// `fwi check`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// The scenario file
    #[arg(value_name = "SCENARIO")]
    pub scenario: PathBuf,
    /// Say what the scenario means: grid, sampling, boundary, unknowns, memory, cost
    #[arg(long)]
    pub explain: bool,
}

/// `fwi simulate`.
#[derive(Debug, Args)]
pub struct SimulateArgs {
    /// The scenario file
    #[arg(value_name = "SCENARIO")]
    pub scenario: PathBuf,
    /// The data file [default: `data.file` of the scenario]
    #[arg(long, short, value_name = "DATA.h5")]
    pub output: Option<PathBuf>,
}

/// `fwi invert`.
#[derive(Debug, Args)]
pub struct InvertArgs {
    /// The scenario file
    #[arg(value_name = "SCENARIO")]
    pub scenario: PathBuf,
    /// Run only the inversion of this name
    #[arg(long, value_name = "NAME")]
    pub only: Option<String>,
    /// Go on from the checkpoints in the run directory
    #[arg(long)]
    pub resume: bool,
    /// The run directory [default: runs/NAME, the name of the scenario]
    #[arg(long, short, value_name = "DIR")]
    pub output: Option<PathBuf>,
}

/// `fwi compare`.
#[derive(Debug, Args)]
pub struct CompareArgs {
    /// A run directory, or a scenario whose run directory is meant
    #[arg(value_name = "DIR|SCENARIO")]
    pub run: PathBuf,
}

/// `fwi export`.
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// A model, a network, or a run directory whose models are all meant
    #[arg(value_name = "MODEL.h5|NETWORK.safetensors|DIR")]
    pub input: PathBuf,
    /// The format: hdf5, npy, csv or png
    #[arg(long, value_name = "FORMAT")]
    pub to: String,
    /// Distance between samples in m [default: that of the model]
    #[arg(long, value_name = "M", value_parser = positive)]
    pub spacing: Option<f64>,
    /// Write exact first derivatives and the Laplacian beside the values, of a network
    #[arg(long)]
    pub derivatives: bool,
    /// The file [default: beside the model]
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// `fwi fit`.
#[derive(Debug, Clone, Args)]
pub struct FitArgs {
    /// The model: our HDF5, an npy array [z, x] or a PNG
    #[arg(value_name = "MODEL")]
    pub model: PathBuf,
    /// The network [default: the same name ending in .safetensors]
    #[arg(long, value_name = "NETWORK.safetensors")]
    pub to: Option<PathBuf>,
    /// Go on from the checkpoint that Ctrl-C has left beside the network
    #[arg(long)]
    pub resume: bool,
    /// Units in each hidden layer
    #[arg(long, default_value_t = 64, value_name = "N")]
    pub width: usize,
    /// Number of hidden layers
    #[arg(long, default_value_t = 3, value_name = "N")]
    pub layers: usize,
    /// Frequency factor of the first layer: more for finer detail
    #[arg(long, default_value_t = 30.0, value_name = "W0", value_parser = clap::value_parser!(f32))]
    pub w0: f32,
    /// Most optimiser steps
    #[arg(long, default_value_t = 2000, value_name = "N")]
    pub steps: usize,
    /// Relative error at which to stop, 0.01 for a per cent [default: do all steps]
    #[arg(long, value_name = "E", value_parser = share)]
    pub error: Option<f64>,
    /// Distance between samples in m, which npy and PNG do not say; a model is resampled to it
    #[arg(long, value_name = "M", value_parser = positive)]
    pub spacing: Option<f64>,
    /// Where the network is computed
    #[arg(long, default_value = "auto", value_name = "DEVICE")]
    pub device: String,
    /// Seed of all random numbers
    #[arg(long, default_value_t = 0, value_name = "N")]
    pub seed: u64,
}

/// What an import makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ImportKind {
    /// Receiver data.
    Data,
    /// A velocity model.
    Model,
}

/// `fwi import`.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// The file of another program
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// What it holds
    #[arg(long = "as", value_enum, default_value_t = ImportKind::Data, value_name = "KIND")]
    pub kind: ImportKind,
    /// Its format [default: by the ending of its name]
    #[arg(long, value_name = "FORMAT")]
    pub from: Option<String>,
    /// The HDF5 file [default: the same name ending in .h5]
    #[arg(long, short, value_name = "FILE.h5")]
    pub output: Option<PathBuf>,
    /// What the file does not say.
    #[command(flatten)]
    pub options: ImportOptions,
}

/// `fwi info`.
#[derive(Debug, Args)]
pub struct InfoArgs {
    /// The file or run directory
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
}

/// `fwi schema`.
#[derive(Debug, Args)]
pub struct SchemaArgs {
    /// The scenario reference in Markdown instead of JSON schema
    #[arg(long)]
    pub markdown: bool,
}

/// `fwi completions`.
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}

/// `fwi bench`.
#[derive(Debug, Args)]
pub struct BenchArgs {
    /// One case [default: all of them]
    #[arg(value_name = "CASE")]
    pub case: Option<String>,
    /// One JSON object a line
    #[arg(long)]
    pub json: bool,
    /// Number of threads [default: one a core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
    /// Device of the networks' steps, as in a scenario
    #[arg(long, value_name = "DEVICE", default_value = "cpu")]
    pub device: String,
}

fn positive(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() && value > 0.0 => Ok(value),
        _ => Err("expected a positive number of metres, without a unit".to_owned()),
    }
}

fn share(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if value > 0.0 && value < 1.0 => Ok(value),
        _ => Err("expected a number between 0 and 1, 0.01 for a per cent".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    /// clap's own consistency check, and every command shows an example.
    #[test]
    fn every_command_has_help_with_an_example() {
        Cli::command().debug_assert();
        for command in Cli::command().get_subcommands_mut() {
            let help = command.render_long_help().to_string();
            assert!(
                help.contains("Example") && help.contains(&format!("fwi {}", command.get_name())),
                "{help}"
            );
        }
    }

    #[test]
    fn flags_of_the_design() {
        for line in [
            "fwi run s.yaml -o d",
            "fwi check s.yaml --explain --quiet",
            "fwi simulate s.yaml -o d.h5 --log json",
            "fwi invert s.yaml --only a --resume -o d",
            "fwi compare runs/a",
            "fwi export m.h5 --to npy --spacing 5 -o m.npy",
            "fwi export m.safetensors --to csv --derivatives",
            "fwi fit m.h5 --to m.safetensors --width 32 --layers 2 --steps 100 --error 0.01 --spacing 10",
            "fwi import d.mat --as data",
            "fwi info f.h5",
            "fwi schema --markdown",
            "fwi completions zsh",
            "fwi bench case --json --threads 2",
        ] {
            Cli::try_parse_from(line.split(' ')).unwrap_or_else(|error| panic!("{line}: {error}"));
        }
        for line in [
            "fwi",
            "fwi fly",
            "fwi export m.h5",
            "fwi bench --threads 0",
            "fwi export m.h5 --to npy --spacing 5m",
            "fwi fit m.h5 --spacing 0",
            "fwi fit m.h5 --error 2",
        ] {
            assert_eq!(Cli::try_parse_from(line.split(' ')).unwrap_err().exit_code(), 2, "{line}");
        }
    }
}
