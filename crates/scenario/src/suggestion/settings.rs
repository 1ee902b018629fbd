//! The settings of a suggested scenario.

use survey::import::segy::SegyImport;
use survey::quality::Processing;

use super::bands::Bands;
use super::extent::{self, Extent};
use super::velocity::StartingVelocity;

/// The settings that follow from the data.
#[derive(Debug, Clone)]
pub(super) struct Settings {
    pub bands: Bands,
    pub extent: Extent,
    pub velocity: StartingVelocity,
    pub times: Times,
    pub mute: Option<Mute>,
    pub masked: bool,
    /// What is suggested for suspicious traces.
    pub processing: Processing,
    /// The frequency in Hz below which swell is removed, if there is some.
    pub swell: Option<f64>,
    /// Shots.
    pub shots: usize,
}

/// The times of the records.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Times {
    /// Length of a record in s.
    pub duration: f64,
    /// Time between samples in s.
    pub interval: f64,
    /// Steps from one sample to the next.
    pub steps: usize,
}

/// A mute before the first breaks: a line `time + offset / velocity`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Mute {
    pub time: f64,
    pub velocity: f64,
    pub taper: f64,
}

impl Settings {
    /// Those for an import.
    pub(super) fn of(import: &SegyImport) -> Self {
        let (interval, samples) = (import.dt, import.samples);
        let duration = interval * (samples - 1) as f64;
        let mut bands = Bands::of(import, duration);
        let (mut velocity, mut extent);
        loop {
            let reach = extent::reach(&import.survey);
            velocity = StartingVelocity::of(import, reach.depth(), reach.offset);
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
        let processing = Processing::of(&import.quality.flagged, import.quality.traces());
        let swell = import.quality.subject.swell.map(|swell| bands.below_waves(swell.end));
        let times = Times { duration, interval, steps };
        Self { bands, extent, velocity, times, mute, masked: import.masked, processing, swell, shots }
    }
}

/// A mute of what comes a period of the first stage or more before the first breaks; none where that is before the shot.
fn mute(import: &SegyImport, bands: &Bands) -> Option<Mute> {
    import.quality.first_breaks.diving_wave()?;
    let [line, velocity] = import.quality.first_breaks.line_below()?;
    let period = 1.0 / bands.stages[0];
    let taper = 0.5 * period;
    let time = line - period - taper;
    let farthest = extent::reach(&import.survey).offset;
    (time + farthest / velocity > 0.0).then_some(Mute { time, velocity, taper })
}
