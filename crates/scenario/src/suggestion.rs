//! A scenario suggested for imported traces: every setting follows from the data, and says from what.

mod bands;
mod extent;
mod velocity;
mod yaml;

use std::path::Path;

use survey::import::segy::SegyImport;

use bands::Bands;
use extent::Extent;
use velocity::StartingVelocity;

/// A suggested scenario.
#[derive(Debug, Clone)]
pub struct Suggestion {
    bands: Bands,
    extent: Extent,
    velocity: StartingVelocity,
    times: Times,
    mute: Option<Mute>,
    masked: bool,
    /// Shots.
    shots: usize,
}

/// The times of the records.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Times {
    /// Length of a record in s.
    duration: f64,
    /// Time between samples in s.
    interval: f64,
    /// Steps from one sample to the next.
    steps: usize,
}

/// A mute before the first breaks: a line `time + offset / velocity`.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Mute {
    time: f64,
    velocity: f64,
    taper: f64,
}

impl Suggestion {
    /// The scenario suggested for an import.
    #[must_use]
    pub fn of(import: &SegyImport) -> Self {
        let (interval, samples) = (import.dt, import.samples);
        let duration = interval * (samples - 1) as f64;
        let mut bands = Bands::of(import, duration);
        let (mut velocity, mut extent);
        loop {
            let reach = extent::reach(&import.survey);
            velocity = StartingVelocity::of(import, reach.depth());
            extent = Extent::of(&reach, &bands, velocity.slowest());
            velocity = velocity.over(extent.sides[extent.sides.len() - 1], extent.spacing);
            // A grid that is too large is one for lower frequencies.
            if extent.nodes() <= extent::MOST_NODES || !bands.lower() {
                break;
            }
        }
        let steps = extent.steps(interval, velocity.bounds[1]);
        let mute = mute(import, &bands);
        let shots = import.survey.sources.len();
        let times = Times { duration, interval, steps };
        Self { bands, extent, velocity, times, mute, masked: import.masked, shots }
    }

    /// The text of the scenario. `source` is the file that the data were imported from, `data` their file as written in the scenario.
    #[must_use]
    pub fn yaml(&self, name: &str, source: &str, data: &Path) -> String {
        yaml::text(self, name, source, data)
    }
}

/// A mute of what comes a period of the first stage or more before the first breaks; none where that is before the shot.
fn mute(import: &SegyImport, bands: &Bands) -> Option<Mute> {
    import.first_breaks.diving_wave(import.period)?;
    let [line, velocity] = import.first_breaks.line_below()?;
    let period = 1.0 / bands.stages[0];
    let taper = 0.5 * period;
    let time = line - period - taper;
    let farthest = extent::reach(&import.survey).offset;
    (time + farthest / velocity > 0.0).then_some(Mute { time, velocity, taper })
}

/// A valid name of a scenario, from the name of its file.
#[must_use]
pub fn name_of(path: &Path) -> String {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let valid = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '-' };
    let name: String = stem.chars().map(valid).take(80).collect();
    let begins = name.chars().next().is_some_and(|c| c.is_ascii_alphanumeric());
    if begins { name } else { format!("line{name}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_valid() {
        for (path, expected) in
            [("a/line 7.yaml", "line-7"), ("_x.yaml", "line_x"), ("L-1.2.yaml", "L-1.2"), ("é.yaml", "line-")]
        {
            assert_eq!(name_of(Path::new(path)), expected);
        }
    }
}
