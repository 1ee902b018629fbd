//! The page of a small file, and of a large one.

use fd::Point;
use survey::gathers::{GatherHeader, GatherWriter, RecordedField};
use survey::per_shot::PerShot;

use super::*;

const DT: f64 = 0.004;

/// A line with waves that move out with 2000 m/s, with one reversed trace.
fn write(path: &Path, shots: usize, receivers: usize, samples: usize) {
    let at = |x: f64| Point::from([x, 0.0]);
    let source = |shot: usize| at(40.0 * shot as f64);
    let spread =
        |shot: usize| (0..receivers).map(|k| at(40.0 * shot as f64 + 100.0 + 20.0 * k as f64)).collect();
    let survey = GatherHeader::survey(
        (0..shots).map(source).collect(),
        PerShot::ByShot((0..shots).map(spread).collect()),
    );
    let fields = vec![RecordedField::pressure()];
    let header = GatherHeader { survey, dt: DT, samples, fields, scenario: "made".to_owned() };
    let mut random = 1_u32;
    GatherWriter::create(path, &header, None, |out| {
        for shot in 0..shots {
            let mut gather = Vec::with_capacity(receivers * samples);
            for k in 0..receivers {
                let onset = 0.25 + 0.01 * k as f64;
                let sign = if (shot, k) == (1, 3) { -1.0 } else { 1.0 };
                gather.extend((0..samples).map(|i| {
                    let t = i as f64 * DT - onset - 0.06;
                    let a = (std::f64::consts::PI * 12.0 * t).powi(2);
                    random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    let noise = 0.05 * (f64::from(random) / f64::from(u32::MAX) - 0.5);
                    (sign * (1.0 - 2.0 * a) * (-a).exp() + noise) as f32
                }));
            }
            out.put(shot, &gather)?;
        }
        Ok::<(), DataError>(())
    })
    .unwrap();
}

fn page(shots: usize, receivers: usize, samples: usize) -> String {
    let folder = tempfile::tempdir().unwrap();
    let [data, page] = ["line.h5", "line-qc.html"].map(|name| folder.path().join(name));
    write(&data, shots, receivers, samples);
    write_of_file(&data, &page).unwrap();
    std::fs::read_to_string(page).unwrap()
}

/// Every section is there, and nothing is loaded from elsewhere.
#[test]
fn a_page_has_every_section() {
    let page = page(4, 24, 250);
    for words in [
        "Quality control",
        "Summary",
        "Suspicious traces",
        "Geometry",
        "Fold",
        "Offsets",
        "Gathers",
        "wiggle",
        "Spectra",
        "Usable from",
        "Amplitude against offset",
        "Apparent velocities",
        "polarity: {traces: [{shot: 1, receivers: [3]}]}",
    ] {
        assert!(page.contains(words), "no `{words}`");
    }
    assert!(!page.contains("http://") && !page.contains("https://") && !page.contains("<script src"));
}

/// However many traces there are, the page is below 10 MB.
#[test]
fn pages_are_small() {
    let page = page(30, 120, 800);
    assert!(page.len() < 5_000_000, "{}", page.len());
}
