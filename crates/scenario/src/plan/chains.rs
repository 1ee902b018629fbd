//! Chains: inversions that start from the result of an earlier one.

use document::{Fault, KeyPath, Message, Problem, Subject};
use survey::medium::{Inversion, ModelChoice};
use survey::model_source::ModelSource;

use super::members::Start;
use crate::InversionBlock;

/// The start of the last of some blocks, which is the result of an earlier one. Its samples are those of the start of the earlier
/// one: what a plan checks of a start holds for the result, too, which is within the bounds.
///
/// # Errors
/// A name that is not one of an earlier block.
pub(super) fn start(
    at: &KeyPath,
    blocks: &[InversionBlock],
    earlier: &Inversion,
    starts: &[Start],
) -> Result<Start, Fault> {
    let names: Vec<String> = blocks.iter().map(|block| block.name.clone()).collect();
    let (own, before) = names.split_last().expect("the block itself is one of them");
    let Some(place) = before.iter().position(|name| *name == earlier.0) else {
        let problem = NotEarlier { found: earlier.0.clone(), own: own.clone(), earlier: before.to_vec() };
        return Err(Fault::new(at, problem));
    };
    Ok(starts[place].clone().map(|(source, model)| {
        let choice = ModelChoice::Inversion(earlier.clone());
        (ModelSource { choice, file: None, truth: source.truth }, model)
    }))
}

/// A name of no earlier inversion.
#[derive(Debug)]
struct NotEarlier {
    /// The name.
    found: String,
    /// The inversion that names it.
    own: String,
    /// The inversions before it.
    earlier: Vec<String>,
}

impl Problem for NotEarlier {
    fn message(&self, subject: &Subject) -> Message {
        let NotEarlier { found, own, earlier } = self;
        let title = if found == own {
            format!("{subject} is the inversion itself")
        } else {
            format!("{subject} names no earlier inversion")
        };
        let expected = match earlier.len() {
            0 => "another starting model: this inversion is the first".to_owned(),
            _ => document::numbers::list(earlier),
        };
        let help = "an inversion starts from the result of one that is above it in the list";
        Message::new(title).found(format!("`{found}`")).expected(expected).help(help)
    }
}
