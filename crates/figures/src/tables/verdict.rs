//! Verdicts: sentences that name the best member of each metric.

use super::metric::Metric;
use super::sentence::Sentence;
use super::statistic::Statistic;
use super::table::{RankedMember, Table};

/// "1.23 %", or "1.23 ± 0.05 %" for repetitions.
fn text(metric: &Metric, statistic: &Statistic) -> String {
    if statistic.count == 1 {
        return metric.text_with_unit(statistic.mean);
    }
    let (mean, spread) = (metric.format.text(statistic.mean), metric.format.spread(statistic.spread));
    let unit = if metric.unit.is_empty() { String::new() } else { format!("\u{a0}{}", metric.unit) };
    format!("{mean}\u{a0}\u{b1}\u{a0}{spread}{unit}")
}

/// "a", "a and b", "a, b and c".
fn listed(parts: &[String]) -> String {
    match parts.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}

impl Table {
    /// The best member of each judged metric, and its distance from the next one. `what` names the members, for example "inversion".
    ///
    /// Repetitions are judged by their mean. Metrics that the table does not have are left out.
    #[must_use]
    pub fn verdict(&self, what: &str, judged: &[&str]) -> Vec<Sentence> {
        let members = self.members();
        let metrics: Vec<(usize, Vec<usize>)> = (judged.iter())
            .filter_map(|name| self.metric(name))
            .map(|metric| (metric, self.ranking(&members, metric)))
            .collect();
        let finished: Vec<&RankedMember> = members.iter().filter(|c| c.finished() > 0).collect();
        match finished[..] {
            [] => {
                let text = format!("No {what} finished, so there is nothing to compare.");
                return vec![Sentence { about: String::new(), text }];
            }
            [only] => {
                let values = metrics.iter().filter_map(|(metric, _)| {
                    let statistic = only.statistics[*metric]?;
                    Some(format!(
                        "{} {}",
                        self.metrics[*metric].name,
                        text(&self.metrics[*metric], &statistic)
                    ))
                });
                let values: Vec<String> = values.collect();
                let colon = if values.is_empty() { "" } else { ": " };
                let alone =
                    if members.len() == 1 { String::new() } else { format!(" is the only {what} that") };
                let text = format!("{alone} finished{colon}{}.", values.join(", "));
                return vec![Sentence { about: only.name.to_owned(), text }];
            }
            _ => {}
        }
        // The winners are named in the order of the metrics.
        let contested = || metrics.iter().filter(|(_, ranking)| ranking.len() > 1);
        let mut winners: Vec<usize> = Vec::new();
        for (_, ranking) in contested() {
            if !winners.contains(&ranking[0]) {
                winners.push(ranking[0]);
            }
        }
        let sentence = |winner: &usize| {
            let won = contested().filter(|(_, ranking)| ranking[0] == *winner);
            let parts: Vec<String> = won
                .filter_map(|(metric, ranking)| {
                    let own = members[*winner].statistics[*metric]?;
                    let next = &members[ranking[1]];
                    let metric_of = &self.metrics[*metric];
                    let truth = metric_of.truth().map(|t| format!("; truth {t}\u{a0}{}", metric_of.unit));
                    Some(format!(
                        "{} ({}; next {} with {}{})",
                        metric_of.name,
                        text(metric_of, &own),
                        next.name,
                        text(metric_of, &next.statistics[*metric]?),
                        truth.unwrap_or_default()
                    ))
                })
                .collect();
            Sentence {
                about: members[*winner].name.to_owned(),
                text: format!(" is best in {}.", listed(&parts)),
            }
        };
        winners.iter().map(sentence).collect()
    }
}
