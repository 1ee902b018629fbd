//! Models as maps on one colour scale: each section, and each volume as three slices.

use maud::Markup;

use figures::page::pictures::{Gallery, Size};
use figures::slices::slices;
use figures::{Map, Scale, outline};
use survey::model::Model;
use survey::survey::Survey;

/// Maps of models.
pub(super) struct ModelGallery<'a> {
    gallery: Gallery<'a>,
    /// By slice: the outline of the true model.
    outlines: Vec<Option<Vec<Vec<[f64; 2]>>>>,
    empty: bool,
}

impl<'a> ModelGallery<'a> {
    /// No maps yet, on a scale; the true model is outlined on other ones.
    pub(super) fn new(scale: &'a Scale, truth: Option<&Model>) -> Self {
        let outlines =
            truth.map(|truth| slices(truth).iter().map(|slice| outline::outline(&slice.model)).collect());
        Self {
            gallery: Gallery::new(scale, Size::Large).flipping(),
            outlines: outlines.unwrap_or_default(),
            empty: true,
        }
    }

    /// Adds the maps of a model with a title and a note, and with the sources and receivers of a survey.
    pub(super) fn add(
        &mut self,
        (title, note): (&str, &str),
        model: &Model,
        outlined: bool,
        survey: Option<&Survey>,
    ) {
        let all = slices(model);
        if all.len() > 1 {
            self.gallery.in_rows_of(all.len());
        }
        for (k, slice) in all.iter().enumerate() {
            let outline = self.outlines.get(k).and_then(Option::as_deref).filter(|_| outlined);
            let marks = survey.map(|survey| slice.marks(survey));
            // The note is about the whole model.
            let note = if k == 0 { note.to_owned() } else { String::new() };
            self.gallery.add(&Map { note, outline, marks: marks.as_ref(), ..slice.map(title) });
            self.empty = false;
        }
    }

    /// Whether there are no maps, as of models on a line.
    pub(super) fn is_empty(&self) -> bool {
        self.empty
    }

    /// Whether the true model has an outline.
    pub(super) fn is_outlined(&self) -> bool {
        self.outlines.iter().any(Option::is_some)
    }

    /// The maps.
    pub(super) fn html(&self) -> Markup {
        self.gallery.html()
    }
}
