//! What is suggested for suspicious traces: entries of `data.processing`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use super::defect::{DEFECTS, Defect, Flagged, Remedy};

/// The largest share of traces with a defect that are suggested to be changed: beyond it, the defect is a property of the survey.
const MOST: f64 = 0.25;
/// The most shots whose traces are written on one line.
const ON_ONE_LINE: usize = 3;
/// The most receivers on one line.
const RECEIVERS: usize = 16;

/// Traces by shot.
type Traces = BTreeMap<usize, BTreeSet<usize>>;

/// The traces to leave out and those whose sign to change.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Processing {
    kill: Traces,
    polarity: Traces,
    /// Defects of more than a quarter of all traces, for which nothing is suggested.
    pub common: Vec<Defect>,
}

impl Processing {
    /// What is suggested for some of so many traces.
    #[must_use]
    pub fn of(flagged: &[Flagged], traces: usize) -> Self {
        let count = |defect: Defect| flagged.iter().filter(|flag| flag.defect == defect).count();
        let is_common = |defect: Defect| count(defect) as f64 > MOST * traces as f64;
        let common: Vec<Defect> = DEFECTS.iter().map(|row| row.defect).filter(|of| is_common(*of)).collect();
        let with = |remedy: Remedy| {
            let mut all = Traces::new();
            let of = |flag: &&Flagged| flag.defect.row().remedy == remedy && !common.contains(&flag.defect);
            for flag in flagged.iter().filter(of) {
                all.entry(flag.shot).or_default().insert(flag.receiver);
            }
            all
        };
        let (kill, mut polarity) = (with(Remedy::Kill), with(Remedy::Polarity));
        for (shot, receivers) in &mut polarity {
            // A trace that is left out needs no sign.
            receivers.retain(|k| kill.get(shot).is_none_or(|killed| !killed.contains(k)));
        }
        polarity.retain(|_, receivers| !receivers.is_empty());
        Self { kill, polarity, common }
    }

    /// Whether nothing is suggested.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.kill.is_empty() && self.polarity.is_empty()
    }

    /// The key `processing` with its entries, each line after `indent`. Indices are those of the data file, from 0.
    #[must_use]
    pub fn yaml(&self, indent: &str) -> String {
        let mut text = format!("{indent}processing:\n");
        let mut comment = " # indices from 0 within the data file";
        for (name, traces) in [("kill", &self.kill), ("polarity", &self.polarity)] {
            if traces.is_empty() {
                continue;
            }
            let shot = |(shot, receivers): (&usize, &BTreeSet<usize>)| {
                let numbers: Vec<String> = receivers.iter().map(ToString::to_string).collect();
                format!("{{shot: {shot}, receivers: [{}]}}", numbers.join(", "))
            };
            let shots: Vec<String> = traces.iter().map(shot).collect();
            let short = traces.values().map(BTreeSet::len).sum::<usize>() <= RECEIVERS;
            let written = if shots.len() <= ON_ONE_LINE && short {
                writeln!(text, "{indent}  - {name}: {{traces: [{}]}}{comment}", shots.join(", "))
            } else {
                let between = format!(",\n{indent}      ");
                let lines = shots.join(&between);
                writeln!(
                    text,
                    "{indent}  - {name}: {{traces: [{comment}\n{indent}      {lines}\n{indent}    ]}}"
                )
            };
            written.expect("writing to a String cannot fail");
            comment = "";
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flag(shot: usize, receiver: usize, defect: Defect) -> Flagged {
        Flagged { shot, receiver, offset: 0.0, defect, measured: 0.0, same_as: None }
    }

    #[test]
    fn the_text_is_that_of_the_scenario() {
        let flagged = [
            flag(3, 6, Defect::Noisy),
            flag(3, 5, Defect::Clipped),
            flag(3, 5, Defect::Reversed),
            flag(0, 12, Defect::Reversed),
            flag(1, 1, Defect::Dead),
            flag(1, 2, Defect::Constant),
        ];
        let found = Processing::of(&flagged, 100);
        let expected = "  processing:
    - kill: {traces: [{shot: 3, receivers: [5, 6]}]} # indices from 0 within the data file
    - polarity: {traces: [{shot: 0, receivers: [12]}]}
";
        assert_eq!(found.yaml("  "), expected);
        let nothing = Processing::of(&flagged[4..], 100);
        assert!(nothing.is_empty() && nothing.common.is_empty());
    }

    /// Many shots are on a line each, and the text remains YAML of the same form.
    #[test]
    fn many_shots_are_on_lines_of_their_own() {
        let flagged: Vec<Flagged> = (0..5).map(|shot| flag(shot, 2 * shot, Defect::Weak)).collect();
        let text = Processing::of(&flagged, 100).yaml("");
        let value: serde_json::Value = serde_saphyr::from_str(&text).unwrap();
        let traces = &value["processing"][0]["kill"]["traces"];
        assert_eq!(traces.as_array().unwrap().len(), 5, "{text}");
        assert_eq!((&traces[4]["shot"], &traces[4]["receivers"][0]), (&4.into(), &8.into()), "{text}");
    }

    #[test]
    fn defects_of_most_traces_are_those_of_the_survey() {
        let flagged: Vec<Flagged> = (0..30).map(|k| flag(0, k, Defect::Spikes)).collect();
        let found = Processing::of(&flagged, 100);
        assert!(found.is_empty());
        assert_eq!(found.common, [Defect::Spikes]);
        assert!(!Processing::of(&flagged[..20], 100).is_empty());
    }
}
