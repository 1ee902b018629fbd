//! `fwi info`

use std::path::Path;

use crate::cli::InfoArgs;
use crate::output::{keep_existing, print};
use scenario::error::FwiError;
use scenario::suggestion::{Suggestion, name_of};
use studies::quality;
use survey::import::segy::{SegyOptions, is_one, look_at};

pub(super) fn execute(args: &InfoArgs) -> Result<(), FwiError> {
    let seismic = is_one(&args.file);
    if args.segy != SegyOptions::default() && !(seismic && args.html.is_some()) {
        let problem =
            if seismic { "is described from its headers alone" } else { "is not a SEG-Y or SU file" };
        return Err(FwiError::Argument {
            argument: "options of SEG-Y and SU:",
            found: args.file.display().to_string(),
            problem,
            expected: "a SEG-Y or SU file, with --html PAGE.html".to_owned(),
        });
    }
    let Some(page) = &args.html else { return print(&studies::info::info(&args.file)?) };
    if page == &args.file || super::import::same(page, &args.file) {
        return Err(FwiError::Argument {
            argument: "--html",
            found: page.display().to_string(),
            problem: "would be overwritten",
            expected: "another name".to_owned(),
        });
    }
    keep_existing("--html", page, args.force)?;
    if !seismic {
        only_hdf5(&args.file)?;
    }
    let mut said = studies::info::info(&args.file)?;
    if seismic {
        let imported = look_at(&args.file, &args.segy)?;
        let data = args.file.with_extension("h5");
        let name = args.file.file_name().unwrap_or_default().to_string_lossy();
        let data = data.file_name().map_or(&*data, Path::new);
        let suggested = Suggestion::of(&imported).yaml(&name_of(&args.file), &name, data);
        quality::write_of_import(&args.file, &imported, &suggested, page)?;
    } else {
        quality::write_of_file(&args.file, page)?;
    }
    said += &format!("{}: the quality control\n", page.display());
    print(&said)
}

/// Refuses files that have no traces in time, before they are read.
fn only_hdf5(file: &Path) -> Result<(), FwiError> {
    let ending = file.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    if file.is_file() && ["h5", "hdf5"].contains(&ending.as_str()) {
        return Ok(());
    }
    if !file.exists() {
        return Err(survey::data_error::DataError::Missing { path: file.to_owned() }.into());
    }
    Err(FwiError::Argument {
        argument: "--html",
        found: file.display().to_string(),
        problem: "has no traces in time",
        expected: "SEG-Y, SU, or receiver data of fwi in HDF5 (.h5), which `fwi import` makes of other files"
            .to_owned(),
    })
}
