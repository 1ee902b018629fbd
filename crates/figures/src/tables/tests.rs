//! Tables folded to the terminal and on the page, the best marked, and the statistics of repetitions.

use super::*;

/// A member's name, group and metrics: error (lower), similarity (higher), radius (near 100), count (neither).
type Member = (&'static str, &'static str, [Option<f64>; 4]);

fn measures() -> Vec<Measure<Member>> {
    vec![
        Measure::new("velocity error", "%", Format::Percent, Better::Lower, |m| m.2[0]),
        Measure::new("SSIM", "", Format::Decimals(3), Better::Higher, |m| m.2[1]),
        Measure::new("disc radius", "m", Format::Decimals(1), Better::Near(100.0), |m| m.2[2]),
        Measure::new("iterations", "", Format::Decimals(0), Better::Neither, |m| m.2[3]),
    ]
}

fn table(members: &[Member]) -> Table {
    let row = |ink: usize, member: &Member| Row {
        group: member.1.to_owned(),
        labels: vec![if member.0.starts_with('g') { "grid" } else { "joint" }.to_owned()],
        ..Row::new(member.0, ink, None)
    };
    Table::new(&["method"], &measures(), members, row)
}

const THREE: [Member; 3] = [
    ("joint", "", [Some(0.0123), Some(0.9), Some(101.2), Some(1500.0)]),
    ("joint-2", "", [Some(0.02), Some(0.95), Some(97.0), Some(400.0)]),
    ("grid", "", [Some(0.5), None, Some(150.0), Some(30.0)]),
];

#[test]
fn rows_are_members_where_they_fit() {
    let expected = "                   velocity                 disc
         method   error (%)    SSIM   radius (m)   iterations
joint    joint         1.23*  0.900        101.2*        1500
joint-2  joint         2.00   0.950*        97.0          400
grid     grid          50.0       \u{2013}        150.0           30
truth                                      100.0
";
    let text = table(&THREE).text(80);
    assert_eq!(text, expected, "\n{text}");
}

/// A metric is a row, and a member a column, where that is narrower.
#[test]
fn a_narrow_terminal_turns_the_table() {
    let expected = "                    joint   joint-2    grid   truth
method              joint     joint    grid
velocity error (%)   1.23*     2.00    50.0
SSIM                0.900     0.950*      \u{2013}
disc radius (m)     101.2*     97.0   150.0   100.0
iterations           1500       400      30
";
    let text = table(&THREE).text(54);
    assert_eq!(text, expected, "\n{text}");
}

/// Twelve metrics of twelve members come in blocks, each with the names, and no line is wider than the terminal.
#[test]
fn twelve_by_twelve_is_folded_into_blocks() {
    let metrics: Vec<Metric> = (0..12)
        .map(|i| Metric {
            name: ["velocity error", "structural similarity", "time"][i % 3].into(),
            unit: "%",
            format: Format::Significant(3),
            better: Better::Lower,
            start: None,
        })
        .collect();
    let rows = (0..12).map(|i| Row {
        values: (0..12).map(|k| Some(f64::from(100 * i + k))).collect(),
        ..Row::new(&format!("member-{i}"), 0, None)
    });
    let table = Table { metrics, rows: rows.collect(), ..Table::default() };
    let text = table.text(80);
    assert!(text.lines().all(|line| line.chars().count() <= 80), "\n{text}");
    let blocks = text.matches("member-11").count();
    assert!((2..=3).contains(&blocks), "\n{text}");
    for value in (0..12).flat_map(|i| (0..12).map(move |k| 100 * i + k)) {
        let word = Format::Significant(3).text(f64::from(value));
        assert!(text.split_whitespace().any(|w| w.trim_end_matches('*') == word), "{word} is missing");
    }
    // However narrow the terminal is, every block has the names and one metric at least.
    assert_eq!(table.text(1).matches("member-11").count(), 12);
}

const REPEATED: [Member; 5] = [
    ("joint-seed-0", "joint", [Some(0.01), Some(0.9), Some(98.0), Some(1500.0)]),
    ("joint-seed-1", "joint", [Some(0.02), Some(0.8), Some(101.0), Some(1500.0)]),
    ("joint-seed-2", "joint", [Some(0.03), Some(0.7), Some(107.0), Some(1500.0)]),
    ("grid", "", [Some(0.05), Some(0.95), Some(110.0), Some(30.0)]),
    ("other", "alone", [Some(0.04), Some(0.5), Some(90.0), Some(30.0)]),
];

/// Repetitions are one member with mean, sample standard deviation and best; a group of one is that member.
#[test]
fn repetitions_have_mean_spread_and_best() {
    let expected = "                          velocity                 disc
                method   error (%)    SSIM   radius (m)   iterations
joint (3 runs)  joint         2.00*  0.800        102.0*        1500
  spread                       1.0    0.10          4.6
  best                        1.00   0.900        101.0
grid            grid          5.00   0.950*       110.0           30
other           joint         4.00   0.500         90.0           30
truth                                             100.0
";
    let repeated = table(&REPEATED);
    let text = repeated.text(80);
    assert_eq!(text, expected, "\n{text}");
    let said: Vec<String> = repeated
        .verdict("fit", &["velocity error", "SSIM", "absent"])
        .iter()
        .map(Sentence::to_string)
        .collect();
    let said = said.join(" ").replace('\u{a0}', " ");
    assert_eq!(
        said,
        "joint is best in velocity error (2.00 \u{b1} 1.0 %; next other with 4.00 %). \
         grid is best in SSIM (0.950; next joint with 0.800 \u{b1} 0.10)."
    );
    let page = repeated.html().into_string();
    assert!(
        page.contains("best 1.00") && page.contains("All runs") && page.contains("joint-seed-2"),
        "{page}"
    );
    // One by one each is a row of its own.
    assert_eq!(repeated.ungrouped().text(80).lines().count(), 2 + 5 + 1);
}

/// What did not finish is shown with its reason, counts in no statistic and is never best.
#[test]
fn trouble_is_told_and_never_best() {
    let mut table = table(&REPEATED);
    let trouble = |because: &str| Some(Failure { status: "diverged", because: because.to_owned() });
    table.rows[0].trouble = trouble("the objective became NaN");
    table.rows[3].trouble = trouble("a step of 1e9");
    let text = table.report(80, &[]);
    assert!(text.contains("joint (2 of 3 runs finished)"), "{text}");
    assert!(text.contains("joint-seed-0 diverged: the objective became NaN\n"), "{text}");
    assert!(text.contains("grid (diverged)") && !text.contains("0.950*"), "{text}");
    let joint = table.members()[0].statistics[0].unwrap();
    assert_eq!((joint.count, joint.best), (2, Some(0.02)));
}

/// The sample standard deviation of 1, 2, 3, 4 is sqrt(5/3); of one value it is 0; the best is by direction.
#[test]
fn statistics_have_closed_forms() {
    let of = |better| Statistic::of([1.0, 2.0, 3.0, 4.0].into_iter(), better).unwrap();
    assert_eq!(of(Better::Lower).mean, 2.5);
    assert!((of(Better::Lower).spread - (5.0f64 / 3.0).sqrt()).abs() < 1e-15);
    let best = [Better::Lower, Better::Higher, Better::Near(2.2), Better::Neither].map(|b| of(b).best);
    assert_eq!(best, [Some(1.0), Some(4.0), Some(2.0), None]);
    assert_eq!(Statistic::of([7.0].into_iter(), Better::Lower).unwrap().spread, 0.0);
    assert_eq!(Statistic::of(std::iter::empty(), Better::Lower), None);
}

/// On the page the text is escaped, the best has its class, few members are columns and many are rows.
#[test]
fn pages_turn_too() {
    let mut table = table(&THREE);
    table.rows[0].name = "<joint>".to_owned();
    let page = table.html().into_string();
    assert!(page.contains("&lt;joint&gt;") && !page.contains("<joint>"));
    assert_eq!(page.matches("class=\"best\"").count(), 3);
    assert_eq!(page.matches("<tr>").count(), 1 + 4);
    table.rows.extend(table.rows.clone());
    assert_eq!(table.html().into_string().matches("<tr>").count(), 1 + 6 + 1);
    assert_eq!(Table::default().html().into_string(), "");
}
