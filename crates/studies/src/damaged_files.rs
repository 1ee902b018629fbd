//! Fuzz test of all readers except HDF5: a damaged file is read, or gives an error that names it, but never a panic.
//!
//! A test of the command fuzzes HDF5 files, because it can stop a process that hangs.

use std::path::Path;

use crate::inversions::history::HistoryRow;
use crate::spine::Summary;
use scenario::Kind;
use survey::data_error::DataError;
use survey::import::{ImportOptions, import_data, import_model, import_traces};
use survey::wavelet;

/// Number of damaged copies of each file.
const COPIES: usize = 300;

/// Pseudo-random numbers from a fixed seed (SplitMix64).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }
}

/// A copy with one to four faults: flipped bits, or bytes that are overwritten, removed, repeated or cut off.
fn damaged(whole: &[u8], numbers: &mut Numbers) -> Vec<u8> {
    let mut bytes = whole.to_vec();
    for _ in 0..=numbers.below(4) {
        let at = numbers.below(bytes.len());
        let end = (at + 1 + numbers.below(16)).min(bytes.len());
        match numbers.below(8) {
            0 | 1 if !bytes.is_empty() => bytes[at] ^= 1 << numbers.below(8),
            2 if !bytes.is_empty() => bytes[at] = [0, 0xff, b'9', b'-', b'}', b'\n'][numbers.below(6)],
            3 => bytes[at..end].fill(0),
            4 => bytes[at..end].fill(0xff),
            5 => drop(bytes.drain(at..end)),
            6 => {
                let piece = bytes[at..end].to_vec();
                bytes.splice(at..at, piece);
            }
            _ => bytes.truncate(at),
        }
    }
    bytes
}

/// Reads a file; the error as text.
type Reader = fn(&Path) -> Result<(), String>;

fn told<T>(result: Result<T, DataError>) -> Result<(), String> {
    result.map(drop).map_err(|error| error.to_string())
}

fn model(path: &Path) -> Result<(), String> {
    told(import_model(
        path,
        None,
        &ImportOptions { spacing: Some([10.0; 2].into()), ..ImportOptions::default() },
    ))
}

fn array(path: &Path) -> Result<(), String> {
    told(survey::array::read(path, 1.0))
}

fn emitted(path: &Path) -> Result<(), String> {
    let file = wavelet::File { path: path.to_owned(), dt: 0.002, column: Some(1), amplitude: 1.0 };
    told(file.read(Path::new("")))
}

fn network(path: &Path) -> Result<(), String> {
    let device = fields::device::parse("cpu").expect("there is always a CPU");
    told(fwi::field_network::FieldNetwork::read(path, &device))?;
    fields::checkpoint::Checkpoint::read(path).map(drop).map_err(|error| error.to_string())
}

/// Options with the positions, which are in undamaged files beside the damaged one.
fn with_positions(path: &Path) -> ImportOptions {
    let beside = |name: &str| Some(path.with_file_name(name));
    ImportOptions { sources: beside("s.npy"), receivers: beside("r.npy"), ..ImportOptions::default() }
}

fn traces(path: &Path) -> Result<(), String> {
    told(import_traces(path, None, &ImportOptions { interval: Some(0.002.into()), ..with_positions(path) }))
}

fn matlab(path: &Path) -> Result<(), String> {
    told(import_data(path, None, &ImportOptions { frequency: vec![3.0], ..ImportOptions::default() }))?;
    model(path)
}

/// Writes undamaged files; their names and readers.
fn files(folder: &Path) -> Vec<(&'static str, Reader)> {
    let write = |name: &str, bytes: &[u8]| std::fs::write(folder.join(name), bytes).unwrap();
    let npy = survey::npy::encode;
    write("s.npy", &npy(&[2, 2], &[0.0, 0.0, 100.0, 0.0]));
    write("r.npy", &npy(&[3, 2], &[0.0, 50.0, 50.0, 50.0, 100.0, 50.0]));
    write("model.npy", &npy(&[3, 4], &[1500.0; 12]));
    write("array.npy", &npy(&[8, 9], &[1.0; 72]));
    write("traces.npy", &npy(&[2, 3, 4], &[1.0; 24]));
    write("plain.mat", include_bytes!("../../survey/src/import/matlab/plain.mat"));
    write("packed.mat", include_bytes!("../../survey/src/import/matlab/compressed.mat"));
    write("w.txt", b"time pressure\n0.0 0.5\n0.002 -1.5e-3\n0.004 2.5D-1\n0.006 7\n");
    write("w.csv", b"Zeit;Druck\r\n0,0;0,5\r\n0,002;1,5\r\n0,004;2\r\n");
    let picture = std::fs::File::create(folder.join("a.png")).unwrap();
    let mut encoder = png::Encoder::new(picture, 12, 9);
    encoder.set_color(png::ColorType::Rgb);
    encoder.write_header().unwrap().write_image_data(&[77; 12 * 9 * 3]).unwrap();
    let row = HistoryRow { objective: Some(1.5), ..HistoryRow::default() };
    crate::inversions::history::write(&folder.join("history.csv"), &[row; 3]).unwrap();
    let summary = Summary::new(Kind::Fits, "damaged", "0123".to_owned(), &[]);
    summary.write(&folder.join("summary.json")).unwrap();
    let device = fields::device::parse("cpu").unwrap();
    let network_of = fields::Network::init(&fields::Architecture::siren(4, 2, 1), 1, &device).unwrap();
    let saved = fields::checkpoint::Checkpoint::new("step 40").with_network("velocity", &network_of);
    saved.write(&folder.join("a.safetensors")).unwrap();
    vec![
        ("model.npy", model),
        ("array.npy", array),
        ("traces.npy", traces),
        ("plain.mat", matlab),
        ("packed.mat", matlab),
        ("w.txt", emitted),
        ("w.csv", emitted),
        ("a.png", array),
        ("history.csv", |path| told(crate::inversions::history::read(path))),
        ("summary.json", |path| told(Summary::read(path))),
        ("a.safetensors", network),
    ]
}

#[test]
fn readers_answer_or_name_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let mut numbers = Numbers(1);
    for (name, read) in files(folder.path()) {
        let path = folder.path().join(name);
        let whole = std::fs::read(&path).unwrap();
        // These files are read in two ways, of which one gives an error.
        if name != "a.safetensors" && !name.ends_with(".mat") {
            read(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
        }
        let mut refused = 0;
        for copy in 0..COPIES {
            let bytes = damaged(&whole, &mut numbers);
            std::fs::write(&path, &bytes).unwrap();
            if let Err(error) = read(&path) {
                assert!(error.contains(name), "copy {copy} of {name}: {error}");
                refused += 1;
            }
        }
        assert!(refused > COPIES / 20, "{name}: {refused} of {COPIES} copies were refused");
        std::fs::write(&path, &whole).unwrap();
    }
}
