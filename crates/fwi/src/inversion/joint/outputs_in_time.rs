//! What the outputs of a wavefield network in time mean.

use fields::RealWavefield;

/// How the outputs of a wavefield network represent the scattered fields of all shots in time.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct OutputsInTime {
    /// All fields, those of a shot together.
    pub(super) fields: RealWavefield,
    /// Fields of a shot.
    pub(super) unknowns: usize,
    /// The places among them of those that are recorded, and what they are in their own unit for an output of 1.
    pub(super) recorded: Vec<(usize, f32)>,
    /// The places of those that leave through the edge.
    pub(super) absorbed: Vec<usize>,
}

impl OutputsInTime {
    /// The outputs of a pressure alone.
    pub(super) fn of_pressure(shots: usize, scale: f32) -> Self {
        let fields = RealWavefield { first: 0, sources: shots, scale };
        Self { fields, unknowns: 1, recorded: vec![(0, scale)], absorbed: vec![0] }
    }

    /// The output with an unknown of a shot.
    pub(super) fn place(&self, shot: usize, unknown: usize) -> usize {
        shot * self.unknowns + unknown
    }

    /// Number of shots.
    pub(super) fn shots(&self) -> usize {
        self.fields.sources / self.unknowns
    }
}
