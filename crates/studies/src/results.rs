//! Results of members of every kind of study in other formats.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use document::numbers::short;

use crate::export::exporter;
use crate::spine::directory::member_folder;
use crate::spine::summary::Summary;
use experiments::activations::outcome::LayerSummary;
use fd::Grid;
use figures::{Axis, Chart, Curve, Ink, Map, Scale, map_figure, map_rows, robust_amplitude};
use num_complex::Complex64;
use scenario::Kind;
use survey::atomic;
use survey::data_error::DataError;
use survey::hdf5_file::{Hdf5Reader, Hdf5Writer};
use survey::model::{resampled, sample};
use survey::model_io::ComplexField;
use survey::npy;
use survey::snapshots::SnapshotFile;
use survey::ticks::significant;

/// The file of a member's result, by kind of study.
#[must_use]
pub const fn result_file(kind: Kind) -> &'static str {
    match kind {
        Kind::Inversions => "model.h5",
        Kind::Fits => "network.safetensors",
        Kind::Wavefields | Kind::Evolutions => "wavefield.h5",
        Kind::Statistics => "layers.csv",
    }
}

/// The results of all members of a run directory that have one.
///
/// # Errors
/// As [`Summary::of_run`].
pub fn results(directory: &Path) -> Result<Vec<PathBuf>, DataError> {
    let summary = Summary::of_run(directory)?;
    let file = result_file(summary.kind);
    let files = summary.members.iter().map(|member| member_folder(directory, &member.name).join(file));
    Ok(files.filter(|path| path.is_file()).collect())
}

/// A result that is no velocity model and no network.
pub enum Other {
    /// A wavefield at a frequency.
    Wavefield(ComplexField),
    /// Wavefields at some times.
    Snapshots(SnapshotFile),
    /// Statistics of the layers of a network.
    Layers(Vec<LayerSummary>),
}

impl Other {
    /// Reads the result in a file; nothing where it is a model or a network.
    ///
    /// # Errors
    /// What is wrong with the file.
    pub fn read(path: &Path) -> Result<Option<Other>, DataError> {
        let ending = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
        if ending == "csv" {
            return atomic::read_csv(path).map(Other::Layers).map(Some);
        }
        if ending != "h5" && ending != "hdf5" {
            return Ok(None);
        }
        Ok(match Hdf5Reader::with(path, Hdf5Reader::format)?.as_deref() {
            Some(survey::model_io::WAVEFIELD_FORMAT) => Some(Other::Wavefield(ComplexField::read(path)?)),
            Some(survey::snapshots::FORMAT) => Some(Other::Snapshots(SnapshotFile::read(path)?)),
            _ => None,
        })
    }

    /// The same at another spacing (m), by linear interpolation along each axis; statistics of layers have none and stay.
    ///
    /// # Errors
    /// As [`resampled`].
    pub fn resample(self, spacing: f64) -> Result<Other, DataError> {
        let onto = |from: &Grid, to: &Grid, values: &[f64]| -> Vec<f64> {
            to.nodes().map(|at| sample(from, values, at)).collect()
        };
        Ok(match self {
            Other::Wavefield(field) => {
                let grid = resampled(&field.grid, spacing)?;
                let part = |of: fn(&Complex64) -> f64| field.values.iter().map(of).collect::<Vec<f64>>();
                let [real, imaginary] =
                    [part(|v| v.re), part(|v| v.im)].map(|part| onto(&field.grid, &grid, &part));
                let values = real.into_iter().zip(imaginary).map(|(re, im)| Complex64::new(re, im));
                Other::Wavefield(ComplexField { grid, values: values.collect(), ..field })
            }
            Other::Snapshots(file) => {
                let grid = resampled(&file.grid, spacing)?;
                let values = file.values.iter().map(|values| onto(&file.grid, &grid, values)).collect();
                Other::Snapshots(SnapshotFile { grid, values, ..file })
            }
            Other::Layers(layers) => Other::Layers(layers),
        })
    }

    /// The files that [`export`](Self::export) writes.
    #[must_use]
    pub fn targets(&self, format: &str, path: &Path) -> Vec<PathBuf> {
        match (format, self) {
            ("vti", Other::Snapshots(file)) => file.collection_files(path),
            _ => vec![path.to_owned()],
        }
    }

    /// Writes it in the format of that name, to a temporary name first. Returns the file; of wavefields in time as VTK images it is the
    /// collection that names them.
    ///
    /// # Errors
    /// [`DataError::UnknownFormat`]; [`DataError::Unwritable`].
    pub fn export(&self, format: &str, path: &Path) -> Result<PathBuf, DataError> {
        let written = match (exporter(format)?.name, self) {
            ("vti", Other::Snapshots(file)) => return file.write_collection(path),
            ("vti", Other::Wavefield(field)) => field.write_image(path),
            ("hdf5", Other::Wavefield(field)) => field.write(path),
            ("hdf5", Other::Snapshots(file)) => file.write(path),
            ("hdf5", Other::Layers(layers)) => layers_to_hdf5(layers, path),
            ("npy", _) => atomic::write_bytes(path, &self.npy()),
            ("csv", _) => atomic::write_bytes(path, self.csv().as_bytes()),
            ("png", _) => atomic::write_bytes(path, &self.png()),
            (found, _) => {
                let mut known = vec!["hdf5", "npy", "csv", "png"];
                known.extend((!matches!(self, Other::Layers(_))).then_some("vti"));
                let what = "export format of wavefields and layers";
                Err(DataError::UnknownFormat { what, found: found.to_owned(), known })
            }
        };
        written.map(|()| path.to_owned())
    }

    /// Wavefields as `[2, z, x]`: real and imaginary part; in time as `[time, z, x]`; statistics as `[layer, column]`.
    fn npy(&self) -> Vec<u8> {
        match self {
            Other::Wavefield(field) => {
                let [nz, nx] = field.grid.shape;
                let parts = field.values.iter().map(|v| v.re).chain(field.values.iter().map(|v| v.im));
                npy::encode(&[2, nz, nx], &parts.collect::<Vec<_>>())
            }
            Other::Snapshots(file) => {
                let [nz, nx] = file.grid.shape;
                npy::encode(&[file.times.len(), nz, nx], &file.values.concat())
            }
            Other::Layers(layers) => {
                let rows: Vec<f64> = layers.iter().flat_map(|l| columns(l).map(|(_, v)| v)).collect();
                npy::encode(&[layers.len(), rows.len() / layers.len().max(1)], &rows)
            }
        }
    }

    fn csv(&self) -> String {
        let mut text = String::new();
        match self {
            Other::Wavefield(field) => {
                text += "x_m,z_m,real,imaginary\n";
                for ([x, z], v) in field.grid.points().zip(&field.values) {
                    let _ = writeln!(text, "{x},{z},{},{}", v.re, v.im);
                }
            }
            Other::Snapshots(file) => {
                text += "time_s,x_m,z_m,pressure_pa\n";
                for (t, values) in file.times.iter().zip(&file.values) {
                    for ([x, z], v) in file.grid.points().zip(values) {
                        let _ = writeln!(text, "{t},{x},{z},{v}");
                    }
                }
            }
            Other::Layers(layers) => {
                let names =
                    layers.first().map(|layer| columns(layer).map(|(name, _)| name)).unwrap_or_default();
                text += &format!("{}\n", names.join(","));
                for layer in layers {
                    let row = columns(layer).map(|(_, value)| value.to_string());
                    text += &format!("{}\n", row.join(","));
                }
            }
        }
        text
    }

    fn png(&self) -> Vec<u8> {
        let signed = |values: &[f64], quantile: f64, label: &str| {
            let amplitude = robust_amplitude(values.iter().copied(), quantile).max(f64::MIN_POSITIVE);
            Scale::signed(amplitude, label)
        };
        match self {
            Other::Wavefield(field) => {
                let real: Vec<f64> = field.values.iter().map(|v| v.re).collect();
                let title = format!("shot {}, {} Hz", field.shot, significant(field.frequency, 5));
                let maps = [Map::new(title, &field.grid, &real)];
                map_figure(&maps, &signed(&real, 0.995, "real part of the pressure")).to_png()
            }
            Other::Snapshots(file) => {
                let mut rows: Vec<(Vec<Map>, Scale)> = Vec::new();
                for (t, values) in file.times.iter().zip(&file.values) {
                    let map = Map::new(format!("t = {} s", short(*t)), &file.grid, values);
                    rows.push((vec![map], signed(values, 1.0, "pressure (Pa)")));
                }
                map_rows(&rows).to_png()
            }
            Other::Layers(layers) => {
                type Value = fn(&LayerSummary) -> f64;
                let all: [(&str, Value); 3] = [
                    ("pre-activations", |l| l.pre_activation_deviation),
                    ("activations", |l| l.activation_deviation),
                    ("gradients", |l| l.activation_gradient_deviation),
                ];
                let curves = all.iter().enumerate().map(|(i, (name, value))| {
                    let points = layers.iter().map(|l| [l.layer as f64, value(l)]).collect();
                    Curve::new(*name, Ink::Series(i), points)
                });
                let chart = Chart {
                    title: "Standard deviations by layer".to_owned(),
                    x: Axis::linear("layer"),
                    y: Axis::logarithmic("standard deviation"),
                    curves: curves.collect(),
                    plot: [390.0, 220.0],
                };
                chart.drawing().to_png()
            }
        }
    }
}

/// The numbers of a layer by name.
fn columns(l: &LayerSummary) -> [(&'static str, f64); 11] {
    [
        ("layer", l.layer as f64),
        ("pre_activation_mean", l.pre_activation_mean),
        ("pre_activation_deviation", l.pre_activation_deviation),
        ("from_normal", l.from_normal),
        ("from_own_normal", l.from_own_normal),
        ("activation_mean", l.activation_mean),
        ("activation_deviation", l.activation_deviation),
        ("from_arcsine", l.from_arcsine),
        ("independent", l.independent),
        ("activation_gradient_deviation", l.activation_gradient_deviation),
        ("weight_gradient_deviation", l.weight_gradient_deviation),
    ]
}

/// One dataset a column, `/layers/NAME` `[layer]`.
fn layers_to_hdf5(layers: &[LayerSummary], path: &Path) -> Result<(), DataError> {
    Hdf5Writer::create(path, "fwi-layers", 1, |out| {
        out.group("layers")?;
        let names = layers.first().map(columns).unwrap_or_default().map(|(name, _)| name);
        for (k, name) in names.iter().enumerate().filter(|(_, name)| !name.is_empty()) {
            let column: Vec<f64> = layers.iter().map(|layer| columns(layer)[k].1).collect();
            out.array(&format!("layers/{name}"), &[column.len()], None, &column)?;
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Linear fields are the same at every spacing, at frequencies and in time, on sections and volumes.
    #[test]
    fn fields_at_any_spacing() {
        let axis = |spacing: f64, nodes: usize| fd::Axis { origin: 5.0, spacing, nodes };
        let axes = [axis(10.0, 6), axis(10.0, 5), axis(10.0, 7)];
        for axes in [&axes[..1], &axes[1..], &axes[..]] {
            let grid = Grid::of_axes(axes).unwrap();
            let value = |at: fd::Point| 1.0 + at.x() - 0.5 * at.y() + 0.25 * at.z();
            let values: Vec<f64> = grid.nodes().map(value).collect();
            let complex = values.iter().map(|v| Complex64::new(*v, -2.0 * v)).collect();
            let field = ComplexField { grid, values: complex, frequency: 5.0, shot: 1 };
            let file =
                SnapshotFile { grid, times: vec![0.0, 0.1], values: vec![values.clone(), values], source: 0 };
            for spacing in [2.5, 7.0, 10.0, 20.0] {
                let Other::Wavefield(field) = Other::Wavefield(field.clone()).resample(spacing).unwrap()
                else {
                    unreachable!()
                };
                let Other::Snapshots(file) = Other::Snapshots(file.clone()).resample(spacing).unwrap() else {
                    unreachable!()
                };
                assert_eq!((field.grid, field.grid.spacing[0], field.shot), (file.grid, spacing, 1));
                for (k, at) in field.grid.nodes().enumerate() {
                    let expected = value(at);
                    assert!((field.values[k] - Complex64::new(expected, -2.0 * expected)).norm() < 1e-12);
                    assert!((file.values[1][k] - expected).abs() < 1e-12);
                }
            }
            assert!(Other::Wavefield(field).resample(1e4).is_err());
        }
    }
}
