//! The files of a test of resolution.

use figures::slices::model_figure;
use scenario::error::FwiError;
use survey::atomic;
use survey::model::Model;
use survey::parameter::{Parameter, Quantity};

use super::finished::Finished;
use super::page;

impl Finished {
    /// Writes tables, maps, figure and page.
    pub(super) fn write(&self) -> Result<(), FwiError> {
        let file = |name: &str| self.folder.join(name);
        atomic::write_bytes(&file("resolution.csv"), self.measured.csv().as_bytes())?;
        atomic::write_bytes(&file("depths.csv"), self.measured.depths_csv().as_bytes())?;
        let [put, found] = &self.changes;
        let map = |name: &str, model: &Model| Parameter {
            quantity: Quantity { name: name.to_owned(), unit: "1".to_owned() },
            model: model.clone(),
        };
        let maps = &self.measured.maps;
        let all = [
            map("change", put),
            map("found", found),
            map("correlation", &maps.correlation),
            map("recovered", &maps.recovered),
            map("semblance", &maps.semblance),
        ];
        Parameter::write_all(&all, &file("resolution.h5"))?;
        let scale = self.scale();
        let figure = model_figure(&[("change", put), ("found", found)], &scale, Some(&self.survey));
        atomic::write_bytes(&file("resolution.png"), &figure.to_png())?;
        Ok(atomic::write_bytes(&file("resolution.html"), page::html(self).as_bytes())?)
    }
}
