//! The datasets of a file: their names, and the checks before one of them is read.

use hdf5::dataset::Layout;
use hdf5::filters::Filter;
use hdf5::{Dataset, Group, LinkType, LocationType};

use super::{Hdf5Reader, failing};
use crate::data_error::DataError;
use crate::{input_file, memory};

/// Most links that are visited for a list of datasets.
const MOST: usize = 10_000;

impl Hdf5Reader {
    /// Full names of the datasets, sorted. If the file has more than 10 000 links, only the first ones are visited.
    ///
    /// Only hard links are followed, and no group is visited twice, because a group can contain itself.
    pub fn dataset_names(&self) -> Vec<String> {
        let mut names = Vec::new();
        let mut entered = Vec::new();
        let mut groups: Vec<(String, Group)> =
            self.file.group("/").map(|root| (String::new(), root)).into_iter().collect();
        let mut left = MOST;
        while let Some((path, group)) = groups.pop() {
            let mut links = Vec::new();
            // The list is for messages only: a group that cannot be listed is left out.
            let _ = group.find_link(Default::default(), Default::default(), |name, info| {
                if info.link_type == LinkType::Hard {
                    links.push(name.to_owned());
                }
                left = left.saturating_sub(1);
                Ok((left == 0).then_some(()))
            });
            for link in links {
                let Ok(info) = group.loc_info_by_name(&link) else { continue };
                let full = format!("{path}/{link}");
                match info.loc_type {
                    LocationType::Dataset => names.push(full),
                    LocationType::Group if !entered.contains(&info.token) => {
                        entered.push(info.token);
                        groups.extend(group.group(&link).map(|group| (full, group)));
                    }
                    _ => {}
                }
            }
            if left == 0 {
                break;
            }
        }
        names.sort();
        names
    }

    /// Whether there is a dataset of that name.
    pub fn has_dataset(&self, name: &str) -> bool {
        // A dataset in another file exists; opening it gives the error.
        if self.no_external_link(name).is_err() {
            return true;
        }
        self.file.loc_type_by_name(name).is_ok_and(|kind| kind == LocationType::Dataset)
    }

    /// Opens a dataset, or lists the existing ones.
    ///
    /// Datasets stored in other files are rejected: HDF5 silently fills in the values of a file that is missing.
    pub fn dataset(&self, name: &str) -> Result<Dataset, DataError> {
        self.no_external_link(name)?;
        let set = self.file.dataset(name).map_err(|error| {
            // A dataset that is there but cannot be opened is damaged.
            if self.file.link_exists(name)
                && !self.file.loc_type_by_name(name).is_ok_and(|kind| kind != LocationType::Dataset)
            {
                return failing(&self.path, &format!("open {name}"))(error);
            }
            DataError::Absent {
                path: self.path.clone(),
                what: format!("dataset {name}"),
                present: self.dataset_names(),
            }
        })?;
        let properties = set.dcpl().map_err(failing(&self.path, &format!("open {name}")))?;
        if properties.layout() == Layout::Virtual || !properties.external().is_empty() {
            return Err(self.elsewhere(name));
        }
        Ok(set)
    }

    fn elsewhere(&self, name: &str) -> DataError {
        DataError::Elsewhere { path: self.path.clone(), dataset: name.to_owned() }
    }

    fn no_external_link(&self, name: &str) -> Result<(), DataError> {
        let Ok(mut group) = self.file.group("/") else { return Ok(()) };
        for part in name.split('/').filter(|part| !part.is_empty()) {
            let external = group.find_link(Default::default(), Default::default(), |link, info| {
                Ok((link == part).then_some(info.link_type == LinkType::External))
            });
            match external {
                Ok(Some(true)) => return Err(self.elsewhere(name)),
                Ok(Some(false)) => match group.group(part) {
                    Ok(inner) => group = inner,
                    Err(_) => return Ok(()),
                },
                _ => return Ok(()),
            }
        }
        Ok(())
    }

    /// Checks that a part of a dataset, of this shape and with so many `bytes` per value, fits into memory, and that the
    /// filters of the dataset are available.
    pub fn readable(
        &self,
        set: &Dataset,
        name: &str,
        shape: &[usize],
        bytes: usize,
    ) -> Result<(), DataError> {
        let stored = set.dtype().map_or(bytes, |t| t.size());
        let chunk = set.chunk().map_or(0, |chunk| memory::of_array(&chunk, stored));
        // The caller makes a copy.
        let needed = memory::of_array(shape, bytes).saturating_mul(2).saturating_add(chunk);
        input_file::require(&self.path, needed, &format!("{name} of shape {shape:?}"))?;
        match set.filters().iter().find(|filter| !filter.is_available()) {
            Some(filter) => Err(DataError::Filter {
                path: self.path.clone(),
                dataset: name.to_owned(),
                filter: filter_name(filter),
            }),
            None => Ok(()),
        }
    }
}

/// The name of a filter. Numbers are those of the HDF Group's registry of filters.
fn filter_name(filter: &Filter) -> String {
    match filter.id() {
        4 => "szip".to_owned(),
        307 => "bzip2".to_owned(),
        32000 => "lzf".to_owned(),
        32001 => "blosc".to_owned(),
        32004 => "lz4".to_owned(),
        32008 => "bitshuffle".to_owned(),
        32013 => "zfp".to_owned(),
        32015 => "zstd".to_owned(),
        32026 => "blosc2".to_owned(),
        id => format!("number {id}"),
    }
}
