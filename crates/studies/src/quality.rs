//! The page of a quality control: geometry, fold, gathers, spectra, amplitudes, first breaks and suspicious traces of a file.

mod amplitudes;
mod defects;
mod first_breaks;
mod gathers;
mod geometry;
mod looked;
mod spectra;
mod summary;
mod thinned;

use std::path::Path;

use figures::page::{Page, Section, folded};
use looked::Looked;
use maud::html;
use survey::atomic;
use survey::data_error::DataError;
use survey::gathers::GatherFile;
use survey::import::segy::SegyImport;
use survey::quality::{Processing, QualityControl};

/// Looks at receiver data of this program and writes the page.
///
/// # Errors
/// The error of reading or of writing.
pub fn write_of_file(data: &Path, page: &Path) -> Result<(), DataError> {
    let file = GatherFile::open(data)?;
    let control = QualityControl::of_file(&file)?;
    let looked = Looked {
        name: name_of(data),
        facts: summary::of_file(&file, &control),
        warnings: summary::warnings(&file),
        control: &control,
        on_map: file.placement()?.map(|place| geometry::on_map(&control, &place)),
        suggested: None,
    };
    atomic::write_bytes(page, looked.html().as_bytes())
}

/// Writes the page of a SEG-Y or SU file that was looked at, with the scenario that is suggested for it.
///
/// # Errors
/// The error of writing.
pub fn write_of_import(
    file: &Path,
    import: &SegyImport,
    suggested: &str,
    page: &Path,
) -> Result<(), DataError> {
    let looked = Looked {
        name: name_of(file),
        facts: import.report.lines().iter().map(|(name, fact)| ((*name).to_owned(), fact.clone())).collect(),
        warnings: import.report.warnings().to_vec(),
        control: &import.quality,
        on_map: Some(import.on_map.clone()),
        suggested: Some(suggested.to_owned()),
    };
    atomic::write_bytes(page, looked.html().as_bytes())
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

impl Looked<'_> {
    fn html(&self) -> String {
        let control = self.control;
        let processing = Processing::of(&control.flagged, control.traces());
        let mut sections = vec![
            summary::summary(self),
            defects::defects(control, &processing),
            geometry::geometry(self),
            gathers::gathers(control),
            spectra::spectra(control),
            amplitudes::amplitudes(control),
            first_breaks::first_breaks(control),
        ];
        if let Some(text) = &self.suggested {
            let caption = "Grid, time step, stages, mutes and starting velocity, each with a comment that says what it follows from. \
                           `fwi import --scenario` writes it.";
            let content = folded("The suggested scenario", &html! { pre { (text) } });
            sections.push(Section::new("Suggested settings", caption, content));
        }
        Page {
            kind: "Quality control",
            title: self.name.clone(),
            sections,
            remark: "Lengths are in metres; x is the distance along the line and z points down. Shots and receivers count from 0, as \
                     in the data file; traces of another file count from 1.",
            ..Page::default()
        }
        .html()
    }
}

#[cfg(test)]
mod tests;
