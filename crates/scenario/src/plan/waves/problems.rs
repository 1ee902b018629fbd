//! Waves that do not suit the grid, the time step, the memory or the equation.

use document::numbers::{precise, short, short_down};
use document::{Message, Problem, Subject};

/// A choice or key of another equation.
#[derive(Debug)]
pub(in crate::plan) struct UnsuitablePhysics {
    /// The equation of the scenario.
    pub(in crate::plan) physics: &'static str,
    /// The corresponding setting of this equation, as YAML.
    pub(in crate::plan) instead: &'static str,
}

impl Problem for UnsuitablePhysics {
    fn message(&self, subject: &Subject) -> Message {
        let (key, physics) = (subject.key.last_key().unwrap_or_default(), self.physics);
        Message::new(format!("{key} does not fit physics `{physics}`"))
            .found(format!("`{key}`"))
            .expected(format!("settings for `{physics}`"))
            .help(format!("write `{}`", self.instead))
    }
}

/// A bound on a velocity for which the time step is too long.
#[derive(Debug)]
pub(in crate::plan) struct SlowerThanGrid {
    /// The fastest wave for which it is stable, m/s.
    pub(in crate::plan) fastest: f64,
    /// The bound, m/s.
    pub(in crate::plan) bound: f64,
}

impl Problem for SlowerThanGrid {
    fn message(&self, subject: &Subject) -> Message {
        Message::new(format!("the time step is not stable at {subject}"))
            .found(format!("{} m/s", short(self.bound)))
            .expected(format!("at most {} m/s", short_down(self.fastest)))
            .help(format!(
                "lower the bound, or write a step {} times as long",
                short_down(self.fastest / self.bound)
            ))
    }
}

/// A property of the medium at frequencies, where waves without it are computed.
#[derive(Debug)]
pub(in crate::plan) struct NoSuchMedium {
    /// The property, the key of `physics.helmholtz`.
    pub(in crate::plan) of: &'static str,
    /// What does not know it.
    pub(in crate::plan) found: String,
    /// What does, as YAML.
    pub(in crate::plan) expected: String,
    /// What to do.
    pub(in crate::plan) help: &'static str,
}

impl Problem for NoSuchMedium {
    fn message(&self, subject: &Subject) -> Message {
        Message::new(format!("{subject} does not go with physics.helmholtz.{}", self.of))
            .found(&self.found)
            .expected(&self.expected)
            .help(self.help)
    }
}

/// An epsilon below delta, for which the equation has waves that grow.
#[derive(Debug)]
pub(super) struct EpsilonBelowDelta {
    /// Thomsen's epsilon.
    pub(super) epsilon: f64,
    /// Thomsen's delta.
    pub(super) delta: f64,
    /// Where, m.
    pub(super) point: [f64; 2],
}

impl Problem for EpsilonBelowDelta {
    fn message(&self, subject: &Subject) -> Message {
        let [x, z] = self.point.map(short);
        Message::new(format!("{subject} is below delta at ({x}, {z}) m"))
            .found(format!("epsilon {} and delta {}", short(self.epsilon), short(self.delta)))
            .expected("epsilon at least as large as delta")
            .help("acoustic VTI waves grow without bound where epsilon is smaller than delta")
    }
}

/// An unstable time step.
#[derive(Debug)]
pub(in crate::plan) struct UnstableStep {
    /// The step, s.
    pub(in crate::plan) step: f64,
    /// The largest that is stable, s.
    pub(in crate::plan) largest: f64,
    /// The fastest velocity, m/s.
    pub(in crate::plan) velocity: f64,
    /// Distance between nodes, m.
    pub(in crate::plan) spacing: f64,
    /// Order of accuracy.
    pub(in crate::plan) order: usize,
}

impl Problem for UnstableStep {
    fn message(&self, subject: &Subject) -> Message {
        let UnstableStep { step, largest, order, .. } = self;
        let (velocity, spacing) = (short(self.velocity), short(self.spacing));
        let (at_velocity, help) = match subject.key.last_key() {
            Some("refine") => ("", "raise `refine` for shorter steps, or raise the spacing"),
            Some("bounds") => {
                (&*format!(" at {velocity} m/s"), "lower the bound, or the `step` of `physics`")
            }
            _ if step / largest > 100.0 => ("", "times are in s"),
            _ => ("", "use a smaller step, a larger grid.spacing or a lower grid.order"),
        };
        let largest = short_down(*largest);
        Message::new(format!("{subject}: the time step is not stable{at_velocity}"))
            .found(format!("{} s", short(*step)))
            .expected(format!("at most {largest} s ({velocity} m/s, {spacing} m, order {order})"))
            .help(help)
    }
}

/// A wavelet with frequencies that the grid does not resolve.
#[derive(Debug)]
pub(super) struct SpectrumBeyondGrid {
    /// Share of the wavelet's energy at these frequencies.
    pub(super) beyond: f64,
    /// Highest frequency that the grid resolves, Hz.
    pub(super) highest: f64,
    /// Highest frequency of the wavelet, Hz.
    pub(super) wavelet: f64,
    /// Slowest velocity, m/s.
    pub(super) velocity: f64,
    /// Distance between nodes, m.
    pub(super) spacing: f64,
    /// Order of accuracy.
    pub(super) order: usize,
    /// A distance between nodes that is small enough, m.
    pub(super) needed: f64,
}

impl Problem for SpectrumBeyondGrid {
    fn message(&self, subject: &Subject) -> Message {
        let (percent, highest) = (short(100.0 * self.beyond), short(self.highest));
        let (velocity, spacing, order) = (short(self.velocity), short(self.spacing), self.order);
        let key = subject.key;
        // Cells of a method have a key of their own.
        let own = key.last_key().filter(|last| ["spacing", "regularizer_spacing"].contains(last));
        let spacing_key = own.unwrap_or("grid.spacing");
        Message::new(format!(
            "{key}: {percent} % of the energy is above the {highest} Hz that the grid resolves"
        ))
        .found(format!("frequencies up to {} Hz", short(self.wavelet)))
        .expected(format!("up to {highest} Hz ({velocity} m/s, {spacing} m, order {order})"))
        .help(format!(
            "use {spacing_key} {} or less, a lower frequency, or a higher grid.order",
            precise(self.needed)
        ))
    }
}

/// A wavelet that is zero.
#[derive(Debug)]
pub(super) struct SilentWavelet;

impl Problem for SilentWavelet {
    fn message(&self, subject: &Subject) -> Message {
        Message::new(format!("{} is zero at all times", subject.key))
            .found("zeros")
            .expected("a wavelet within the duration")
            .help("check its amplitude and delay, and the `duration` of `physics`")
    }
}

/// A wavelet that lasts too long for its frequencies.
#[derive(Debug)]
pub(super) struct WaveletTooLong {
    /// When it ends, s.
    pub(super) end: f64,
    /// Samples that it needs.
    pub(super) found: f64,
    /// Most samples.
    pub(super) most: f64,
}

impl Problem for WaveletTooLong {
    fn message(&self, subject: &Subject) -> Message {
        let [end, found, most] = [self.end, self.found, self.most].map(short);
        Message::new(format!("{} lasts too long for its frequencies", subject.key))
            .found(format!("an end at {end} s: {found} samples"))
            .expected(format!("at most {most} samples"))
            .help("write a smaller delay or lower frequencies; times are in s and frequencies in Hz")
    }
}

/// A number of wavelets that differs from the number of shots.
#[derive(Debug)]
pub(super) struct WaveletsOfShots {
    /// Number of wavelets.
    pub(super) found: usize,
    /// Number of shots.
    pub(super) shots: usize,
}

impl Problem for WaveletsOfShots {
    fn message(&self, subject: &Subject) -> Message {
        Message::new(format!("{subject} does not have one wavelet per shot"))
            .found(format!("{} wavelets", self.found))
            .expected(format!("{}, or one for all", self.shots))
            .help("give an array [shot, time], or [time]")
    }
}

/// Less memory than the gradient of a shot needs.
#[derive(Debug)]
pub(super) struct MemoryLimit {
    /// The limit, 10^6 bytes.
    pub(super) found: f64,
    /// The smallest limit that is sufficient, 10^6 bytes.
    pub(super) least: f64,
    /// Shots computed at a time.
    pub(super) shots: usize,
}

impl Problem for MemoryLimit {
    fn message(&self, subject: &Subject) -> Message {
        Message::new(format!("{subject} is too little memory"))
            .found(format!("{} MB", self.found))
            .expected(format!(
                "at least {} MB, for {} at a time",
                precise(self.least),
                if self.shots == 1 { "1 shot".to_owned() } else { format!("{} shots", self.shots) }
            ))
            .help("raise the limit, make the grid smaller, or run with fewer threads (RAYON_NUM_THREADS)")
    }
}

/// A sampling interval of the data that is too long for the wavelet.
#[derive(Debug)]
pub(super) struct IntervalTooLong {
    /// Time between the samples, s.
    pub(super) interval: f64,
    /// Share of the wavelet's energy that the samples do not represent.
    pub(super) beyond: f64,
    /// The highest frequency that they represent, Hz.
    pub(super) highest: f64,
    /// The highest frequency of the wavelet, Hz.
    pub(super) wavelet: f64,
    /// An interval that is short enough, s.
    pub(super) needed: f64,
}

impl Problem for IntervalTooLong {
    fn message(&self, subject: &Subject) -> Message {
        let (percent, highest) = (short(100.0 * self.beyond), short(self.highest));
        Message::new(format!("{subject} is too long for the wavelet"))
            .found(format!(
                "{} s between samples: {percent} % of the wavelet's energy is above {highest} Hz",
                short(self.interval)
            ))
            .expected(format!("samples that represent the wavelet, up to {} Hz", short(self.wavelet)))
            .help(format!(
                "write an interval of at most {} s, a whole number of steps",
                short_down(self.needed)
            ))
    }
}

/// A record that ends before the wavelet of a shot reaches any receiver.
#[derive(Debug)]
pub(super) struct RecordTooShort {
    /// Which shot, from 0.
    pub(super) shot: usize,
    /// Length of the record, s.
    pub(super) duration: f64,
    /// Start of the wavelet, s.
    pub(super) onset: f64,
    /// Travel time to the nearest receiver, s.
    pub(super) travel: f64,
}

impl Problem for RecordTooShort {
    fn message(&self, subject: &Subject) -> Message {
        let (shot, onset, travel) = (self.shot, short(self.onset), short(self.travel));
        Message::new(format!(
            "{subject}: the record ends before the wavelet of shot {shot} reaches a receiver"
        ))
        .found(format!("{} s", short(self.duration)))
        .expected(format!(
            "more than {} s: the wavelet begins at {onset} s and takes {travel} s to the nearest receiver",
            short(self.onset + self.travel)
        ))
        .help("lengthen the record, or use a wavelet with a smaller delay")
    }
}
