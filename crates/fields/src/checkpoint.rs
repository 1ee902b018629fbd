//! Checkpoints: networks and optimiser state in one safetensors file, with the architecture stored with the weights.
//!
//! The chapter on data formats describes the layout, with a reader in Python.

use std::collections::{BTreeMap, HashMap};
use std::io::Write;
use std::path::Path;

use burn::tensor::Device;
use safetensors::tensor::{Dtype, TensorView};
use safetensors::{SafeTensors, serialize};

use crate::architecture::Architecture;
use crate::error::FieldsError;
use crate::network::Network;
use crate::optimizer::{self, Optimizer};

/// The format name in the header.
const FORMAT: &str = "fields-checkpoint-1";

/// Named rows of numbers, as returned by [`Optimizer::state`].
type Rows = Vec<(String, Vec<f32>)>;

/// The contents of a checkpoint.
#[derive(Debug, Clone, Default)]
pub struct Checkpoint {
    networks: Vec<(String, Architecture, Vec<Vec<f32>>)>,
    optimizers: Vec<(String, String, Rows)>,
    numbers: Vec<(String, Vec<f64>)>,
    facts: BTreeMap<String, String>,
    /// Anything else that the run needs to resume (step, seeds, stage), as text.
    pub notes: String,
}

impl Checkpoint {
    /// An empty checkpoint with notes.
    #[must_use]
    pub fn new(notes: &str) -> Self {
        Self { notes: notes.to_owned(), ..Self::default() }
    }

    /// Adds a network under a name.
    #[must_use]
    pub fn with_network(mut self, name: &str, network: &Network) -> Self {
        self.networks.push((name.to_owned(), *network.architecture(), network.parameter_values()));
        self
    }

    /// Adds the state of the optimiser that moves the network of that name.
    #[must_use]
    pub fn with_optimizer(mut self, of: &str, optimizer: &dyn Optimizer) -> Self {
        self.optimizers.push((of.to_owned(), optimizer.name().to_owned(), optimizer.state()));
        self
    }

    /// Adds a row of numbers under a name, in double precision.
    #[must_use]
    pub fn with_numbers(mut self, name: &str, numbers: Vec<f64>) -> Self {
        self.numbers.push((name.to_owned(), numbers));
        self
    }

    /// Adds a fact about the networks for readers of the file, as JSON.
    #[must_use]
    pub fn with_fact(mut self, name: &str, json: &serde_json::Value) -> Self {
        self.facts.insert(name.to_owned(), json.to_string());
        self
    }

    /// A fact about the networks, as JSON.
    #[must_use]
    pub fn fact(&self, name: &str) -> Option<serde_json::Value> {
        serde_json::from_str(self.facts.get(name)?).ok()
    }

    /// The rows of numbers, in the order in which they were added.
    #[must_use]
    pub fn numbers(&self) -> &[(String, Vec<f64>)] {
        &self.numbers
    }

    /// The row of numbers with this name.
    #[must_use]
    pub fn row(&self, name: &str) -> Option<&[f64]> {
        self.numbers.iter().find(|(found, _)| found == name).map(|(_, row)| &row[..])
    }

    /// Writes the file under a temporary name and renames it, so that an incomplete file never has the final name.
    ///
    /// # Errors
    /// [`FieldsError::File`].
    pub fn write(&self, path: &Path) -> Result<(), FieldsError> {
        let mut temporary = path.as_os_str().to_owned();
        temporary.push(".partial");
        std::fs::File::create(&temporary)
            .and_then(|mut to| to.write_all(&self.to_bytes()).and_then(|()| to.sync_all()))
            .and_then(|()| std::fs::rename(&temporary, path))
            .map_err(|source| {
                // What is left of a file that could not be written is of no use.
                let _ = std::fs::remove_file(&temporary);
                FieldsError::File { path: path.to_owned(), source }
            })
    }

    /// The bytes of the file, for whoever writes it in a way of its own.
    ///
    /// # Panics
    /// Never: names, shapes and numbers in memory always serialise.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut metadata = HashMap::from([
            ("format".to_owned(), FORMAT.to_owned()),
            ("notes".to_owned(), self.notes.clone()),
        ]);
        metadata.extend(self.facts.iter().map(|(name, json)| (format!("fact.{name}"), json.clone())));
        let mut parts: Vec<(String, Dtype, Vec<usize>, Vec<u8>)> = Vec::new();
        for (name, architecture, values) in &self.networks {
            let text = serde_json::to_string(architecture).expect("an architecture is plain data");
            metadata.insert(format!("network.{name}"), text);
            for (index, (values, shape)) in values.iter().zip(architecture.shapes()).enumerate() {
                parts.push((format!("network.{name}.{index}"), Dtype::F32, shape.to_vec(), bytes(values)));
            }
            // For readers that do not have our random number generator.
            let waves = architecture.encoding.frequencies(architecture.inputs);
            if !waves.is_empty() {
                let shape = vec![architecture.inputs, waves.len() / architecture.inputs];
                parts.push((format!("network.{name}.frequencies"), Dtype::F32, shape, bytes(&waves)));
            }
        }
        for (of, name, rows) in &self.optimizers {
            metadata.insert(format!("optimizer.{of}"), name.clone());
            for (index, (row, values)) in rows.iter().enumerate() {
                let name = format!("optimizer.{of}.{index}.{row}");
                parts.push((name, Dtype::F32, vec![1, values.len()], bytes(values)));
            }
        }
        for (index, (name, row)) in self.numbers.iter().enumerate() {
            let bytes = row.iter().flat_map(|value| value.to_le_bytes()).collect();
            parts.push((format!("numbers.{index}.{name}"), Dtype::F64, vec![row.len()], bytes));
        }
        let views = parts.iter().map(|(name, kind, shape, bytes)| {
            let view = TensorView::new(*kind, shape.clone(), bytes).expect("shapes fit their values");
            (name, view)
        });
        sorted(&serialize(views, Some(metadata)).expect("tensors in memory serialise"))
    }

    /// Reads a file.
    ///
    /// # Errors
    /// [`FieldsError::File`] if it cannot be read, [`FieldsError::CheckpointFormat`] if it is truncated, damaged or
    /// not a checkpoint.
    pub fn read(path: &Path) -> Result<Self, FieldsError> {
        let failed = |source| FieldsError::File { path: path.to_owned(), source };
        let size = std::fs::metadata(path).and_then(|found| match found.is_file() {
            true => Ok(found.len()),
            // A pipe would block for ever, and a device has no end.
            false => Err(std::io::Error::new(std::io::ErrorKind::InvalidInput, "not a regular file")),
        });
        let size = size.map_err(failed)?;
        // The bytes, and the numbers that are made of them.
        let needed = size.saturating_mul(2);
        if let Some(available) = machine::memory::available().filter(|available| (*available as u64) < needed)
        {
            let reason =
                format!("{size} bytes do not fit into the {available} bytes of memory that are available");
            return Err(FieldsError::CheckpointFormat { path: path.to_owned(), reason });
        }
        let file = std::fs::read(path).map_err(failed)?;
        Self::parse(&file).map_err(|reason| FieldsError::CheckpointFormat { path: path.to_owned(), reason })
    }

    fn parse(file: &[u8]) -> Result<Self, String> {
        let tensors = SafeTensors::deserialize(file).map_err(|error| error.to_string())?;
        let (_, header) = SafeTensors::read_metadata(file).map_err(|error| error.to_string())?;
        let metadata = header.metadata().clone().unwrap_or_default();
        match metadata.get("format") {
            Some(format) if format == FORMAT => {}
            found => return Err(format!("format {found:?}, expected {FORMAT:?}")),
        }
        let mut networks = Vec::new();
        let mut names: Vec<_> = metadata.iter().filter(|(key, _)| key.starts_with("network.")).collect();
        names.sort();
        for (key, text) in names {
            let architecture: Architecture =
                serde_json::from_str(text).map_err(|error| format!("architecture of {key}: {error}"))?;
            let wrong = |error: FieldsError| format!("architecture of {key}: {error}");
            architecture.check().map_err(wrong)?;
            // Every unit of every layer has its bytes in the file: what is larger is damaged.
            let sizes = [architecture.inputs, architecture.outputs, architecture.width, architecture.layers];
            let features = architecture.encoding.features(architecture.inputs);
            if sizes.into_iter().chain([features]).any(|size| size > file.len()) {
                return Err(format!("architecture of {key}: larger than the file"));
            }
            let values = architecture.shapes().into_iter().enumerate().map(|(index, [rows, columns])| {
                let name = format!("{key}.{index}");
                let values = values(&tensors, &name, Dtype::F32, f32::from_le_bytes)?;
                match rows.checked_mul(columns) {
                    Some(count) if count == values.len() => Ok(values),
                    _ => Err(format!("{name} has {} numbers, expected {rows} x {columns}", values.len())),
                }
            });
            let values = values.collect::<Result<_, _>>()?;
            networks.push((key["network.".len()..].to_owned(), architecture, values));
        }
        let mut moved: Vec<_> = metadata.iter().filter(|(key, _)| key.starts_with("optimizer.")).collect();
        moved.sort();
        let mut optimizers = Vec::new();
        for (key, name) in moved {
            let state = rows(&tensors, key, Dtype::F32, f32::from_le_bytes)?;
            optimizers.push((key["optimizer.".len()..].to_owned(), name.clone(), state));
        }
        let fact =
            |(key, json): (&String, &String)| Some((key.strip_prefix("fact.")?.to_owned(), json.clone()));
        Ok(Self {
            networks,
            optimizers,
            numbers: rows(&tensors, "numbers", Dtype::F64, f64::from_le_bytes)?,
            facts: metadata.iter().filter_map(fact).collect(),
            notes: metadata.get("notes").cloned().unwrap_or_default(),
        })
    }

    /// The network with this name, which must have the expected architecture.
    ///
    /// `path` is only for the message.
    ///
    /// # Errors
    /// [`FieldsError::CheckpointFormat`] if there is no such network, [`FieldsError::CheckpointArchitecture`] if its
    /// architecture differs.
    pub fn network(
        &self,
        name: &str,
        expected: &Architecture,
        device: &Device,
        path: &Path,
    ) -> Result<Network, FieldsError> {
        let Some((_, architecture, values)) = self.networks.iter().find(|(found, ..)| found == name) else {
            let names: Vec<_> = self.networks.iter().map(|(name, ..)| name.as_str()).collect();
            let reason = format!("it holds the networks {names:?}, not `{name}`");
            return Err(FieldsError::CheckpointFormat { path: path.to_owned(), reason });
        };
        if architecture != expected {
            return Err(FieldsError::CheckpointArchitecture {
                path: path.to_owned(),
                network: name.to_owned(),
                found: describe(architecture),
                expected: describe(expected),
            });
        }
        Network::from_values(architecture, values.clone(), device)
    }

    /// The networks' names and architectures, sorted by name after reading.
    #[must_use]
    pub fn architectures(&self) -> Vec<(&str, Architecture)> {
        self.networks.iter().map(|(name, architecture, _)| (name.as_str(), *architecture)).collect()
    }

    /// The optimiser of the network of that name with its state, default settings otherwise; `None` if none was saved.
    ///
    /// # Errors
    /// [`FieldsError::UnknownName`] and [`FieldsError::OptimizerState`].
    pub fn optimizer(&self, of: &str) -> Result<Option<Box<dyn Optimizer>>, FieldsError> {
        let Some((_, name, rows)) = self.optimizers.iter().find(|(found, ..)| found == of) else {
            return Ok(None);
        };
        let mut optimizer = optimizer::named(name)?;
        optimizer.restore(rows.clone())?;
        Ok(Some(optimizer))
    }

    /// Gives the saved state of the optimiser of that network to one with settings of its own; `false` if none was saved.
    ///
    /// `path` is only for the message.
    ///
    /// # Errors
    /// [`FieldsError::CheckpointOptimizer`] if the file is of another optimiser, [`FieldsError::OptimizerState`] if
    /// its state does not fit.
    pub fn restore(&self, of: &str, optimizer: &mut dyn Optimizer, path: &Path) -> Result<bool, FieldsError> {
        let Some((_, name, rows)) = self.optimizers.iter().find(|(found, ..)| found == of) else {
            return Ok(false);
        };
        if name != optimizer.name() {
            let (path, found, expected) = (path.to_owned(), name.clone(), optimizer.name().to_owned());
            return Err(FieldsError::CheckpointOptimizer { path, found, expected });
        }
        optimizer.restore(rows.clone())?;
        Ok(true)
    }
}

fn describe(architecture: &Architecture) -> String {
    serde_json::to_string(architecture).expect("an architecture is plain data")
}

/// The file with the keys of its header sorted, so that equal contents give equal files.
fn sorted(file: &[u8]) -> Vec<u8> {
    let (length, rest) = file.split_at(8);
    let length = u64::from_le_bytes(length.try_into().expect("eight bytes")) as usize;
    let (header, data) = rest.split_at(length);
    let mut header: serde_json::Value = serde_json::from_slice(header).expect("a header is JSON");
    header.sort_all_objects();
    let mut header = serde_json::to_vec(&header).expect("JSON serialises");
    // The data begin at a multiple of eight bytes.
    header.resize(header.len().next_multiple_of(8), b' ');
    [&(header.len() as u64).to_le_bytes(), &header[..], data].concat()
}

fn bytes(values: &[f32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

/// The numbers of a tensor of this type.
fn values<T, const N: usize>(
    tensors: &SafeTensors<'_>,
    name: &str,
    kind: Dtype,
    read: fn([u8; N]) -> T,
) -> Result<Vec<T>, String> {
    let tensor = tensors.tensor(name).map_err(|error| format!("{name}: {error}"))?;
    if tensor.dtype() != kind {
        return Err(format!("{name} is {:?}, expected {kind:?}", tensor.dtype()));
    }
    Ok(tensor.data().as_chunks::<N>().0.iter().map(|bytes| read(*bytes)).collect())
}

/// The tensors `{group}.{index}.{name}` as named rows, in the order of their indices.
fn rows<T, const N: usize>(
    tensors: &SafeTensors<'_>,
    group: &str,
    kind: Dtype,
    read: fn([u8; N]) -> T,
) -> Result<Vec<(String, Vec<T>)>, String> {
    let indexed = |name: &str| {
        let (index, row) = name.strip_prefix(group)?.strip_prefix('.')?.split_once('.')?;
        Some((index.parse::<usize>().ok()?, row.to_owned()))
    };
    let mut names: Vec<(usize, String)> = tensors.names().into_iter().filter_map(indexed).collect();
    names.sort();
    names
        .into_iter()
        .map(|(index, row)| {
            let numbers = values(tensors, &format!("{group}.{index}.{row}"), kind, read)?;
            Ok((row, numbers))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device;
    use crate::optimizer::OPTIMIZERS;

    fn trained(name: &str) -> (Network, Box<dyn Optimizer>) {
        let network = Network::init(&Architecture::siren(8, 2, 3), 1, &Device::flex()).unwrap();
        let mut optimizer = optimizer::named(name).unwrap();
        let parameters = network.parameters();
        let gradient = vec![1.0; network.architecture().parameter_count()];
        let matrix = faer::Mat::identity(gradient.len(), gradient.len());
        let linearised = || optimise::NormalEquations { matrix: matrix.clone(), gradient: gradient.clone() };
        let at = crate::At { linearised: Some(&linearised), ..crate::At::new(1e-3, 1.0) };
        let parameters = optimizer.step(at, parameters.clone(), parameters);
        (network.with_parameters(parameters).unwrap(), optimizer)
    }

    /// What was written is read back bit by bit, for every optimiser, and no partial file is left.
    #[test]
    fn round_trip() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("checkpoint.safetensors");
        for row in OPTIMIZERS {
            let (network, optimizer) = trained(row.name);
            let checkpoint = Checkpoint::new("step 17").with_network("velocity", &network);
            let (x, y) = (vec![0.1, 1.0 / 3.0], vec![f64::MIN_POSITIVE]);
            let checkpoint = checkpoint.with_numbers("x", x.clone()).with_numbers("y", y.clone());
            checkpoint.with_optimizer("velocity", &*optimizer).write(&path).unwrap();
            let read = Checkpoint::read(&path).unwrap();
            assert_eq!(read.notes, "step 17");
            for name in device::available() {
                let device = device::parse(&name).unwrap();
                let again = read.network("velocity", network.architecture(), &device, &path).unwrap();
                assert_eq!(again.parameter_values(), network.parameter_values(), "{name}");
            }
            assert_eq!(read.optimizer("velocity").unwrap().unwrap().state(), optimizer.state());
            assert_eq!(read.numbers(), [("x".to_owned(), x), ("y".to_owned(), y)]);
            assert!(read.restore("velocity", &mut *optimizer::named(row.name).unwrap(), &path).unwrap());
            assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
            let file = std::fs::read(&path).unwrap();
            read.write(&path).unwrap();
            assert!(std::fs::read(&path).unwrap() == file, "equal contents, equal files");
        }
    }

    #[test]
    fn another_architecture_is_refused() {
        let (network, _) = trained("adam");
        let checkpoint = Checkpoint::new("").with_network("u", &network);
        let other = Architecture { width: 16, ..*network.architecture() };
        let path = Path::new("run/checkpoint");
        let error = checkpoint.network("u", &other, &Device::flex(), path).unwrap_err().to_string();
        assert!(error.contains("\"width\":8") && error.contains("\"width\":16"), "{error}");
        let error = checkpoint.network("v", &other, &Device::flex(), path).unwrap_err().to_string();
        assert!(error.contains("[\"u\"], not `v`"), "{error}");
    }

    #[test]
    fn another_optimizer_is_refused() {
        let (network, optimizer) = trained("adam");
        let checkpoint = Checkpoint::new("").with_network("u", &network).with_optimizer("u", &*optimizer);
        let mut other = optimizer::named("soap").unwrap();
        let error = checkpoint.restore("u", &mut *other, Path::new("run/u")).unwrap_err().to_string();
        assert_eq!(
            error,
            "run/u: saved with the optimizer adam, but this run uses soap; use the scenario of the checkpoint or \
             start a new run"
        );
    }

    /// Every truncation of the file is rejected with its path, and so are other files and missing ones.
    #[test]
    fn damaged_files_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("checkpoint");
        let (network, optimizer) = trained("soap");
        Checkpoint::new("")
            .with_network("u", &network)
            .with_optimizer("u", &*optimizer)
            .write(&path)
            .unwrap();
        let whole = std::fs::read(&path).unwrap();
        for length in [0, 7, 8, 100, whole.len() / 2, whole.len() - 1] {
            std::fs::write(&path, &whole[..length]).unwrap();
            let error = Checkpoint::read(&path).unwrap_err();
            assert!(matches!(error, FieldsError::CheckpointFormat { .. }), "{error}");
        }
        let error = Checkpoint::read(&folder.path().join("none")).unwrap_err();
        assert!(matches!(error, FieldsError::File { .. }), "{error}");
        let nowhere = folder.path().join("no/such/folder");
        assert!(matches!(Checkpoint::new("").write(&nowhere).unwrap_err(), FieldsError::File { .. }));
    }
}
