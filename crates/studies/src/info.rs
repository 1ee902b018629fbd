//! `fwi info`: a short description of a file or a folder.

use fd::Point;
use fields::Architecture;
use fwi::field_network::FieldNetwork;
use std::fmt::Write;
use std::path::Path;

use crate::migration::GATHERS;
use crate::spine::{Summary, table};
use experiments::activations::outcome::LayerSummary;
use fwi::checkpoint::CHECKPOINT;
use survey::data_error::DataError;
use survey::dataset::{self, Dataset};
use survey::gathers::GatherFile;
use survey::hdf5_file::Hdf5Reader;
use survey::import::segy;
use survey::matlab_file::MatlabFile;
use survey::model::Model;
use survey::model_io::{ComplexField, MODEL_FORMAT, WAVEFIELD_FORMAT};
use survey::npy;
use survey::parameter::{Parameter, Quantity};
use survey::snapshots::{self, SnapshotFile};
use survey::survey::Survey;
use survey::ticks::six_digits;
use survey::traces::Band;

/// Describes a data, model or wavefield file, a run directory, a folder with a checkpoint, or a file that
/// `fwi import` can read.
///
/// # Errors
/// [`DataError::Missing`], or the error of the file.
pub fn info(path: &Path) -> Result<String, DataError> {
    if path.is_dir() {
        return folder(path);
    }
    match path.extension().unwrap_or_default().to_string_lossy().to_lowercase().as_str() {
        "npy" => npy_file(path),
        "mat" => matlab_file(path),
        "safetensors" => checkpoint(path),
        "json" | "html" | "yaml" | "yml" | "csv" | "png" if path.is_file() => Ok(plain_file(path)),
        _ if segy::is_one(path) => segy::summary(path),
        _ => hdf5_file(path),
    }
}

fn hdf5_file(path: &Path) -> Result<String, DataError> {
    let format = Hdf5Reader::with(path, Hdf5Reader::format)?;
    match format.as_deref() {
        Some(GATHERS) => Hdf5Reader::with(path, |file| Ok(datasets(file, "image gathers"))),
        Some(dataset::FORMAT) if GatherFile::is_one(path)? => gathers(&GatherFile::open(path)?),
        Some(dataset::FORMAT) => Ok(data(&Dataset::read(path)?)),
        Some(MODEL_FORMAT) => models(path),
        Some(WAVEFIELD_FORMAT) => wavefield(&ComplexField::read(path)?),
        Some(snapshots::FORMAT) => Ok(snapshots(&SnapshotFile::read(path)?)),
        other => {
            let kind =
                other.map_or("HDF5 of another program".to_owned(), |f| format!("HDF5, format \"{f}\""));
            let import = "`fwi import` can read a model from it\n";
            Hdf5Reader::with(path, move |file| Ok(datasets(file, &kind) + import))
        }
    }
}

/// Most datasets in the list.
const LISTED: usize = 100;

/// Lists the datasets of a file.
fn datasets(file: &Hdf5Reader, kind: &str) -> String {
    let mut text = format!("{kind}\n");
    let names = file.dataset_names();
    for name in names.iter().take(LISTED) {
        let described = file.dataset(name).map(|set| {
            let of = set.dtype().and_then(|t| t.to_descriptor());
            format!("{:?} {}", set.shape(), of.map_or("of an unknown type".to_owned(), |t| t.to_string()))
        });
        line(&mut text, name, &described.unwrap_or_else(|_| "stored in another file".to_owned()));
    }
    if names.len() > LISTED {
        line(&mut text, "and", &format!("{} more", names.len() - LISTED));
    }
    text
}

fn data(data: &Dataset) -> String {
    let [nf, ns, nr] = data.shape();
    let mut text = String::from("receiver data, frequency domain\n");
    line(&mut text, "shape", &format!("{nf} frequencies, {ns} shots, {nr} receivers"));
    let frequencies: Vec<String> = data.frequencies.iter().map(|f| format!("{f:.4}")).collect();
    line(&mut text, "frequencies", &format!("{} Hz", shortened(&frequencies)));
    geometry(&mut text, &data.survey);
    let s = &data.survey;
    let kind = if s.variance > 0.0 {
        format!("Gaussian of {:.3} m standard deviation", s.variance.sqrt())
    } else {
        "point".to_owned()
    };
    line(&mut text, "source", &format!("{kind}, strength {}", s.strength));
    for (k, field) in data.fields.iter().enumerate() {
        let sizes = || data.of_field(k).into_iter().map(num_complex::Complex64::norm);
        let (lo, hi) = (sizes().fold(f64::INFINITY, f64::min), sizes().fold(0.0, f64::max));
        line(&mut text, &field.name, &format!("amplitude {lo:.4e} to {hi:.4e}"));
    }
    if let Some(hint) = data.hint() {
        line(&mut text, "note", &hint);
    }
    origin(&mut text, &data.scenario);
    text
}

/// Gathers, read shot by shot.
fn gathers(file: &GatherFile) -> Result<String, DataError> {
    let ([ns, _, nt], nr) = (file.header.shape(), file.header.survey.receivers.count());
    let mut text = String::from("receiver data, time domain\n");
    line(&mut text, "shape", &format!("{ns} shots, {nr} receivers, {nt} samples"));
    let end = file.header.dt * (nt - 1) as f64;
    line(&mut text, "time", &format!("every {} s up to {} s", six_digits(file.header.dt), six_digits(end)));
    geometry(&mut text, &file.header.survey);
    if let Some(place) = file.placement()? {
        let [east, north] = place.origin;
        let azimuth = place.azimuth();
        line(&mut text, "map", &format!("x = 0 at ({east:.2}, {north:.2}) m, azimuth {azimuth:.1} degrees"));
    }
    if let Some((emitted, step)) = file.wavelet()?
        && let Some(band) = emitted.all().iter().filter_map(|w| Band::of(w, step)).reduce(Band::and)
    {
        let (low, peak, high) = (band.low, band.peak, band.high);
        line(&mut text, "wavelet", &format!("{low:.2} to {high:.2} Hz, peak at {peak:.2} Hz"));
    }
    let mut largest = vec![0.0_f32; file.header.fields.len()];
    for shot in 0..ns {
        for (largest, traces) in largest.iter_mut().zip(file.read(shot)?.chunks(nr * nt)) {
            *largest = traces.iter().filter(|v| v.is_finite()).fold(*largest, |a, v| a.max(v.abs()));
        }
    }
    for (field, largest) in file.header.fields.iter().zip(largest) {
        line(&mut text, &field.name, &format!("amplitude up to {largest:.4e}"));
    }
    let bad = file.bad_traces()?;
    let of = |trace: &survey::gathers::BadTrace| match &file.header.fields[..] {
        [_] => String::new(),
        fields => format!(", {}", fields[trace.field].name),
    };
    for trace in bad.iter().take(5) {
        line(
            &mut text,
            "bad trace",
            &format!(
                "shot {}, receiver {}{} {}",
                trace.shot,
                trace.receiver,
                of(trace),
                trace.fault.in_words()
            ),
        );
    }
    if bad.len() > 5 {
        line(&mut text, "bad traces", &format!("{} in all", bad.len()));
    }
    origin(&mut text, &file.header.scenario);
    Ok(text)
}

/// The origin of data.
fn origin(text: &mut String, scenario: &str) {
    if let Some(first) = scenario.lines().find(|l| !l.trim().is_empty()) {
        line(text, "from", first);
    }
}

/// The positions of sources and receivers.
fn geometry(text: &mut String, survey: &Survey) {
    let sources = std::slice::from_ref(&survey.sources);
    for (name, sets) in [("sources", sources), ("receivers", survey.receivers.all())] {
        let dims = sets.iter().flatten().next().map_or(2, Point::dims);
        let side = |a: usize| {
            let values = || sets.iter().flatten().map(|p| p.coordinates()[a]);
            let lo = values().fold(f64::INFINITY, f64::min);
            let hi = values().fold(f64::NEG_INFINITY, f64::max);
            if hi > lo { format!("{lo:.1} to {hi:.1}") } else { format!("{lo:.1}") }
        };
        let moving = if sets.len() > 1 { ", each shot's own" } else { "" };
        let sides = fd::coordinate_names(dims).iter().enumerate();
        let sides: Vec<String> = sides.map(|(a, name)| format!("{name} {} m", side(a))).collect();
        line(text, name, &format!("{}{moving}", sides.join(", ")));
    }
}

/// A file of models: its grid, and the range of each parameter.
fn models(path: &Path) -> Result<String, DataError> {
    let all = Parameter::read_all(path)?;
    let plain = matches!(&all[..], [one] if one.quantity == Quantity::velocity());
    let mut text =
        if plain { "velocity model\n".to_owned() } else { format!("model of {} parameters\n", all.len()) };
    text += &all.first().map_or_else(String::new, |first| grid(&first.model));
    for Parameter { quantity, model } in &all {
        let [lo, hi] = model.range();
        if *quantity == Quantity::velocity() {
            line(&mut text, if plain { "velocity" } else { "vp" }, &format!("{lo:.2} to {hi:.2} m/s"));
            continue;
        }
        let [lo, hi] = [lo, hi].map(six_digits);
        line(&mut text, &quantity.name, &format!("{lo} to {hi}{}", quantity.suffix()));
    }
    Ok(text)
}

/// The grid of a model.
fn grid(model: &Model) -> String {
    let mut text = String::new();
    let axes = model.grid.axes();
    let all = |of: &dyn Fn(&str, &fd::Axis) -> String| -> String {
        let named = fd::coordinate_names(axes.len()).iter().zip(&axes);
        named.map(|(name, axis)| of(name, axis)).collect::<Vec<_>>().join(", ")
    };
    line(&mut text, "nodes", &all(&|name, axis| format!("{} along {name}", axis.nodes)));
    line(&mut text, "spacing", &all(&|name, axis| format!("d{name} {} m", axis.spacing)));
    line(&mut text, "extent", &all(&|name, axis| format!("{name} {} to {} m", axis.origin, axis.last())));
    text
}

fn wavefield(field: &ComplexField) -> Result<String, DataError> {
    let mut text = String::from("wavefield\n");
    let hi = field.values.iter().map(|p| p.norm()).fold(0.0, f64::max);
    line(&mut text, "nodes", &format!("{} along x, {} along z", field.grid.nx(), field.grid.nz()));
    line(&mut text, "frequency", &format!("{} Hz, shot {}", field.frequency, field.shot));
    line(&mut text, "pressure", &format!("amplitude up to {hi:.4e}"));
    Ok(text)
}

fn snapshots(file: &SnapshotFile) -> String {
    let mut text = String::from("wavefield in time\n");
    let hi = file.values.iter().flatten().fold(0.0, |a: f64, v| a.max(v.abs()));
    line(&mut text, "nodes", &format!("{} along x, {} along z", file.grid.nx(), file.grid.nz()));
    let times: Vec<String> = file.times.iter().map(|t| six_digits(*t).to_string()).collect();
    line(&mut text, "times", &format!("{} s, source {}", shortened(&times), file.source));
    line(&mut text, "pressure", &format!("amplitude up to {hi:.4e}"));
    text
}

fn npy_file(path: &Path) -> Result<String, DataError> {
    let header = npy::header(path)?;
    Ok(format!("NumPy array\n  shape        {:?} {}\n`fwi import` can read it\n", header.shape, header.dtype))
}

fn matlab_file(path: &Path) -> Result<String, DataError> {
    let mut text = String::from("MATLAB file\n");
    for v in MatlabFile::open(path)?.headers() {
        let complex = if v.complex { ", complex" } else { "" };
        line(&mut text, &v.name, &format!("{:?} {}{complex}", v.shape, v.class));
    }
    text.push_str("`fwi import` can read it\n");
    Ok(text)
}

/// A run directory, or the folder of one of its members.
fn folder(path: &Path) -> Result<String, DataError> {
    if path.join("summary.json").is_file() {
        let summary = Summary::of_run(path)?;
        return Ok(format!(
            "{} of scenario {}\n{}",
            summary.kind.key(),
            summary.scenario,
            table::text(&summary)
        ));
    }
    let file = |name: &str| Some(path.join(name)).filter(|path| path.is_file());
    if let Some(network) = file("network.safetensors") {
        return checkpoint(&network);
    }
    if let Some(file) = file("model.h5") {
        let steps = crate::inversions::history::read(&path.join("history.csv")).unwrap_or_default();
        let mut text = format!("one inversion\n{}", models(&file)?);
        if let Some(last) = steps.last() {
            line(&mut text, "iterations", &format!("{} in {:.1} s", last.iteration, last.wall_s));
        }
        return Ok(text);
    }
    if let Some(file) = file("wavefield.h5") {
        return hdf5_file(&file);
    }
    if let Some(file) = file("layers.csv") {
        let layers: Vec<LayerSummary> = survey::atomic::read_csv(&file)?;
        let mut text = String::from("statistics of a network\n");
        for layer in layers {
            let deviation = survey::ticks::significant(layer.pre_activation_deviation, 3);
            let words = format!("pre-activations of standard deviation {deviation}");
            line(&mut text, &format!("layer {}", layer.layer), &words);
        }
        return Ok(text);
    }
    if let Some(file) = file(CHECKPOINT) {
        return checkpoint(&file);
    }
    let missing = "summary.json, nor files of a member";
    Err(DataError::NotARun { path: path.to_owned(), missing })
}

/// The networks in a checkpoint file.
fn checkpoint(path: &Path) -> Result<String, DataError> {
    if !path.exists() {
        return Err(DataError::Missing { path: path.to_owned() });
    }
    let device = fields::device::parse("cpu");
    if let Some(field) = device.ok().and_then(|device| FieldNetwork::read(path, &device).ok()) {
        return field_network(path, &field);
    }
    let read = fields::checkpoint::Checkpoint::read(path);
    let read = read.map_err(|e| DataError::Text { path: path.to_owned(), problem: e.to_string() })?;
    let mut text = String::from("checkpoint of networks\n");
    for (name, a) in read.architectures() {
        let layers = format!("{} -> {} x {} -> {}", a.inputs, a.width, a.layers, a.outputs);
        let activation = format!("{:?}", a.activation);
        line(&mut text, name, &format!("{layers}, {activation}, {} parameters", a.parameter_count()));
    }
    if let Some(first) = read.notes.lines().find(|l| !l.trim().is_empty()) {
        line(&mut text, "notes", first);
    }
    Ok(text)
}

/// A field stored as a network.
fn field_network(path: &Path, field: &FieldNetwork) -> Result<String, DataError> {
    let (a, frame, grid) = (field.network.architecture(), &field.frame, field.grid(path)?);
    let mut text = format!("{} stored as a network by `fwi fit`\n", frame.meaning.label());
    let size = std::fs::metadata(path).map_or(0, |m| m.len());
    let smaller = 4.0 * grid.len() as f64 / size.max(1) as f64;
    let layers = layers(a);
    line(&mut text, "network", &format!("{layers}, {} parameters", a.parameter_count()));
    line(
        &mut text,
        "size",
        &format!(
            "{size} bytes, {} times smaller than as 32-bit numbers",
            survey::ticks::significant(smaller, 3)
        ),
    );
    let d = grid.domain();
    line(&mut text, "extent", &format!("x {} to {} m, z {} to {} m", d.lo[0], d.hi[0], d.lo[1], d.hi[1]));
    let [dx, dz] = grid.spacing;
    line(
        &mut text,
        "fitted at",
        &format!("{} x {} nodes (z, x), dx {dx} m, dz {dz} m", grid.nz(), grid.nx()),
    );
    let (error, largest) = (100.0 * frame.relative_l2, survey::ticks::significant(frame.largest, 3));
    let error = survey::ticks::significant(error, 3);
    line(
        &mut text,
        "error",
        &format!("{error} % (relative L2), largest {largest}{}", frame.meaning.suffix()),
    );
    text.push_str("`fwi export` evaluates it at any spacing\n");
    Ok(text)
}

fn plain_file(path: &Path) -> String {
    let size = std::fs::metadata(path).map_or(0, |m| m.len());
    format!("{} file, {size} bytes\n", path.extension().unwrap_or_default().to_string_lossy())
}

fn line(text: &mut String, name: &str, value: &str) {
    writeln!(text, "  {name:<12} {value}").expect("writing to a String cannot fail");
}

/// The first few and the last of a long list.
fn shortened(items: &[String]) -> String {
    match items {
        [a, b, c, .., last] if items.len() > 6 => {
            format!("{a}, {b}, {c} ... {last} ({} in all)", items.len())
        }
        _ => items.join(", "),
    }
}

/// "2 -> 64 x 3 -> 1, sine".
#[must_use]
pub fn layers(a: &Architecture) -> String {
    format!("{} -> {} x {} -> {}, {:?}", a.inputs, a.width, a.layers, a.outputs, a.activation)
}

#[cfg(test)]
mod tests;
