//! The page of a migration: the image, its gathers, and the model.

use maud::{Markup, html};

use figures::page::pictures::{Gallery, Size, charts};
use figures::page::{Page, Section};
use figures::slices::{line_chart, slices};
use figures::{Map, Scale};
use survey::model::Model;

use super::finished::{Finished, scale};

/// The whole page.
pub(super) fn html(of: &Finished) -> String {
    let image = maps(of, &of.image, &scale(&of.image.values), "image");
    let [lo, hi] = of.velocity.range();
    let velocity = maps(of, &of.velocity, &Scale::quantity([lo, hi], of.quantity.label()), "model");
    Page {
        kind: "Reverse-time migration",
        title: of.name.clone(),
        description: "Where the data that the model does not explain were reflected.".to_owned(),
        results: &[],
        sections: vec![
            Section::new(
                "Image",
                "Source waves times the residuals propagated back, summed over the shots; the Laplacian of the sum, divided by the \
                 energy of the source waves. A reflector below which waves are faster is positive. The scale leaves out the largest \
                 hundredth of the amplitudes.",
                image,
            ),
            gathers(of),
            Section::new("Model", "The model that the waves were computed in.", velocity),
        ],
        facts: of.facts.clone(),
        scenario: String::new(),
        remark: "Lengths are in metres; x points to the right and z points down. The image shows where reflectors are if the \
                 velocity above them is right: with a velocity that is too slow they are too shallow.",
    }
    .html()
}

/// A field of the image's grid: a section, three slices of a volume, or a curve.
fn maps(of: &Finished, model: &Model, scale: &Scale, title: &str) -> Markup {
    if let Some(chart) = line_chart(&[(title, model)], &scale.label) {
        return charts(&[chart]);
    }
    let mut gallery = Gallery::new(scale, Size::Large);
    let all = slices(model);
    if all.len() > 1 {
        gallery.in_rows_of(all.len());
    }
    for slice in &all {
        let marks = slice.marks(&of.survey);
        gallery.add(&Map { marks: Some(&marks), ..slice.map(title) });
    }
    gallery.html()
}

/// The image gathers.
fn gathers(of: &Finished) -> Section {
    let heading = "Image gathers";
    let Some((gathers, grid)) = of.gathers.as_ref().and_then(|of| Some((of, of.grid()?))) else {
        return Section::new(heading, "", html! {});
    };
    let scale = scale(&gathers.values);
    let mut gallery = Gallery::new(&scale, Size::Small);
    for (place, x) in gathers.places.iter().enumerate() {
        let values = gathers.at(place);
        let title = format!("x = {} m", survey::ticks::six_digits(*x));
        let map =
            Map { axes: ["offset (m)", "depth z (m)"], blocky: true, ..Map::new(title, &grid, &values) };
        gallery.add_sized(&map, [200.0, 300.0]);
    }
    let caption = format!(
        "The image at one place from the traces of each of {} offset classes. With the right velocity a reflector is at the same \
         depth in all of them. Where it rises with offset the velocity above is too slow, and where it falls too fast.",
        gathers.classes()
    );
    Section::new(heading, caption, gallery.html())
}
