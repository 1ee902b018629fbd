//! The scenarios that `fwi init` writes: those of the repository that are short.

/// A scenario that is part of the program.
pub(crate) struct Starter {
    /// Its name on the command line.
    pub(crate) kind: &'static str,
    /// What it is about.
    pub(crate) purpose: &'static str,
    /// The scenario.
    pub(crate) text: &'static str,
}

macro_rules! starter {
    ($kind:literal, $file:literal, $purpose:literal) => {
        Starter {
            kind: $kind,
            purpose: $purpose,
            text: include_str!(concat!("../../../scenarios/", $file, ".yaml")),
        }
    };
}

/// The scenarios that `fwi init` writes.
pub(crate) const STARTERS: &[Starter] = &[
    starter!(
        "frequencies",
        "quick",
        "acoustic waves at frequencies: grid, network and joint inversions of a disc"
    ),
    starter!("time", "quick-time", "acoustic waves in time: grid, network and joint inversions of a disc"),
    starter!("streamer", "streamer", "a marine line: moving receivers and a sea surface"),
    starter!("volume", "volume", "acoustic waves in three dimensions"),
    starter!("elastic", "quick-elastic", "elastic waves: vp, vs and density under a free surface"),
    starter!("anisotropic", "vti", "acoustic waves with a vertical axis of symmetry: vp and epsilon"),
    starter!("attenuating", "viscoacoustic", "acoustic waves with attenuation: vp and Q"),
    starter!("ultrasound", "ultrasound", "a ring of transducers: speed of sound and absorption"),
    starter!("equation", "damped", "a wave equation of your own, typed into the scenario"),
    starter!("fit", "quick-fit", "networks that learn a velocity model"),
    starter!(
        "wavefield",
        "wavefield-disc",
        "wavefields of a known velocity by networks, compared with an exact series"
    ),
];
