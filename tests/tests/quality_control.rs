//! The page of a quality control, from the commands that write it.

use std::path::Path;

use segy::{Kind, SampleFormat, Scalars, TraceFacts, WriteOptions, Writer};
use survey::gathers::GatherFile;

use super::support::{fail, succeed};

const SHOTS: usize = 4;
const RECEIVERS: usize = 30;
const SAMPLES: usize = 400;
const DT: f64 = 0.004;

/// A trace with a wave that arrives later with the offset, and noise of 2 % of its amplitude.
fn trace(shot: usize, receiver: usize) -> Vec<f32> {
    let mut random = (1 + shot * RECEIVERS + receiver) as u32;
    let onset = 0.4 + 0.0125 * receiver as f64;
    let sample = |i: usize| {
        let t = i as f64 * DT - onset - 0.06;
        let a = (std::f64::consts::PI * 12.0 * t).powi(2);
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let noise = 0.07 * (f64::from(random) / f64::from(u32::MAX) - 0.5);
        ((1.0 - 2.0 * a) * (-a).exp() + noise) as f32
    };
    (0..SAMPLES).map(sample).collect()
}

/// Writes a line in which some traces have defects.
fn write(path: &Path, change: impl Fn(usize, usize, &mut Vec<f32>)) {
    let place = |shot: usize, receiver: Option<usize>| {
        let x = 50.0 * shot as f64 + receiver.map_or(0.0, |k| 100.0 + 25.0 * k as f64);
        [x, 0.0, if receiver.is_some() { 5.0 } else { 8.0 }]
    };
    let all = (0..SHOTS).flat_map(|shot| (0..RECEIVERS).map(move |k| place(shot, Some(k))));
    let sources = (0..SHOTS).map(|shot| place(shot, None));
    let options = WriteOptions {
        kind: Kind::SegY,
        su_byte_order: segy::ByteOrder::Little,
        format: SampleFormat::Ieee32,
        interval: DT,
        samples: SAMPLES,
        record_traces: RECEIVERS,
        scalars: Scalars::of(all.chain(sources)).unwrap(),
        text: Vec::new(),
    };
    let mut writer = Writer::new(Vec::new(), &options).unwrap();
    for shot in 0..SHOTS {
        for k in 0..RECEIVERS {
            let facts = TraceFacts {
                record: 100 + shot as i32,
                channel: k as i32 + 1,
                ensemble: 0,
                ensemble_at: None,
                dead: false,
                source: place(shot, None),
                receiver: place(shot, Some(k)),
                start: 0.0,
                others: Vec::new(),
            };
            let mut samples = trace(shot, k);
            change(shot, k, &mut samples);
            writer.trace(&facts, &samples).unwrap();
        }
    }
    std::fs::write(path, writer.finish().unwrap()).unwrap();
}

/// A dead, a clipped, a reversed, a duplicated and a noisy trace.
fn with_defects(shot: usize, receiver: usize, samples: &mut Vec<f32>) {
    match (shot, receiver) {
        (0, 4) => samples.fill(0.0),
        (1, 9) => samples.iter_mut().for_each(|v| *v = v.clamp(-0.3, 0.3)),
        (2, 20) => samples.iter_mut().for_each(|v| *v = -*v),
        (2, 12) => *samples = trace(0, 11),
        (3, 15) => {
            let noise = trace(9, 500);
            samples.iter_mut().zip(noise).for_each(|(v, noise)| *v += 20.0 * noise);
        }
        _ => {}
    }
}

fn page(folder: &Path, name: &str) -> String {
    std::fs::read_to_string(folder.join(name)).unwrap()
}

/// The page names every suspicious trace as in the file and as in the data; the scenario has what is suggested for them, and is valid.
#[test]
fn suspicious_traces_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    write(&here.join("line.sgy"), with_defects);
    let said = succeed(here, &["import", "line.sgy", "--scenario", "line.yaml"]);
    for words in ["suspicious   traces: 1 noisy, 1 clipped, 1 reversed, 1 duplicate", "line-qc.html"] {
        assert!(said.contains(words), "no `{words}` in\n{said}");
    }
    let found = page(here, "line-qc.html");
    let kill = "- kill: {traces: [{shot: 1, receivers: [9]}, {shot: 2, receivers: [12]}, {shot: 3, receivers: [15]}]}";
    let polarity = "- polarity: {traces: [{shot: 2, receivers: [20]}]}";
    // Shot 1 is 101 in the file; its trace 9 is the 40th there.
    for words in [
        "<td>1</td><td>9</td><td>101</td><td>40</td>",
        "as shot 0, receiver 11",
        kill,
        polarity,
        "mask_dead_traces",
    ] {
        assert!(found.contains(words), "no `{words}`");
    }
    assert!(found.len() < 2_000_000, "{}", found.len());
    let scenario = std::fs::read_to_string(here.join("line.yaml")).unwrap();
    for words in ["processing:", kill, polarity, "mask_dead_traces: true"] {
        assert!(scenario.contains(words), "no `{words}` in\n{scenario}");
    }
    assert!(succeed(here, &["check", "line.yaml"]).contains("valid"));

    // The same traces are found in the data, and in the file without an import.
    succeed(here, &["info", "line.h5", "--html", "of-data.html"]);
    succeed(here, &["info", "line.sgy", "--html", "of-file.html"]);
    for name in ["of-data.html", "of-file.html"] {
        let found = page(here, name);
        assert!(found.contains(kill) && found.contains(polarity), "{name}");
    }
}

/// Good traces are not suspicious, and the scenario says nothing of them.
#[test]
fn good_traces() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    write(&here.join("good.sgy"), |_, _, _| {});
    let said = succeed(here, &["import", "good.sgy", "--scenario", "good.yaml"]);
    assert!(!said.contains("suspicious"), "{said}");
    assert!(page(here, "good-qc.html").contains("0 of 120 traces"));
    assert!(!std::fs::read_to_string(here.join("good.yaml")).unwrap().contains("processing"));
}

/// The page is optional, has a name of its own, and is not overwritten.
#[test]
fn names_of_pages() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    write(&here.join("line.sgy"), |_, _, _| {});
    succeed(here, &["import", "line.sgy", "--no-qc"]);
    assert!(!here.join("line-qc.html").exists());
    std::fs::write(here.join("mine.html"), "mine").unwrap();
    for arguments in [
        &["import", "line.sgy", "-o", "new.h5", "--qc", "mine.html"][..],
        &["info", "line.sgy", "--html", "mine.html"],
        &["info", "line.h5", "--html", "mine.html"],
    ] {
        let error = fail(here, arguments, 2);
        assert!(error.contains("mine.html: exists") && error.contains("--force"), "{error}");
    }
    assert!(!here.join("new.h5").exists());
    succeed(here, &["import", "line.sgy", "-o", "new.h5", "--qc", "mine.html", "--force"]);
    assert!(page(here, "mine.html").contains("Quality control"));
    assert!(!here.join("new-qc.html").exists() && GatherFile::open(&here.join("new.h5")).is_ok());
    succeed(here, &["info", "line.h5", "--html", "mine.html", "--force"]);
    let error = fail(here, &["import", "line.sgy", "-o", "same.h5", "--qc", "same.h5"], 2);
    assert!(error.contains("--qc same.h5: would be overwritten"), "{error}");
    // By another name of a file that is not there yet.
    let whole = here.join("same.h5");
    let error = fail(here, &["import", "line.sgy", "-o", whole.to_str().unwrap(), "--qc", "same.h5"], 2);
    assert!(error.contains("would be overwritten") && !whole.exists(), "{error}");
    let error = fail(here, &["info", "line.h5", "--html", "line.h5", "--force"], 2);
    assert!(error.contains("would be overwritten"), "{error}");
}

/// Files without traces in time, and options that would have no effect, are refused.
#[test]
fn refusals() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    write(&here.join("line.sgy"), |_, _, _| {});
    std::fs::write(here.join("a.npy"), b"\x93NUMPY").unwrap();
    for (arguments, words) in [
        (&["info", "a.npy", "--html", "a.html"][..], "has no traces in time"),
        (&["info", "absent.h5", "--html", "a.html"], "absent.h5: no such file"),
        (&["info", "line.sgy", "--units", "ft"], "--html"),
        (&["info", "a.npy", "--units", "ft", "--html", "a.html"], "is not a SEG-Y or SU file"),
        (&["import", "a.npy", "--no-qc"], "--no-qc"),
        (&["import", "a.npy", "--qc", "a.html"], "--qc"),
        (&["info", "line.sgy", "--group-by", "xyz", "--html", "a.html"], "xyz"),
    ] {
        let error = fail(here, arguments, 2);
        assert!(error.contains(words), "no `{words}` in {error}");
        assert!(!here.join("a.html").exists());
    }
}
