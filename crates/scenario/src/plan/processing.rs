//! The processing of traces, against the survey.

mod problems;

use document::{Fault, KeyPath};
use survey::processing::ProcessingChoice;
use survey::survey::Survey;

use self::problems::{AnotherCount, NoSuchTrace};
use crate::DataBlock;

/// The first setting of the data that exists for traces only, and what to write instead.
pub(super) fn of_traces(data: &DataBlock) -> Option<(KeyPath, &'static str)> {
    let at = KeyPath::of("data");
    if data.mask_dead_traces {
        return Some((at.key("mask_dead_traces"), "mask_dead_traces: false"));
    }
    (!data.processing.is_empty()).then(|| (at.key("processing"), "processing: []"))
}

/// Checks the steps, and that the survey has the shots and receivers that they name.
pub(super) fn check(list: &[ProcessingChoice], survey: &Survey) -> Result<(), Fault> {
    let (shots, receivers) = (survey.sources.len(), survey.receivers.count());
    for (i, choice) in list.iter().enumerate() {
        let at = KeyPath::of("data.processing").index(i).key(choice.name());
        let step = choice.as_dyn();
        step.check(&at)?;
        if let Some((below, index, of_shot)) = step.selection().and_then(|of| of.outside(shots, receivers)) {
            let (what, count) = if of_shot { ("shot", shots) } else { ("receiver", receivers) };
            return Err(Fault::new(at.join(&below), NoSuchTrace { what, index, count }));
        }
        for (key, values) in step.by_receiver().into_iter().flatten() {
            if !values.is_empty() && values.len() != receivers {
                let problem = AnotherCount { found: values.len(), receivers };
                return Err(Fault::new(at.key(key), problem));
            }
        }
    }
    Ok(())
}
