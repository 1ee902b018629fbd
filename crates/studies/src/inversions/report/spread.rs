//! The spread of repeated inversions as maps.

use maud::html;

use super::maps::model_scale;
use super::model_gallery::ModelGallery;
use crate::inversions::outcome::Comparison;
use crate::inversions::spread::spreads;
use figures::page::Section;
use figures::{Scale, robust_amplitude};
use survey::ticks::significant;

/// Means and standard deviations of groups; left out without groups of several.
pub(super) fn spread(run: &Comparison) -> Section {
    let all = spreads(run);
    if all.is_empty() {
        return Section::new("Spread over seeds", "", html! {});
    }
    let quantity = run.quantity();
    let means = model_scale(&quantity, run.truth.as_ref(), all.iter().map(|spread| &spread.mean));
    let mut gallery = ModelGallery::new(&means, run.truth.as_ref());
    for spread in &all {
        let title = format!("{}, mean of {}", spread.name, spread.members);
        gallery.add((&title, ""), &spread.mean, true, None);
    }
    let largest =
        robust_amplitude(all.iter().flat_map(|spread| spread.deviation.values.iter().copied()), 0.998);
    let deviations = Scale::quantity([0.0, largest], format!("deviation of {}", quantity.label()));
    let mut others = ModelGallery::new(&deviations, run.truth.as_ref());
    for spread in &all {
        let note = spread.coverage.map_or_else(String::new, |share| {
            format!("{} % within 2 deviations", significant(100.0 * share, 3))
        });
        let title = format!("{}, standard deviation", spread.name);
        others.add((&title, &note), &spread.deviation, true, None);
    }
    if gallery.is_empty() {
        return Section::new("Spread over seeds", "", html! {});
    }
    Section::new(
        "Spread over seeds",
        "Mean and standard deviation of the inversions that differ in their seed only. The share over a map counts the nodes whose true \
         value is within two standard deviations of the mean, among those where the inversions differ or miss the truth: 95 % would be \
         right for normally distributed errors. Less means that the inversions err together, which their spread does not show.",
        html! { (gallery.html()) (others.html()) },
    )
}
