//! `report.html`: a comparison on one page, with nothing to load from elsewhere.

mod gathers;
mod maps;
pub(crate) mod page;
mod plots;
mod style;

use crate::inversion_table;
use crate::outcome::Comparison;
use crate::svg::escape;

pub(crate) use maps::{WAVEFIELD_LABEL, bar, figure, velocity_scale};
pub(crate) use plots::{charts, misfit_by_iteration, small_charts};

/// The whole page.
///
/// What the comparison does not have (a truth, wavefields, histories) is left out, with its heading.
#[must_use]
pub fn html(run: &Comparison) -> String {
    let verdict: String = (inversion_table::verdict(run).iter())
        .map(|s| format!("<p><strong>{}</strong>{}</p>", escape(&s.about), escape(&s.text)))
        .collect();
    let results = inversion_table::table(run);
    let troubles: String = (results.troubles().iter())
        .map(|s| format!("<p class=\"trouble\"><strong>{}</strong>{}</p>", escape(&s.about), escape(&s.text)))
        .collect();
    let about = &run.information.description;
    let mut body = page::header("Full-waveform inversion report", &run.scenario, about);
    body += &format!("<section class=\"verdict\" aria-label=\"Verdict\">{verdict}{troubles}</section>");
    body += &page::section("Results", "", &results.html().into_string());
    body += &maps::models(run);
    body += &plots::profiles(run);
    body += &plots::convergence(run);
    body += &maps::wavefields(run);
    body += &gathers::gathers(run);
    body += &page::about(run);
    page::document(&run.scenario, &body)
}

#[cfg(test)]
mod tests;
