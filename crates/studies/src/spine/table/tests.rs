//! The table and the verdict of inversions, exactly.

use super::*;
use crate::inversions::outcome::Comparison;
use crate::test_support::sample::{comparison, summary};
use fwi::status::Status;

fn compared(run: &Comparison) -> Compared {
    tables(&summary(run)).swap_remove(0)
}

#[test]
fn table_snapshot() {
    let mut run = comparison(41);
    run.outcomes[2].status = Status::Diverged;
    run.outcomes[2].stopped_because = "the objective became NaN at iteration 17".to_owned();
    for (o, error) in run.outcomes.iter_mut().zip([0.0123, 0.02, 0.5]) {
        o.metrics = fwi::metrics::Metrics {
            velocity_relative_l2: Some(error),
            radius_half_contrast_m: Some(100.0 + 100.0 * error),
            data_misfit_relative: (error < 0.1).then_some(0.03 - error),
            ..Default::default()
        };
    }
    let expected = "                    joint   implicit   grid (diverged)   truth
method              joint   implicit              grid
velocity error (%)   1.23*      2.00              50.0
disc radius (m)     101.2*     102.0             150.0   100.0
data misfit (%)      1.77       1.00*                \u{2013}
PDE solves              0       4000               300
wall time (s)        61.2*      95.0              4.10
CPU time (s)          116*       180              7.79
iterations           1500        400                30

grid diverged: the objective became NaN at iteration 17
joint is best in velocity error (1.23 %; next implicit with 2.00 %),
disc radius (101.2 m; next implicit with 102.0 m; truth 100.0 m) and
wall time (61.2 s; next implicit with 95.0 s).
implicit is best in data misfit (1.00 %; next joint with 1.77 %).
";
    let Compared { table, verdict, .. } = compared(&run);
    let text = table.report(70, &verdict);
    assert_eq!(text, expected, "\n{text}");
}

/// The start is shown beside the members, but it takes no part in the comparison.
#[test]
fn the_start_is_no_member() {
    let mut run = comparison(41);
    run.outcomes.truncate(2);
    for (o, error) in run.outcomes.iter_mut().zip([0.0123, 0.02]) {
        o.metrics.velocity_relative_l2 = Some(error);
    }
    let mut summary = summary(&run);
    summary.start.insert("velocity_relative_l2".to_owned(), 0.001);
    let Compared { table, verdict, .. } = tables(&summary).swap_remove(0);
    let text = table.report(70, &verdict);
    let cells = |name: &str| {
        let line =
            text.lines().find(|line| line.starts_with(name)).unwrap_or_else(|| panic!("{name}\n{text}"));
        line.split_whitespace().map(str::to_owned).collect::<Vec<String>>()
    };
    let [heading, errors] = [cells("  "), cells("velocity error (%)")];
    assert_eq!(heading[2..], ["start", "truth"], "\n{text}");
    assert_eq!(errors[3..], ["1.23*", "2.00", "0.100"], "\n{text}");
    assert!(verdict[0].to_string().starts_with("joint is best in velocity error"), "{}", verdict[0]);
    assert!(table.html().into_string().contains("<th class=\"truth\" scope=\"col\">start</th>"));
}

#[test]
fn one_inversion_is_not_compared() {
    let mut run = comparison(21);
    run.outcomes.truncate(1);
    let verdict = compared(&run).verdict;
    assert_eq!(verdict.len(), 1);
    assert!(verdict[0].to_string().starts_with("joint finished: velocity error "), "{}", verdict[0]);
    run.outcomes[0].status = Status::Failed;
    let verdict = compared(&run).verdict;
    assert_eq!(verdict[0].to_string(), "No inversion finished, so there is nothing to compare.");
}
