//! Members of several scenarios, compared in pairs: scenario by scenario, because scenarios differ more than members do.

use super::row::Row;

/// What a member achieved over all scenarios that it finished.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Overall {
    /// Its name, or that of its repetitions.
    pub(super) name: String,
    /// Scenarios that it was run in.
    pub(super) scenarios: usize,
    /// Scenarios that it finished.
    pub(super) finished: usize,
    /// Mean of its errors, over scenarios.
    pub(super) mean: f64,
    /// Largest of its errors.
    pub(super) largest: f64,
    /// Share of the scenarios that it was run in in which its error is below half of the start's; `None` without known starts.
    pub(super) success: Option<f64>,
    /// Mean processor time, s.
    pub(super) cpu_s: f64,
}

/// The ratio of the errors of two members, over the scenarios that both finished.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Pair {
    /// The one whose errors are divided.
    pub(super) name: String,
    /// The one that they are divided by.
    pub(super) by: String,
    /// Number of scenarios.
    pub(super) scenarios: usize,
    /// Scenarios in which the first has the lower error.
    pub(super) wins: usize,
    /// Geometric mean of the ratios.
    pub(super) ratio: f64,
    /// Its confidence interval of 95 %: Student's t of the logarithms. `None` for fewer than three scenarios.
    pub(super) interval: Option<[f64; 2]>,
}

/// The names of members, or of their repetitions, in the order in which they first appear.
fn names(rows: &[Row]) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    for row in rows.iter().filter(|row| !row.member.is_empty()) {
        if !names.contains(&row.group.as_str()) {
            names.push(&row.group);
        }
    }
    names
}

/// Scenarios in order.
fn scenarios(rows: &[Row]) -> Vec<&str> {
    let mut scenarios: Vec<&str> = rows.iter().map(|row| row.scenario.as_str()).collect();
    scenarios.dedup();
    scenarios
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0_usize), |(sum, count), value| (sum + value, count + 1));
    (count > 0).then(|| sum / count as f64)
}

/// The error of a member in a scenario: the mean over its repetitions, all of which have to finish.
fn error(rows: &[Row], scenario: &str, name: &str) -> Option<f64> {
    let of: Vec<&Row> = rows.iter().filter(|row| row.scenario == scenario && row.group == name).collect();
    let errors: Option<Vec<f64>> =
        of.iter().map(|row| row.error.filter(|_| row.is_done()).filter(|error| error.is_finite())).collect();
    mean(errors?.into_iter())
}

/// Members that have an error in some scenario.
#[must_use]
pub(super) fn overall(rows: &[Row]) -> Vec<Overall> {
    let of = |name: &str| {
        let own: Vec<&Row> = rows.iter().filter(|row| row.group == name).collect();
        let run: Vec<&str> = scenarios(rows)
            .into_iter()
            .filter(|scenario| own.iter().any(|row| row.scenario == *scenario))
            .collect();
        let errors: Vec<(f64, Option<f64>)> = run
            .iter()
            .filter_map(|scenario| {
                let start = own.iter().find(|row| row.scenario == *scenario)?.start;
                Some((error(rows, scenario, name)?, start))
            })
            .collect();
        let successes =
            errors.iter().filter(|(error, start)| start.is_some_and(|start| *error < 0.5 * start));
        let known =
            run.iter().all(|scenario| own.iter().any(|row| row.scenario == *scenario && row.start.is_some()));
        Some(Overall {
            name: name.to_owned(),
            scenarios: run.len(),
            finished: errors.len(),
            mean: mean(errors.iter().map(|(error, _)| *error))?,
            largest: errors.iter().map(|(error, _)| *error).fold(0.0, f64::max),
            success: known.then(|| successes.count() as f64 / run.len() as f64),
            cpu_s: mean(own.iter().map(|row| row.cpu_s))?,
        })
    };
    names(rows).into_iter().filter_map(of).collect()
}

/// All pairs of members that share scenarios.
#[must_use]
pub(super) fn pairs(rows: &[Row]) -> Vec<Pair> {
    let names = names(rows);
    let mut pairs = Vec::new();
    for (k, name) in names.iter().enumerate() {
        for by in &names[..k] {
            let logarithms: Vec<f64> = scenarios(rows)
                .into_iter()
                .filter_map(|scenario| Some((error(rows, scenario, name)?, error(rows, scenario, by)?)))
                .filter(|(a, b)| *a > 0.0 && *b > 0.0)
                .map(|(a, b)| (a / b).ln())
                .collect();
            let Some(middle) = mean(logarithms.iter().copied()) else { continue };
            let count = logarithms.len();
            let interval = (count > 2).then(|| {
                let squares: f64 = logarithms.iter().map(|l| (l - middle).powi(2)).sum();
                let error_of_mean = (squares / (count - 1) as f64 / count as f64).sqrt();
                let half = student_t(count - 1) * error_of_mean;
                [(middle - half).exp(), (middle + half).exp()]
            });
            pairs.push(Pair {
                name: (*name).to_owned(),
                by: (*by).to_owned(),
                scenarios: count,
                wins: logarithms.iter().filter(|l| **l < 0.0).count(),
                ratio: middle.exp(),
                interval,
            });
        }
    }
    pairs
}

/// The quantile 0.975 of Student's t distribution.
///
/// # Source
/// Hill, Communications of the ACM 13 (1970), algorithm 396, for 3 degrees of freedom and more; exact for 1 and 2.
fn student_t(freedom: usize) -> f64 {
    /// The two-tailed probability.
    const P: f64 = 0.05;
    /// The same quantile of the normal distribution.
    const NORMAL: f64 = 1.959_963_984_540_054;
    let n = freedom as f64;
    match freedom {
        0 => f64::INFINITY,
        1 => (std::f64::consts::FRAC_PI_2 * (1.0 - P)).tan(),
        2 => (2.0 / (P * (2.0 - P)) - 2.0).sqrt(),
        _ => {
            let a = 1.0 / (n - 0.5);
            let b = 48.0 / (a * a);
            let mut c = ((20700.0 * a / b - 98.0) * a - 16.0) * a + 96.36;
            let d = ((94.5 / (b + c) - 3.0) / b + 1.0) * (a * std::f64::consts::FRAC_PI_2).sqrt() * n;
            let x = d * P;
            let mut y = x.powf(2.0 / n);
            if y > 0.05 + a {
                let x = -NORMAL;
                y = x * x;
                if freedom < 5 {
                    c += 0.3 * (n - 4.5) * (x + 0.6);
                }
                c += (((0.05 * d * x - 5.0) * x - 7.0) * x - 2.0) * x + b;
                y = (((((0.4 * y + 6.3) * y + 36.0) * y + 94.5) / c - y - 3.0) / b + 1.0) * x;
                y = a * y * y;
                y = if y > 0.002 { y.exp() - 1.0 } else { 0.5 * y * y + y };
            } else {
                y = ((1.0 / (((n + 6.0) / (n * y) - 0.089 * d - 0.822) * (n + 2.0) * 3.0) + 0.5 / (n + 4.0))
                    * y
                    - 1.0)
                    * (n + 1.0)
                    / (n + 2.0)
                    + 1.0 / y;
            }
            (n * y).sqrt()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Quantiles as in printed tables.
    #[test]
    fn quantiles_of_students_t() {
        for (freedom, expected) in [
            (1, 12.706),
            (2, 4.303),
            (3, 3.182),
            (4, 2.776),
            (5, 2.571),
            (10, 2.228),
            (19, 2.093),
            (30, 2.042),
            (120, 1.980),
        ] {
            let found = student_t(freedom);
            assert!((found - expected).abs() < 2e-3, "{freedom}: {found}, expected {expected}");
        }
    }
}
