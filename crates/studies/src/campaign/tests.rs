//! What a campaign says of made rows.

use super::paired::{overall, pairs};
use super::*;

/// A finished row.
fn row(scenario: &str, member: &str, group: &str, error: f64) -> Row {
    Row {
        scenario: scenario.to_owned(),
        member: member.to_owned(),
        group: group.to_owned(),
        method: group.to_owned(),
        status: "done".to_owned(),
        metric: "velocity_relative_l2".to_owned(),
        error: Some(error),
        start: Some(0.2),
        data_misfit: Some(0.03),
        pde_solves: Some(160.0),
        iterations: 10,
        cpu_s: 2.0,
        wall_s: 1.0,
        because: "iterations done".to_owned(),
    }
}

/// Three scenarios: a grid, and a network with two seeds, one of which fails in the last scenario.
fn rows() -> Vec<Row> {
    let mut rows = Vec::new();
    for (scenario, grid, networks) in
        [("a", 0.08, [0.03, 0.05]), ("b", 0.12, [0.05, 0.07]), ("c", 0.06, [0.02, 0.04])]
    {
        rows.push(row(scenario, "grid", "grid", grid));
        rows.push(row(scenario, "network-0", "network", networks[0]));
        rows.push(row(scenario, "network-1", "network", networks[1]));
    }
    rows
}

/// Seeds count as their mean; the ratio is the geometric mean over scenarios, which here is one half in each of them.
#[test]
fn members_are_compared_scenario_by_scenario() {
    let mut rows = rows();
    let all = overall(&rows);
    assert_eq!(all.iter().map(|of| of.name.as_str()).collect::<Vec<_>>(), ["grid", "network"]);
    // The grid's errors are below half of the start's 0.2 in two scenarios, the network's in all.
    assert_eq!([all[0].success, all[1].success], [Some(2.0 / 3.0), Some(1.0)]);
    assert!(
        (all[1].mean - (0.04 + 0.06 + 0.03) / 3.0).abs() < 1e-12 && (all[0].largest - 0.12).abs() < 1e-12
    );

    let [pair] = &pairs(&rows)[..] else { panic!("one pair") };
    assert_eq!((pair.name.as_str(), pair.by.as_str(), pair.scenarios, pair.wins), ("network", "grid", 3, 3));
    assert!((pair.ratio - 0.5).abs() < 1e-12, "{pair:?}");
    let [low, high] = pair.interval.unwrap();
    assert!((low - 0.5).abs() < 1e-9 && (high - 0.5).abs() < 1e-9, "no scenario differs: {pair:?}");

    // With ratios of 0.5, 0.5 and 2 the interval is wide and contains 1.
    rows[6].error = Some(0.015);
    let [pair] = &pairs(&rows)[..] else { panic!("one pair") };
    assert_eq!(pair.wins, 2);
    let [low, high] = pair.interval.unwrap();
    assert!(low < 0.2 && high > 3.0, "{pair:?}");
}

/// A seed that failed takes its scenario out of the member's means and pairs, but not out of the scenarios that count for its
/// success. Two scenarios are too few for an interval.
#[test]
fn failures_count() {
    let mut rows = rows();
    let last = rows.last_mut().unwrap();
    (last.status, last.error) = ("failed".to_owned(), None);
    rows.push(Row::without_result("d", &FwiError::Absent { what: "this" }));
    let all = overall(&rows);
    assert_eq!((all[1].scenarios, all[1].finished, all[1].success), (3, 2, Some(2.0 / 3.0)));
    let [pair] = &pairs(&rows)[..] else { panic!("one pair") };
    assert_eq!((pair.scenarios, &pair.interval), (2, &None));
    let text = text(&rows);
    assert!(text.contains("this is not part of this version"), "{text}");
    assert!(lines(&rows[9..]).starts_with("d: no result: "), "{}", lines(&rows[9..]));
    let page = page::html("made", &rows);
    assert!(page.contains("Student") && page.contains("href=\"a/report.html\""), "{page}");
}

/// Folders without scenarios, and files that would share a run directory, are refused.
#[test]
fn folders_that_are_no_campaign() {
    let folder = tempfile::tempdir().unwrap();
    let found = |folder: &Path| cases(folder).map_err(|error| error.to_string());
    assert!(found(folder.path()).unwrap_err().contains("no scenarios"));
    std::fs::write(folder.path().join("b.yaml"), "").unwrap();
    std::fs::write(folder.path().join("a.yml"), "").unwrap();
    std::fs::write(folder.path().join("notes.txt"), "").unwrap();
    let files = found(folder.path()).unwrap();
    assert_eq!(files.iter().map(|case| case.name.as_str()).collect::<Vec<_>>(), ["a", "b"]);
    std::fs::write(folder.path().join("a.yaml"), "").unwrap();
    assert!(found(folder.path()).unwrap_err().contains("same run directory"));
    assert!(found(&folder.path().join("absent")).unwrap_err().contains("cannot be read"));
}
