//! The files of a migration.

use figures::{Map, map_figure};
use scenario::OutputFormat;
use scenario::error::FwiError;
use survey::atomic;
use survey::data_error::DataError;
use survey::dimension_scale;
use survey::hdf5_file::Hdf5Writer;
use survey::parameter::Parameter;

use super::finished::{Finished, reflectivity, scale};
use super::gathers::ImageGathers;
use super::page;
use crate::export;
use figures::slices::model_figure;

/// The root attribute `format` of image gathers.
pub(crate) const GATHERS: &str = "fwi-image-gather";

impl Finished {
    /// Writes the image, its exports, figures, gathers and page.
    pub(super) fn write(&self, formats: &[OutputFormat]) -> Result<(), FwiError> {
        let file = |name: &str| self.folder.join(name);
        let image = Parameter { quantity: reflectivity(), model: self.image.clone() };
        Parameter::write_all(std::slice::from_ref(&image), &file("image.h5"))?;
        for format in formats {
            // image.h5 and image.png are always written, the second with colours for signed values.
            if !matches!(format, OutputFormat::Hdf5 | OutputFormat::Png) {
                let extension = export::exporter(format.name())?.extension;
                let path = file(&format!("image.{extension}"));
                export::export(&image.clone().into(), format.name(), &path)?;
            }
        }
        let scale = scale(&self.image.values);
        let figure = model_figure(&[("image", &self.image)], &scale, Some(&self.survey));
        atomic::write_bytes(&file("image.png"), &figure.to_png())?;
        if let Some(gathers) = &self.gathers {
            gathers.write(&file("gathers.h5"))?;
            gathers.draw(&file("gathers.png"))?;
        }
        Ok(atomic::write_bytes(&file("migration.html"), page::html(self).as_bytes())?)
    }
}

impl ImageGathers {
    /// Writes `/gathers/image` `[position, offset, z]` with its axes, and `/gathers/edges`, the edges of the offset classes, in m.
    fn write(&self, path: &std::path::Path) -> Result<(), DataError> {
        Hdf5Writer::create(path, GATHERS, 1, |out| {
            out.group("gathers")?;
            let axis = |name: &str, long: &str, values: &[f64]| {
                let set = out.array(&format!("gathers/{name}"), &[values.len()], None, values)?;
                out.text(&set, "units", "m")?;
                out.text(&set, "long_name", long)?;
                Ok::<_, DataError>(set)
            };
            let centres: Vec<f64> = (0..self.classes()).map(|class| self.centre(class)).collect();
            let scales = [
                axis("position", "x of a gather", &self.places)?,
                axis("offset", "offset in the middle of a class", &centres)?,
                axis("z", "depth", &self.depths)?,
            ];
            axis("edges", "edges of the offset classes", &self.edges)?;
            let shape = [self.places.len(), self.classes(), self.depths.len()];
            let set = out.array("gathers/image", &shape, None, &self.values)?;
            out.text(&set, "units", "1")?;
            out.text(&set, "long_name", "relative reflectivity")?;
            out.text(&set, "axes", "position, offset, z")?;
            dimension_scale::attach(&out.file, std::slice::from_ref(&set), &scales.iter().collect::<Vec<_>>())
                .map_err(out.failing("label the axes"))
        })
    }

    /// Draws all gathers side by side on one scale.
    fn draw(&self, path: &std::path::Path) -> Result<(), DataError> {
        let Some(grid) = self.grid() else { return Ok(()) };
        let all: Vec<Vec<f64>> = (0..self.places.len()).map(|place| self.at(place)).collect();
        let maps: Vec<Map> = (self.places.iter().zip(&all))
            .map(|(x, values)| Map {
                axes: ["offset (m)", "depth z (m)"],
                blocky: true,
                ..Map::new(format!("x = {} m", survey::ticks::six_digits(*x)), &grid, values)
            })
            .collect();
        atomic::write_bytes(path, &map_figure(&maps, &scale(&self.values)).to_png())
    }
}
