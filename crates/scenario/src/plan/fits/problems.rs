//! Targets that cannot be learnt, and settings of fits that contradict each other.

use document::{Message, Problem, Subject};

use survey::array::Meaning;

/// Smallest number of samples along an axis.
pub(super) const FEWEST: usize = 8;

/// A format for velocities, chosen for a target that is not a velocity.
#[derive(Debug)]
pub(super) struct VelocitiesOnly {
    /// The meaning of the target.
    pub(super) target: Meaning,
}

impl Problem for VelocitiesOnly {
    fn message(&self, subject: &Subject) -> Message {
        Message::new(format!("{subject} stores velocities only"))
            .found(format!("a target of {}s", self.target.label()))
            .expected("npy, csv or png")
    }
}

/// A smoothed true model in a scenario without a true model.
#[derive(Debug)]
pub(super) struct NothingToSmooth;

impl Problem for NothingToSmooth {
    fn message(&self, subject: &Subject) -> Message {
        Message::new(format!("{subject} needs a true model to smooth, and there is none here"))
            .found("smooth")
            .expected("another model")
            .help("choose another model, and set `smoothing` next to `model`")
    }
}

/// A target with too few samples.
#[derive(Debug)]
pub(super) struct FewSamples {
    /// Samples along z and x.
    pub(super) found: [usize; 2],
}

impl Problem for FewSamples {
    fn message(&self, subject: &Subject) -> Message {
        let [nz, nx] = self.found;
        Message::new(format!("{subject} has too few samples"))
            .found(format!("{nz} x {nx} (z, x)"))
            .expected(format!("at least {FEWEST} x {FEWEST}"))
            .help("use a larger region or a smaller spacing")
    }
}

/// A target that is the same everywhere.
#[derive(Debug)]
pub(super) struct Constant {
    /// Its value.
    pub(super) value: f64,
}

impl Problem for Constant {
    fn message(&self, subject: &Subject) -> Message {
        Message::new(format!("{subject} is the same everywhere"))
            .found(self.value.to_string())
            .expected("values that vary")
            .help("choose another target")
    }
}

/// Settings that cannot be combined with the smoothing of a fit.
#[derive(Debug)]
pub(super) enum UnsuitableSmoothing {
    /// A batch of samples.
    Batch,
    /// The value itself.
    Value,
    /// An optimiser that needs the samples one by one.
    Optimizer,
}

impl Problem for UnsuitableSmoothing {
    fn message(&self, subject: &Subject) -> Message {
        let (what, found, help) = match self {
            Self::Batch => ("needs all samples in each step", "a batch of samples", "leave `batch` out"),
            Self::Value => {
                let help = "leave `smoothing` out, or set `quantity` to gradient or laplacian";
                ("applies to derivatives only", "quantity: value", help)
            }
            Self::Optimizer => {
                let found = "an optimiser that needs the residual of each sample";
                ("combines the residuals of all samples", found, "use adam, soap or lbfgs")
            }
        };
        Message::new(format!("{subject} {what}"))
            .found(found)
            .expected("a fit that allows smoothing")
            .help(help)
    }
}
