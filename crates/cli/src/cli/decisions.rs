//! The arguments of `fwi migrate` and `fwi resolve`.

use std::path::PathBuf;

use clap::Args;
use studies::finished_model::Wanted;

use super::values::{amplitude, coordinate, length, noise, point, positive};

/// The inversion and the model that a command works with.
#[derive(Debug, Args)]
pub struct ChosenArgs {
    /// A scenario, or a run directory
    #[arg(value_name = "SCENARIO|RUN")]
    pub scenario: PathBuf,
    /// The inversion whose model and settings are used [default: the last]
    #[arg(long, value_name = "NAME")]
    pub inversion: Option<String>,
    /// The model [default: the result of the inversion if there is one, otherwise the starting model]
    #[arg(long, value_name = "MODEL.h5", conflicts_with = "start")]
    pub model: Option<PathBuf>,
    /// Use the starting model
    #[arg(long)]
    pub start: bool,
}

impl ChosenArgs {
    /// The model that the arguments mean.
    #[must_use]
    pub fn wanted(&self) -> Wanted {
        match &self.model {
            Some(path) => Wanted::File(path.clone()),
            None if self.start => Wanted::Start,
            None => Wanted::Found,
        }
    }
}

/// `fwi migrate`.
#[derive(Debug, Args)]
pub struct MigrateArgs {
    /// The inversion, whose last band, mutes and region are used, and the model.
    #[command(flatten)]
    pub of: ChosenArgs,
    /// Standard deviation in m with which the slowness is smoothed, so that the model reflects nothing; 0 leaves it as it is
    /// [default: half a wavelength]
    #[arg(long, value_name = "M", value_parser = length)]
    pub smooth: Option<f64>,
    /// Make image gathers at these x in m
    #[arg(long, value_name = "X1,X2,...", value_delimiter = ',', value_parser = coordinate, allow_hyphen_values = true)]
    pub gathers: Vec<f64>,
    /// Number of offset classes of the gathers
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u16).range(2..=1000))]
    pub offset_classes: u16,
    /// The folder of the results [default: migration in the run directory]
    #[arg(long, short, value_name = "DIR")]
    pub output: Option<PathBuf>,
}

/// `fwi resolve`.
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("pattern").required(true).args(["checkerboard", "spike"]))]
pub struct ResolveArgs {
    /// The inversion that is tested, and the model that is perturbed.
    #[command(flatten)]
    pub of: ChosenArgs,
    /// Side of the cells of a checkerboard in m
    #[arg(long, value_name = "M", value_parser = positive)]
    pub checkerboard: Option<f64>,
    /// Place of a spike in m; in a volume X,Y,Z; may be repeated
    #[arg(long, value_name = "X,Z", value_parser = point, allow_hyphen_values = true)]
    pub spike: Vec<fd::Point>,
    /// Standard deviation of a spike in m [default: two cells of the grid]
    #[arg(long, value_name = "M", value_parser = positive, conflicts_with = "checkerboard")]
    pub width: Option<f64>,
    /// Largest change of the model relative to its values
    #[arg(long, value_name = "A", default_value_t = 0.05, value_parser = amplitude)]
    pub amplitude: f64,
    /// Noise of the data: its root mean square over that of the data
    #[arg(long, value_name = "R", default_value_t = 0.0, value_parser = noise)]
    pub noise: f64,
    /// The folder of the results [default: resolution in the run directory]
    #[arg(long, short, value_name = "DIR")]
    pub output: Option<PathBuf>,
    /// Go on with the same test, which was stopped: keep its data and its finished iterations
    #[arg(long)]
    pub resume: bool,
}
