//! The defects of traces: what is measured, the threshold with its reason, and what to do.

/// A defect of a trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Defect {
    /// All samples are zero, or one of them is NaN or infinite.
    Dead,
    /// Much less amplitude than on either side.
    Weak,
    /// Much more noise before the first break than on either side.
    Noisy,
    /// Peaks that are cut off.
    Clipped,
    /// Single samples that no wave explains.
    Spikes,
    /// The opposite sign of its neighbours.
    Reversed,
    /// A mean that is not zero.
    Constant,
    /// The same samples as another trace.
    Duplicate,
    /// Recorded at its own source.
    OwnSource,
}

/// What is done with a trace that has a defect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remedy {
    /// `mask_dead_traces: true` leaves it out.
    Mask,
    /// It is set to zero and left out, by `kill`.
    Kill,
    /// Its sign is changed, by `polarity`.
    Polarity,
    /// The `band` of the stages removes it.
    Band,
}

impl Remedy {
    /// In words, for a table.
    #[must_use]
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::Mask => "`mask_dead_traces: true` leaves it out",
            Self::Kill => "`kill` in `data.processing` leaves it out",
            Self::Polarity => "`polarity` in `data.processing` changes its sign",
            Self::Band => "the lowest frequency of `band` in the stages removes it",
        }
    }
}

/// A row of [`DEFECTS`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DefectRow {
    /// The defect.
    pub defect: Defect,
    /// Its name.
    pub name: &'static str,
    /// What is measured.
    pub measured: &'static str,
    /// Whether larger values are the bad ones.
    pub above: bool,
    /// The threshold.
    pub threshold: f64,
    /// Why it is that.
    pub reason: &'static str,
    /// What to do.
    pub remedy: Remedy,
}

/// All defects with their thresholds, in the order in which they are listed.
pub const DEFECTS: [DefectRow; 9] = [
    DefectRow {
        defect: Defect::Dead,
        name: "dead",
        measured: "largest magnitude of the samples; NaN where one is NaN or infinite",
        above: false,
        threshold: 0.0,
        reason: "a record of waves is never silent",
        remedy: Remedy::Mask,
    },
    DefectRow {
        defect: Defect::Weak,
        name: "weak",
        measured: "RMS amplitude over the smaller median of five traces on either side",
        above: false,
        threshold: 0.01,
        reason: "40 dB: from one receiver to the next, neither distance nor coupling changes amplitudes so much",
        remedy: Remedy::Kill,
    },
    DefectRow {
        defect: Defect::Noisy,
        name: "noisy",
        measured: "RMS before the first break, which is at least half of that after it, over the larger median of five traces on \
                   either side",
        above: true,
        threshold: 3.0,
        reason: "10 dB above the noise of its surroundings, with a signal that does not stand out",
        remedy: Remedy::Kill,
    },
    DefectRow {
        defect: Defect::Clipped,
        name: "clipped",
        measured: "samples at the largest or the smallest value, in runs of three or more with steep ends",
        above: true,
        threshold: 4.0,
        reason: "a rounded peak has such a run only where rounding is as coarse as its curvature, and then without steep ends",
        remedy: Remedy::Kill,
    },
    DefectRow {
        defect: Defect::Spikes,
        name: "spikes",
        measured: "a sample without support by its neighbours, over the RMS of two periods on either side",
        above: true,
        threshold: 8.0,
        reason: "Gaussian noise exceeds six times its RMS once in 10^9 samples; a wave raises the samples around its peak, too",
        remedy: Remedy::Kill,
    },
    DefectRow {
        defect: Defect::Reversed,
        name: "reversed",
        measured: "median correlation with three traces on either side, aligned along first breaks, which correlate with each \
                   other by more than 0.5",
        above: false,
        threshold: -0.5,
        reason: "a trace explains its neighbours by more than a quarter of their energy, with the opposite sign",
        remedy: Remedy::Polarity,
    },
    DefectRow {
        defect: Defect::Constant,
        name: "constant",
        measured: "magnitude of the mean over the RMS about it, for records of ten periods or more",
        above: true,
        threshold: 1.0,
        reason: "the mean of waves over ten periods or more is below a tenth of their RMS, that of noise of long periods below half",
        remedy: Remedy::Band,
    },
    DefectRow {
        defect: Defect::Duplicate,
        name: "duplicate",
        measured: "samples that differ from those of an earlier trace (compared by a hash of 64 bits)",
        above: false,
        threshold: 0.0,
        reason: "noise is never the same twice",
        remedy: Remedy::Kill,
    },
    DefectRow {
        defect: Defect::OwnSource,
        name: "own source",
        measured: "distance from source to receiver over the largest one",
        above: false,
        threshold: 1e-4,
        reason: "the field at a source is a property of the source and of the grid, not of the medium",
        remedy: Remedy::Kill,
    },
];

impl Defect {
    /// Its row in [`DEFECTS`].
    #[must_use]
    pub fn row(self) -> &'static DefectRow {
        // The order of the table is that of the variants, which a test checks.
        &DEFECTS[self as usize]
    }

    /// Its threshold.
    #[must_use]
    pub fn threshold(self) -> f64 {
        self.row().threshold
    }
}

/// A trace with a defect.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Flagged {
    /// Its shot, from 0, as in the data file.
    pub shot: usize,
    /// Its receiver, from 0, as in the data file.
    pub receiver: usize,
    /// Its offset in m.
    pub offset: f64,
    /// Its defect.
    pub defect: Defect,
    /// What was measured; its threshold is that of the table.
    pub measured: f64,
    /// Shot and receiver of the earlier trace with the same samples.
    pub same_as: Option<[usize; 2]>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_in_the_order_of_the_defects() {
        for (place, row) in DEFECTS.iter().enumerate() {
            assert_eq!(row.defect as usize, place, "{}", row.name);
            assert_eq!(row.defect.row(), row);
        }
    }

    /// The page about seismic data has the row of every defect.
    #[test]
    fn the_documents_have_every_row() {
        let page = include_str!("../../../../docs/src/seismic-data.md");
        for row in &DEFECTS {
            let sign = match (row.above, row.threshold) {
                (true, _) => "more than ",
                (false, 0.0) => "",
                (false, _) => "less than ",
            };
            let expected = format!(
                "| {} | {} | {sign}{} | {} | {} |",
                row.name,
                row.measured,
                row.threshold,
                row.reason,
                row.remedy.in_words()
            );
            assert!(page.contains(&expected), "seismic-data.md lacks\n{expected}");
        }
    }
}
