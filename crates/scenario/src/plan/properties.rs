//! Properties of the medium of `helmholtz` that are in files: the quality factor and Thomsen's parameters.

use std::path::Path;

use document::problems::MissingFile;
use document::{Fault, KeyPath, Unit, within};
use fd::Grid;

use super::check::OfModelFile;
use super::coverage;
use crate::physics::Helmholtz;
use fwi::harmonic_medium::HarmonicMedium;
use survey::anisotropy::{Anisotropy, THOMSEN};
use survey::attenuation::QUALITIES;
use survey::medium::File;
use survey::parameter::Quantity;
use survey::property::PropertyChoice;

/// A property that is in a file: the key of the file, its name, and the values that it may have.
type InFile<'a> = (KeyPath, &'static str, [f64; 2], &'a mut File);

fn in_files(medium: &mut HarmonicMedium) -> Vec<InFile<'_>> {
    let at = KeyPath::of("physics.helmholtz");
    let mut all = Vec::new();
    if let Some(attenuation) = &mut medium.attenuation {
        all.push((at.key("attenuation").key("quality"), "Q", QUALITIES, &mut attenuation.quality));
    }
    if let Some(Anisotropy { epsilon, delta }) = &mut medium.anisotropy {
        let at = at.key("anisotropy");
        all.push((at.key("epsilon"), "epsilon", THOMSEN, epsilon));
        all.push((at.key("delta"), "delta", THOMSEN, delta));
    }
    let mut found = Vec::new();
    for (at, name, range, choice) in all {
        if let PropertyChoice::File(file) = choice {
            found.push((at.key("file"), name, range, file));
        }
    }
    found
}

/// Reads the properties that are in files, and checks their values as those that are typed.
///
/// # Errors
/// Files that are missing or cannot be read; values out of range; dispersion that is too strong for the equation.
pub(super) fn read(helmholtz: &Helmholtz, medium: &mut HarmonicMedium, folder: &Path) -> Result<(), Fault> {
    for (at, name, range, file) in in_files(medium) {
        let (at, path) = (at.key("path"), folder.join(&file.path));
        if !path.exists() {
            return Err(Fault::new(at, MissingFile::new(path)));
        }
        let quantity = Quantity { name: name.to_owned(), unit: "1".to_owned() };
        file.load(&path, &quantity).map_err(|error| Fault::new(&at, OfModelFile(error)))?;
        let ends = file.loaded().map_or(range, |read| read.model.range());
        ends.iter().try_for_each(|value| within(&at, *value, range, Unit::None))?;
        if name == "Q" {
            helmholtz.check_dispersion(&KeyPath::of("physics.helmholtz"), ends[0])?;
        }
    }
    Ok(())
}

/// Notes for the files of properties: assumptions about them, and that they cover only a part of the grid.
///
/// # Errors
/// A file that covers less than 1 % of the grid, or has other axes.
pub(super) fn notes(medium: &HarmonicMedium, grid: &Grid) -> Result<Vec<String>, Fault> {
    let mut notes = Vec::new();
    for (at, _, _, file) in in_files(&mut medium.clone()) {
        let Some(read) = file.loaded() else { continue };
        notes.extend(read.notes.iter().cloned());
        notes.extend(coverage::note(&at.key("path"), &file.path, &read.model, grid)?);
    }
    Ok(notes)
}
