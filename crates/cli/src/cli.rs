//! The command line: commands, arguments and help texts.

use std::path::PathBuf;
use studies::progress_args::ProgressArgs;

mod decisions;
mod values;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub use decisions::{MigrateArgs, ResolveArgs};
use survey::import::ImportOptions;
use survey::import::segy::SegyOptions;
use survey::trace_export::TraceOptions;
use values::{cases, export_formats, import_formats, kinds, positive, share, size};

const EXAMPLES: &str = "\
First steps:
  fwi init frequencies                          write frequencies.yaml, a scenario to start from
  fwi check frequencies.yaml --explain          describe the scenario and estimate its cost
  fwi run frequencies.yaml -o runs/first        data, inversions, comparison, report
  fwi export runs/first --to png                export the inverted models as pictures

Exit codes: 0 done, 1 failed while running, 2 wrong scenario or arguments,
130 interrupted by Ctrl-C, 143 by SIGTERM, 129 by SIGHUP.";

/// Full-waveform inversion with finite differences and neural fields, compared on equal terms.
///
/// A scenario (a YAML file) describes the medium, the survey and the data, and lists the inversions to compare. All of
/// them solve the same wave equation.
#[derive(Debug, Parser)]
#[command(name = "fwi", version, after_help = EXAMPLES, arg_required_else_help = true, max_term_width = 110)]
pub struct Cli {
    /// How progress is shown.
    #[command(flatten)]
    pub progress: ProgressArgs,
    /// Memory that the program may use, such as 4GB; scenarios that need more are rejected [default: what the machine, its control
    /// group and `ulimit -v` leave]
    #[arg(long, global = true, value_name = "SIZE", value_parser = size)]
    pub memory: Option<usize>,
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Write a commented scenario to start from; without KIND, list the kinds
    #[command(after_help = "Examples:\n  fwi init\n  fwi init time -o first.yaml")]
    Init(InitArgs),
    /// Run a scenario: simulate missing data, run every inversion, compare, write the report, export models
    ///
    /// With a folder, runs all of its scenarios, one after the other, and compares members of the same name over all of them. A scenario
    /// that is wrong or fails does not stop the others.
    #[command(after_help = "Examples:\n  fwi run frequencies.yaml -o runs/first\n  \
                            fwi run cases/ -o runs/cases         every scenario of a folder\n  \
                            fwi run frequencies.yaml --resume    continue after an interruption")]
    Run(RunArgs),
    /// Validate a scenario; with --explain, describe it and estimate its cost
    #[command(after_help = "Examples:\n  fwi check frequencies.yaml --explain\n  \
                            fwi check line.yaml --data    does the starting model skip cycles?")]
    Check(CheckArgs),
    /// Estimate the wavelet of each shot, and gain and delay of each receiver, from data in a model that is known
    ///
    /// The model is the starting model, or a uniform one: `--reference` names data that were recorded without the object, such as those
    /// of a ring of transducers in water. Writes the wavelet and the settings that use it.
    #[command(after_help = "Examples:\n  fwi calibrate line.yaml --by-shot\n  \
                            fwi calibrate ring.yaml --reference water.h5 --velocity 1480 --receivers -o calibration")]
    Calibrate(CalibrateArgs),
    /// Simulate receiver data from the true model, with the noise of the scenario
    #[command(after_help = "Example:\n  fwi simulate frequencies.yaml -o observed.h5")]
    Simulate(SimulateArgs),
    /// Run the inversions of a scenario, or one of them, on existing data
    #[command(after_help = "Examples:\n  fwi invert frequencies.yaml --only grid\n  \
                            fwi invert frequencies.yaml --resume    continue after an interruption")]
    Invert(InvertArgs),
    /// Compare the inversions of a run: print the table and write report.html
    #[command(after_help = "Example:\n  fwi compare runs/first")]
    Compare(CompareArgs),
    /// Export a velocity model, a network, or all models of a run to another format
    #[command(
        after_help = "Examples:\n  fwi export runs/first/grid/model.h5 --to npy --spacing 5 -o model.npy\n  \
                            fwi export runs/first --to png\n  \
                            fwi export salt.safetensors --to npy --spacing 2.5 --derivatives\n  \
                            fwi export line.h5 --to segy --format ibm -o back.sgy\n  \
                            fwi export runs/line --to segy --what residual"
    )]
    Export(ExportArgs),
    /// Image reflectors: reverse-time migration with the model of an inversion, and image gathers
    #[command(after_help = "Examples:\n  fwi migrate runs/line --inversion grid\n  \
                            fwi migrate line.yaml --start --gathers 1000,2000,3000 -o runs/line-image")]
    Migrate(MigrateArgs),
    /// Test what the data of a scenario resolve: invert data of a model with a checkerboard or with spikes
    #[command(after_help = "Examples:\n  fwi resolve line.yaml --inversion grid --checkerboard 200\n  \
                            fwi resolve runs/line --spike 1000,400 --spike 2000,800")]
    Resolve(ResolveArgs),
    /// Store a velocity model or a picture as a small network, which `export` can evaluate at any spacing
    #[command(after_help = "Examples:\n  fwi fit salt.h5 --to salt.safetensors\n  \
                            fwi fit marmousi.npy --spacing 12.5 --width 128 --layers 4 --error 0.01")]
    Fit(FitArgs),
    /// Convert data or models of other programs to HDF5 files of fwi
    ///
    /// Seismic data in SEG-Y or SU are read shot by shot. With --scenario, their first breaks and spectra give a scenario to begin
    /// with.
    #[command(after_help = "Examples:\n  \
        fwi import line.sgy --scenario line.yaml    then: fwi run line.yaml\n  \
        fwi import line.sgy --line 431000,6512000,436500,6514100 --off-line-limit 50 --scenario line.yaml\n  \
        fwi import line.su --units ft --group-by ep --byte sx=201:f32 -o line.h5\n  \
        fwi import data_cylinder_5.mat --scale 1000 --frequency 3.1831 --strength 1,1 --variance 100 -o cylinder-authors.h5\n  \
        fwi import marmousi.npy --as model --unit m/s --spacing 12.5 -o marmousi.h5")]
    Import(Box<ImportArgs>),
    /// Describe a data file, model, network, checkpoint or run directory
    #[command(
        after_help = "Examples:\n  fwi info observed.h5\n  fwi info line.sgy --html line-qc.html    quality control"
    )]
    Info(InfoArgs),
    /// Print the scenario format as a JSON schema or as the reference page
    #[command(after_help = "Example:\n  fwi schema > fwi.schema.json    completion in an editor")]
    Schema(SchemaArgs),
    /// Print a completion script for a shell
    #[command(
        after_help = "Example:\n  fwi completions bash > ~/.local/share/bash-completion/completions/fwi"
    )]
    Completions(CompletionsArgs),
    /// Print the manual page, or write those of all commands into a folder
    #[command(after_help = "Examples:\n  fwi man | man -l -\n  fwi man -o ~/.local/share/man/man1")]
    Man(ManArgs),
    /// Measure the speed of this machine on fixed cases
    #[command(after_help = "Examples:\n  fwi bench\n  fwi bench siren_step --json --threads 2")]
    Bench(BenchArgs),
}

/// `fwi init`.
#[derive(Debug, Args)]
pub struct InitArgs {
    /// The kind of scenario
    #[arg(value_name = "KIND", value_parser = kinds())]
    pub kind: Option<String>,
    /// The scenario file [default: KIND.yaml]
    #[arg(long, short, value_name = "SCENARIO")]
    pub output: Option<PathBuf>,
    /// Replace an existing file
    #[arg(long)]
    pub force: bool,
}

/// `fwi run`.
#[derive(Debug, Args)]
pub struct RunArgs {
    /// The scenario file, or a folder of scenarios
    #[arg(value_name = "SCENARIO")]
    pub scenario: PathBuf,
    /// Run only the inversion, fit, wavefield, evolution or network of this name
    #[arg(long, value_name = "NAME")]
    pub only: Option<String>,
    /// Continue an earlier run from the results and checkpoints in the run directory
    #[arg(long)]
    pub resume: bool,
    /// Simulate the data again, even if the data file exists
    #[arg(long)]
    pub simulate: bool,
    /// The run directory [default: runs/NAME, where NAME is the name of the scenario]
    #[arg(long, short, value_name = "DIR")]
    pub output: Option<PathBuf>,
}

/// `fwi check`.
#[derive(Debug, Clone, Args)]
pub struct CheckArgs {
    /// The scenario file, or a folder of scenarios
    #[arg(value_name = "SCENARIO")]
    pub scenario: PathBuf,
    /// Describe the scenario: grid, sampling, boundary, unknowns, memory, cost
    #[arg(long)]
    pub explain: bool,
    /// With --explain: what a run costs on so many ranks (MPI processes), and how many of them help
    #[arg(long, value_name = "COUNT", requires = "explain", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub ranks: Option<u32>,
    /// Compare the traces of the starting model with the data, stage by stage: skipped cycles, and whether there is a gradient
    #[arg(long)]
    pub data: bool,
}

/// `fwi calibrate`.
#[derive(Debug, Args)]
pub struct CalibrateArgs {
    /// The scenario file, of waves in time
    #[arg(value_name = "SCENARIO")]
    pub scenario: PathBuf,
    /// Data with the survey and the times of the scenario, recorded without the object [default: the data of the scenario]
    #[arg(long, value_name = "DATA.h5")]
    pub reference: Option<PathBuf>,
    /// The velocity of the uniform medium of the data in m/s, for `acoustic` [default: the starting model]
    #[arg(long, value_name = "M/S", value_parser = positive)]
    pub velocity: Option<f64>,
    /// The inversion whose mutes and starting model are used [default: the first one]
    #[arg(long, value_name = "NAME")]
    pub inversion: Option<String>,
    /// Estimate a wavelet for each shot rather than one for all
    #[arg(long)]
    pub by_shot: bool,
    /// Estimate gain and delay of each receiver, too
    #[arg(long)]
    pub receivers: bool,
    /// Damping of the wavelet, relative to the largest power of the spectrum
    #[arg(long, value_name = "D", default_value_t = 1e-5, value_parser = share)]
    pub damping: f64,
    /// The folder for wavelet.npy and calibration.yaml [default: calibration]
    #[arg(long, short, value_name = "DIR")]
    pub output: Option<PathBuf>,
    /// Overwrite these files
    #[arg(long)]
    pub force: bool,
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
    /// Run only the inversion with this name
    #[arg(long, value_name = "NAME")]
    pub only: Option<String>,
    /// Continue from the checkpoints in the run directory
    #[arg(long)]
    pub resume: bool,
    /// The run directory [default: runs/NAME, where NAME is the name of the scenario]
    #[arg(long, short, value_name = "DIR")]
    pub output: Option<PathBuf>,
}

/// `fwi compare`.
#[derive(Debug, Args)]
pub struct CompareArgs {
    /// A run directory, or a scenario whose default run directory is used
    #[arg(value_name = "DIR|SCENARIO")]
    pub run: PathBuf,
}

/// `fwi export`.
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// A model, a network, traces, or a run directory (all its models; with --what its traces)
    #[arg(value_name = "MODEL.h5|NETWORK.safetensors|DATA.h5|DIR")]
    pub input: PathBuf,
    /// The format; of traces segy or su
    #[arg(long, value_name = "FORMAT", value_parser = export_formats())]
    pub to: String,
    /// The parameter of a model with several, such as vs [default: each in a file of its own]
    #[arg(long, value_name = "NAME")]
    pub parameter: Option<String>,
    /// Distance between samples in m [default: the spacing of the model]
    #[arg(long, value_name = "M", value_parser = positive)]
    pub spacing: Option<f64>,
    /// Also write exact first derivatives and the Laplacian; the input must be a network
    #[arg(long)]
    pub derivatives: bool,
    /// The output file [default: in the folder of the model]
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Overwrite existing files
    #[arg(long)]
    pub force: bool,
    /// What is for traces.
    #[command(flatten)]
    pub traces: TraceOptions,
}

/// `fwi fit`.
#[derive(Debug, Clone, Args)]
pub struct FitArgs {
    /// The model: an HDF5 file of fwi, an npy array [z, x] or a PNG
    #[arg(value_name = "MODEL")]
    pub model: PathBuf,
    /// The output file [default: the name of the model, ending in .safetensors]
    #[arg(long, value_name = "NETWORK.safetensors")]
    pub to: Option<PathBuf>,
    /// Continue from the checkpoint that an interrupted fit left in the folder of the network
    #[arg(long)]
    pub resume: bool,
    /// Units in each hidden layer
    #[arg(long, default_value_t = 64, value_name = "N")]
    pub width: usize,
    /// Number of hidden layers
    #[arg(long, default_value_t = 3, value_name = "N")]
    pub layers: usize,
    /// Frequency factor of the first layer; larger values resolve finer detail
    #[arg(long, default_value_t = 30.0, value_name = "W0", value_parser = clap::value_parser!(f32))]
    pub w0: f32,
    /// Maximum number of optimiser steps
    #[arg(long, default_value_t = 2000, value_name = "N")]
    pub steps: usize,
    /// Relative error at which to stop, such as 0.01 for 1 % [default: take all steps]
    #[arg(long, value_name = "E", value_parser = share)]
    pub error: Option<f64>,
    /// Distance between samples in m, which npy and PNG files do not contain; a model is resampled to it
    #[arg(long, value_name = "M", value_parser = positive)]
    pub spacing: Option<f64>,
    /// Device of the network, as in a scenario
    #[arg(long, default_value = "auto", value_name = "DEVICE")]
    pub device: String,
    /// Seed of all random numbers
    #[arg(long, default_value_t = 0, value_name = "N")]
    pub seed: u64,
}

/// The kind of file that an import makes.
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
    /// What the file contains
    #[arg(id = "as", long = "as", value_enum, default_value_t = ImportKind::Data, value_name = "KIND")]
    pub kind: ImportKind,
    /// Format of the file [default: from its contents or the ending of its name]
    #[arg(long, value_name = "FORMAT", value_parser = import_formats())]
    pub from: Option<String>,
    /// The output file [default: the name of the file, ending in .h5]
    #[arg(long, short, value_name = "FILE.h5")]
    pub output: Option<PathBuf>,
    /// Write a scenario with suggested settings for the data, too; for SEG-Y and SU
    #[arg(long, value_name = "SCENARIO.yaml")]
    pub scenario: Option<PathBuf>,
    /// The page of the quality control, for SEG-Y and SU [default: beside the output file, ending in -qc.html]
    #[arg(long, value_name = "PAGE.html", conflicts_with = "no_qc")]
    pub qc: Option<PathBuf>,
    /// Write no page of the quality control; for SEG-Y and SU
    #[arg(long)]
    pub no_qc: bool,
    /// Overwrite the output file, the scenario and the page
    #[arg(long)]
    pub force: bool,
    /// Information that the file does not contain.
    #[command(flatten)]
    pub options: ImportOptions,
    /// What replaces the headers of SEG-Y and SU files.
    #[command(flatten)]
    pub segy: SegyOptions,
}

/// `fwi info`.
#[derive(Debug, Args)]
pub struct InfoArgs {
    /// The file or run directory
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Write the page of the quality control of traces in time; for SEG-Y, SU and HDF5 of fwi
    #[arg(long, value_name = "PAGE.html")]
    pub html: Option<PathBuf>,
    /// Overwrite the page
    #[arg(long, requires = "html")]
    pub force: bool,
    /// What replaces the headers of SEG-Y and SU files, with `--html`.
    #[command(flatten)]
    pub segy: SegyOptions,
}

/// `fwi schema`.
#[derive(Debug, Args)]
pub struct SchemaArgs {
    /// Print the scenario reference in Markdown instead of the JSON schema
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

/// `fwi man`.
#[derive(Debug, Args)]
pub struct ManArgs {
    /// The folder for the pages of all commands [default: print the page of fwi]
    #[arg(long, short, value_name = "DIR")]
    pub output: Option<PathBuf>,
}

/// `fwi bench`.
#[derive(Debug, Args)]
pub struct BenchArgs {
    /// The case to run [default: all]
    #[arg(value_name = "CASE", value_parser = cases(), hide_possible_values = true)]
    pub case: Option<String>,
    /// Print one JSON object per line
    #[arg(long)]
    pub json: bool,
    /// Number of threads [default: one per core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
    /// Device for training steps and waves in time, as in a scenario
    #[arg(long, value_name = "DEVICE", default_value = "cpu")]
    pub device: String,
}

impl Command {
    /// Whether the ranks of a run work on it together; the others are for rank 0.
    pub(crate) fn is_for_all_ranks(&self) -> bool {
        matches!(self, Command::Run(_) | Command::Invert(_))
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
            "fwi migrate runs/a --inversion b --model m.h5 --smooth 0 --gathers -100,2e3 --offset-classes 5 -o d",
            "fwi migrate s.yaml --start",
            "fwi resolve s.yaml --checkerboard 200 --amplitude 0.1 --noise 0.02 --inversion b --model m.h5 -o d",
            "fwi resolve s.yaml --spike 100,200 --spike -3,4,5 --width 30",
            "fwi fit m.h5 --to m.safetensors --width 32 --layers 2 --steps 100 --error 0.01 --spacing 10",
            "fwi import d.mat --as data",
            "fwi import d.sgy --scenario d.yaml --force --byte sx=201:f32 --byte sy=205 --scalco -100 --line -1,2,3,4",
            "fwi import d.su --kind su --byte-order little --units ft --trace-ids 1,12 --three-d --geographic",
            "fwi info f.h5",
            "fwi info f.sgy --html f.html --force --units ft",
            "fwi import d.sgy --qc d.html",
            "fwi import d.sgy --no-qc",
            "fwi schema --markdown",
            "fwi completions zsh",
            "fwi bench siren_step --json --threads 2",
        ] {
            Cli::try_parse_from(line.split(' ')).unwrap_or_else(|error| panic!("{line}: {error}"));
        }
        for line in [
            "fwi",
            "fwi fly",
            "fwi export m.h5",
            "fwi bench --threads 0",
            "fwi export m.h5 --to npy --spacing 5m",
            "fwi migrate s.yaml --start --model m.h5",
            "fwi migrate s.yaml --gathers nan",
            "fwi migrate s.yaml --offset-classes 1",
            "fwi resolve s.yaml",
            "fwi resolve s.yaml --checkerboard 100 --spike 1,2",
            "fwi resolve s.yaml --spike 1",
            "fwi resolve s.yaml --checkerboard 100 --width 30",
            "fwi fit m.h5 --spacing 0",
            "fwi import d.sgy --qc d.html --no-qc",
            "fwi info f.h5 --force",
            "fwi fit m.h5 --error 2",
        ] {
            assert_eq!(Cli::try_parse_from(line.split(' ')).unwrap_err().exit_code(), 2, "{line}");
        }
    }
}
