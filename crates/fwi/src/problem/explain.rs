//! The lines under an error's title: found, expected, what to do.

use super::{Problem, Unit};
use crate::key_path::KeyPath;
use crate::numbers::{in_words, list, short, shown};
use crate::suggest::{closest, other_unit};

/// The lines under the title.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Explanation {
    /// What was found.
    pub found: String,
    /// What was expected.
    pub expected: String,
    /// What to do.
    pub help: String,
}

impl Problem {
    /// What was found, what was expected, what to do; an empty text has nothing to say.
    #[must_use]
    pub fn explain(&self, key: &KeyPath) -> Explanation {
        let (found, expected, help) = match self {
            Problem::Empty => {
                let first = "begin with `schema: 1`; the files in scenarios/ are complete examples";
                ("no keys".to_owned(), "the blocks of a scenario".to_owned(), first.to_owned())
            }
            Problem::Syntax { reason } => (String::new(), String::new(), syntax_help(reason).to_owned()),
            Problem::TooLarge { .. } => {
                let help = "write repeated positions with `line`, and keep arrays in HDF5 files";
                (String::new(), String::new(), help.to_owned())
            }
            Problem::UnknownKey { expected } => {
                let found = key.last_key().unwrap_or_default();
                (format!("`{found}`"), list(expected), closest(found, expected))
            }
            Problem::UnknownChoice { found, expected } => {
                (format!("`{found}`"), list(expected), closest(found, expected))
            }
            Problem::MissingKey { key: missing } => {
                let help = format!("add `{missing}:` here; `fwi schema --markdown` says what it means");
                (String::new(), format!("`{missing}`"), help)
            }
            Problem::DuplicateKey => {
                (String::new(), "each key once".to_owned(), "remove one of the two".to_owned())
            }
            Problem::WrongType { found, expected, help } => (found.clone(), expected.clone(), help.clone()),
            Problem::OutOfRange { value, range, unit } => (
                format!("{value}{}", unit.suffix()),
                in_words(*range, *unit),
                other_unit(*value, *range, *unit),
            ),
            Problem::NotPositive { value, unit } => {
                (format!("{value}{}", unit.suffix()), format!("more than 0{}", unit.suffix()), String::new())
            }
            Problem::EmptyRange { range, unit } => (
                format!("{} to {}{}", range[0], range[1], unit.suffix()),
                "[smaller, larger]".to_owned(),
                if range[0] > range[1] {
                    format!("write [{}, {}]", range[1], range[0])
                } else {
                    String::new()
                },
            ),
            Problem::SmallerThanWaves { side, wavelength } => (
                format!("{} m, the shortest wave has {} m", short(*side), short(*wavelength)),
                "several wavelengths".to_owned(),
                "lengths are in m, velocities in m/s, frequencies in Hz; is the grid in km?".to_owned(),
            ),
            Problem::NotRising { range, unit } => (
                format!("{} after {}{}", range[1], range[0], unit.suffix()),
                "rising numbers, each once".to_owned(),
                String::new(),
            ),
            Problem::TooManyNodes { found, most } => (
                format!("{} nodes", short(*found)),
                format!("at most {}", short(*most)),
                "lengths are in m: look at grid.x, grid.z and grid.spacing".to_owned(),
            ),
            Problem::UnevenSpacing { extent, spacing } => {
                let cells = (extent / spacing).round().max(1.0);
                let help = format!("write {} for {cells} cells, or move an edge", short(extent / cells));
                (format!("{spacing} m"), "a whole number of cells on both sides".to_owned(), help)
            }
            Problem::Order { found } => {
                (found.to_string(), "2, 4, 6, 8, 10 or 12".to_owned(), "4 is a good start".to_owned())
            }
            Problem::EmptyList { what } => ("[]".to_owned(), format!("one or more {what}"), String::new()),
            Problem::Lengths { found, expected, .. } => {
                (found.to_string(), expected.to_string(), String::new())
            }
            Problem::Schema { found } => {
                let help = "write `schema: 1`, or use the version of fwi that the scenario was written for";
                (found.to_string(), "1".to_owned(), help.to_owned())
            }
            Problem::Name { found } => (
                format!("`{found}`"),
                "letters, digits, `-`, `_` and `.`, beginning with a letter or digit".to_owned(),
                "results are kept in a folder of this name".to_owned(),
            ),
            Problem::DuplicateName { name, list, .. } => (
                format!("`{name}` twice"),
                format!("a name of its own for each {}", crate::scenario::parse::one_of(list)),
                format!("write `{name}-2`, for instance"),
            ),
            Problem::PointOutside { lo, hi, point, in_pml, .. } => point_outside(*point, *lo, *hi, *in_pml),
            Problem::Grid(error) => explain_grid(error),
            Problem::StageFrequency { found, available } => {
                let all: Vec<String> = available.iter().map(ToString::to_string).collect();
                let help =
                    "choose from physics.helmholtz.frequencies, or leave `frequencies` out for all of them";
                (format!("{found} Hz"), format!("{} Hz", list(&all)), help.to_owned())
            }
            Problem::InitialOutsideBounds { initial, bounds } => (
                format!("starting velocities {}", in_words(*initial, Unit::MetrePerSecond)),
                format!("within {}", in_words(*bounds, Unit::MetrePerSecond)),
                "widen the bounds or change model.initial".to_owned(),
            ),
            Problem::Device(error) => explain_device(error),
            Problem::NoTruth => (
                "no `model.true`".to_owned(),
                "a model to simulate".to_owned(),
                "add `model.true`, or remove `data.simulate` to use a file that exists".to_owned(),
            ),
            Problem::NotExact { found } => (
                format!("model.true: {found}"),
                "uniform or disc".to_owned(),
                "write `engine: {finite_differences: {}}`".to_owned(),
            ),
            Problem::SourceInDisc { distance, radius, .. } => (
                format!("{} m from the centre", short(*distance)),
                format!("more than its radius of {} m", short(*radius)),
                "move the source, or write `engine: {finite_differences: {}}`".to_owned(),
            ),
            Problem::FromDataSimulated => (
                "`from_data` with `data.simulate`".to_owned(),
                "positions".to_owned(),
                "list the positions, or remove `data.simulate` to use a file that exists".to_owned(),
            ),
            Problem::NoFile { path, can_simulate } => (
                String::new(),
                format!("a file at {}", shown(path)),
                if *can_simulate {
                    "make it with `fwi import`, or add `simulate:` to this block".to_owned()
                } else {
                    "files are looked for next to the scenario".to_owned()
                },
            ),
            Problem::File(_) => Default::default(),
            Problem::Survey { what, in_file, in_scenario, first, .. } => {
                let help =
                    format!("write `{what}: {{from_data: {{}}}}`, or simulate or import the data again");
                match first {
                    Some((i, file, here)) => {
                        let at = |p: &[f64; 2]| format!("({}, {}) m", short(p[0]), short(p[1]));
                        (format!("number {i} at {} in the file", at(file)), at(here), help)
                    }
                    None => (format!("{in_file} {what} in the file"), in_scenario.to_string(), help),
                }
            }
            Problem::DataFrequency { available, .. } => {
                let all: Vec<String> = available.iter().map(ToString::to_string).collect();
                let help = "write one of these in physics.helmholtz.frequencies, or simulate the data again";
                (format!("data at {} Hz", list(&all)), String::new(), help.to_owned())
            }
            Problem::OptimizerUnfit { found, method, instead } => (
                format!("`{found}`"),
                format!("an optimizer for method `{method}`"),
                format!("write `optimizer: {{{instead}}}`"),
            ),
            Problem::MisfitUnfit { found, data, instead } => (
                format!("`{found}`"),
                format!("a misfit of {data}: {}", instead.join(", ")),
                "see the table of misfits in the scenario reference".to_owned(),
            ),
            Problem::PhysicsUnfit { physics, instead } => (
                format!("`{}`", key.last_key().unwrap_or_default()),
                format!("what is for `{physics}`"),
                format!("write `{instead}`"),
            ),
            Problem::UnevenStep { interval, step } => {
                let steps = (interval / step).round().max(1.0);
                (
                    format!("{} steps", short(interval / step)),
                    "a whole number".to_owned(),
                    format!("write step {} for {steps}", short(interval / steps)),
                )
            }
            Problem::UnstableStep { step, largest, velocity, spacing, order } => (
                format!("{} s", short(*step)),
                format!(
                    "at most {} s ({} m/s, {} m, order {order})",
                    short_down(*largest),
                    short(*velocity),
                    short(*spacing)
                ),
                unstable_help(key, step / largest),
            ),
            Problem::SpectrumBeyondGrid { wavelet, velocity, spacing, order, needed, highest, .. } => (
                format!("frequencies up to {} Hz", short(*wavelet)),
                format!(
                    "up to {} Hz ({} m/s, {} m, order {order})",
                    short(*highest),
                    short(*velocity),
                    short(*spacing)
                ),
                format!(
                    "use grid.spacing {} or less, a lower frequency, or a higher grid.order",
                    short_down(*needed)
                ),
            ),
            Problem::SilentWavelet => (
                "zeros".to_owned(),
                "a wavelet within the duration".to_owned(),
                "look at its amplitude and delay, and at physics.acoustic.duration".to_owned(),
            ),
            Problem::BandWithoutWavelet { band, wavelet } => (
                format!("{} to {} Hz", short(band[0]), short(band[1])),
                format!("some of {} to {} Hz", short(wavelet[0]), short(wavelet[1])),
                "frequencies are in Hz".to_owned(),
            ),
            Problem::BandWithoutData { band, share, of_wavelet, least } => (
                format!("{share:.1e} of the data's energy in {} to {} Hz", short(band[0]), short(band[1])),
                format!("at least {least:.1e}, for the wavelet has {} % of its energy there", short(100.0 * of_wavelet)),
                "choose a band that the data have (their recorder or processing has filtered the others), or remove the stage"
                    .to_owned(),
            ),
            Problem::IntervalTooLong { interval, beyond, highest, wavelet, needed } => (
                format!("{} s between samples, wavelet up to {} Hz", short(*interval), short(*wavelet)),
                format!(
                    "samples that represent all but 0.1 % of the wavelet's energy; {} % is above {} Hz",
                    short(100.0 * beyond),
                    short(*highest)
                ),
                format!("write an interval of at most {} s, a whole number of steps", short_down(*needed)),
            ),
            Problem::RecordTooShort { duration, onset, travel, .. } => (
                format!("{} s", short(*duration)),
                format!(
                    "more than {} s: the wavelet begins at {} s and takes {} s to the nearest receiver",
                    short_up(onset + travel),
                    short(*onset),
                    short(*travel)
                ),
                "lengthen the record, or use a wavelet with a smaller delay".to_owned(),
            ),
            Problem::OnFreeSurface { what, point, surface, spacing, .. } => (
                format!("{} m below the surface", short(point[1] - surface)),
                format!("at least {} m: the pressure is zero at a free surface", short(1e-3 * spacing)),
                format!(
                    "move the {what} down to its depth, by a cell ({} m) or so, or write `free_surface: false`",
                    short(*spacing)
                ),
            ),
            Problem::DataTimes { dt, samples, interval, expected } => (
                format!("{samples} samples of {} s in the file", short(*dt)),
                format!("{expected} of {} s", short(*interval)),
                format!(
                    "write `interval: {}` and `duration: {}` in physics.acoustic, or simulate the data again",
                    short(*dt),
                    short(dt * (samples - 1) as f64)
                ),
            ),
            Problem::MemoryLimit { found, least, shots } => (
                format!("{found} MB"),
                format!("at least {} MB, for {shots} shots at a time", short(*least)),
                "raise it, make the grid smaller, or run with fewer threads (RAYON_NUM_THREADS)".to_owned(),
            ),
            Problem::Memory(shortage) => (
                crate::numbers::bytes(shortage.needed as f64),
                format!("at most {}", crate::numbers::bytes(shortage.available as f64)),
                "use a smaller number, or a machine or a limit with more memory".to_owned(),
            ),
            Problem::BadTraces { first, count } => (
                format!(
                    "shot {}, receiver {} {}{}",
                    first.shot,
                    first.receiver,
                    first.fault.in_words(),
                    if *count > 1 { format!(", and {} more", count - 1) } else { String::new() }
                ),
                "numbers, not all of them zero".to_owned(),
                "write `mask_dead_traces: true` below `data:` to leave them out".to_owned(),
            ),
            Problem::Settings { found, expected, help, .. } => {
                (found.clone(), expected.clone(), help.clone())
            }
        };
        Explanation { found, expected, help }
    }
}

fn unstable_help(key: &KeyPath, ratio: f64) -> String {
    match key.last_key() {
        Some("refine") => "take more and smaller steps: raise `refine`, or the spacing".to_owned(),
        Some("bounds") => "lower the bound, or physics.acoustic.step".to_owned(),
        _ if ratio > 100.0 => "times are in s".to_owned(),
        _ => "take a smaller step, a larger grid.spacing or a lower grid.order".to_owned(),
    }
}

fn syntax_help(reason: &str) -> &'static str {
    let known = [
        ("tab", "indent with spaces"),
        ("bracket", "close every [ and { with its own kind"),
        ("anchor", "an alias *name needs an anchor &name above it"),
        ("':'", "write a colon and a space after each key"),
        ("block mapping", "indent all keys of a block alike"),
        ("second document", "a file holds one scenario: remove the `---`"),
    ];
    let found = known.iter().find(|(word, _)| reason.contains(word));
    found.map_or("the files in scenarios/ are complete examples", |(_, help)| help)
}

fn point_outside(point: [f64; 2], lo: [f64; 2], hi: [f64; 2], in_pml: bool) -> (String, String, String) {
    let off = (0..2).find(|&a| !(lo[a]..=hi[a]).contains(&point[a])).unwrap_or(0);
    let help = if in_pml {
        "move it, thin the PML (grid.boundary.pml.thickness), or enlarge grid.x and grid.z".to_owned()
    } else {
        "move it, or enlarge grid.x and grid.z".to_owned()
    };
    let axis = ["x", "z"][off];
    let whose = if in_pml { " between the PMLs" } else { "" };
    let expected = format!("{axis} from {} to {} m{whose}", short(lo[off]), short(hi[off]));
    (format!("{axis} = {} m", point[off]), expected, help)
}

fn explain_grid(error: &fd::FdError) -> (String, String, String) {
    use fd::FdError::{FrequencyTooHigh, PmlTooThick, PmlTooThin, PmlTooWeak};
    match error {
        FrequencyTooHigh { frequency, velocity, spacing, order, found, needed } => (
            format!(
                "{} points per wavelength ({} m/s, {} m)",
                short(*found),
                short(*velocity),
                short(*spacing)
            ),
            format!("at least {} for order {order}", short(*needed)),
            if *found < 0.1 {
                "frequencies are in Hz, lengths in m, velocities in m/s".to_owned()
            } else {
                format!(
                    "use grid.spacing {} or less, frequencies up to {} Hz, or a higher grid.order",
                    short_down(spacing * found / needed),
                    short_down(frequency * found / needed)
                )
            },
        ),
        PmlTooThin { thickness, spacing, cells, minimum } => (
            format!("{thickness} m, {} cells", short(thickness / spacing)),
            format!("at least {} m, {cells} cells", short(*minimum)),
            "half a wavelength or more absorbs well".to_owned(),
        ),
        PmlTooThick { thickness, extent } => (
            format!("{thickness} m on both sides of {} m", short(*extent)),
            format!("less than {} m", short(extent / 2.0)),
            "the PML is inside the grid: thin it, or enlarge grid.x and grid.z".to_owned(),
        ),
        PmlTooWeak { thickness, strength, reflection, limit, needed, .. } => (
            format!("{} % come back", short(100.0 * reflection)),
            format!("at most {} %", short(100.0 * limit)),
            format!(
                "thickness times strength has to be {} m: write thickness {} or strength {}",
                short(needed.ceil()),
                short((needed / strength).ceil()),
                short((needed / thickness * 10.0).ceil() / 10.0)
            ),
        ),
        _ => Default::default(),
    }
}

/// Rounded down to two digits, so that following the advice is enough.
fn short_down(value: f64) -> String {
    let unit = 10_f64.powf(value.log10().floor() - 1.0);
    short((value / unit).floor() * unit)
}

/// Rounded up to two digits, so that following the advice is enough.
fn short_up(value: f64) -> String {
    let unit = 10_f64.powf(value.log10().floor() - 1.0);
    short((value / unit).floor() * unit + unit)
}

fn explain_device(error: &fields::FieldsError) -> (String, String, String) {
    match error {
        fields::FieldsError::UnknownDevice { found } => {
            let known = ["auto", "cpu", "libtorch-cpu", "cuda:0", "mps"].map(str::to_owned);
            (format!("`{found}`"), list(&known), closest(found, &known))
        }
        fields::FieldsError::DeviceNotBuilt { feature, .. } => (
            String::new(),
            "auto or cpu".to_owned(),
            format!("run .cargo/libtorch and build with `--features {feature}` to have it"),
        ),
        fields::FieldsError::DeviceAbsent { missing, there, .. } => {
            (String::new(), list(&[&["auto".to_owned()], &there[..]].concat()), missing.to_string())
        }
        other => (other.to_string(), String::new(), String::new()),
    }
}
