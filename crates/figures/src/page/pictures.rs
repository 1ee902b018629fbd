//! Figures on a page: galleries of maps on one colour scale, and charts side by side.

use maud::{Markup, PreEscaped, html};

use crate::{Chart, Drawing, Map, Scale, flat_bar, single_map, sized_map};

/// How large the maps of a gallery are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// What the page is about: wide maps fill its width, and square ones stand three a row.
    Large,
    /// Comparisons of many: square maps stand four a row.
    Small,
}

/// Maps side by side on one colour scale.
#[derive(Debug)]
pub struct Gallery<'a> {
    scale: &'a Scale,
    size: Size,
    flip: bool,
    figures: Vec<Markup>,
    columns: usize,
}

impl<'a> Gallery<'a> {
    /// An empty gallery.
    pub fn new(scale: &'a Scale, size: Size) -> Gallery<'a> {
        Gallery { scale, size, flip: false, figures: Vec::new(), columns: 1 }
    }

    /// A gallery in which two maps can be compared by flipping between them.
    pub fn flipping(self) -> Gallery<'a> {
        Gallery { flip: true, ..self }
    }

    /// Adds a map.
    pub fn add(&mut self, map: &Map) {
        let wide = map.aspect();
        let (columns, side) = match (self.size, wide) {
            (Size::Large, 2.0..) => (1, 1000.0),
            (Size::Large, 1.25..) => (2, 460.0),
            (Size::Large, _) => (3, 280.0),
            (Size::Small, 2.0..) => (2, 460.0),
            (Size::Small, 1.25..) => (3, 280.0),
            (Size::Small, _) => (4, 190.0),
        };
        self.columns = self.columns.max(columns);
        self.push(&map.title, &single_map(map, side, self.scale));
    }

    /// Adds a map whose plot has a given size, for axes that are not both lengths.
    pub fn add_sized(&mut self, map: &Map, plot: [f64; 2]) {
        self.columns = 4;
        self.push(&map.title, &sized_map(map, plot, self.scale));
    }

    fn push(&mut self, title: &str, drawing: &Drawing) {
        let label = format!("{}: {title}", self.scale.label);
        self.figures.push(html! { figure data-name=(title) { (PreEscaped(drawing.svg(&label))) } });
    }

    /// The maps with their colour bar; nothing when there is no map.
    pub fn html(&self) -> Markup {
        if self.figures.is_empty() {
            return html! {};
        }
        let class = format!("maps in-{}", self.columns);
        html! {
            div class=(class) data-flip[self.flip] { @for figure in &self.figures { (figure) } }
            (bar(self.scale))
        }
    }
}

/// A flat colour bar.
fn bar(scale: &Scale) -> Markup {
    let svg = flat_bar(scale).svg(&format!("Colour scale: {}", scale.label));
    html! { div.bar { (PreEscaped(svg)) } }
}

/// Charts side by side; charts without curves are left out.
pub fn charts(charts: &[Chart]) -> Markup {
    in_grid(charts, "charts")
}

/// Small charts side by side, six a line where there is room.
pub fn small_charts(charts: &[Chart]) -> Markup {
    in_grid(charts, "charts small")
}

fn in_grid(charts: &[Chart], class: &str) -> Markup {
    let shown: Vec<&Chart> = charts.iter().filter(|chart| !chart.curves.is_empty()).collect();
    if shown.is_empty() {
        return html! {};
    }
    html! { div class=(class) { @for chart in shown {
        figure { (PreEscaped(chart.drawing().svg(&chart.title))) }
    } } }
}
