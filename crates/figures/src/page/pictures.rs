//! Figures on a page: galleries of maps on one colour scale, and charts side by side.

use maud::{Markup, PreEscaped, html};

use crate::map::OwnedMap;
use crate::{Chart, Map, Scale, flat_bar, single_map, sized_map};

/// How large the maps of a gallery are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// For the maps that the page is about: a wide map fills the width of the page, and up to three square maps share a row.
    Large,
    /// For comparisons of many maps: up to four square maps share a row.
    Small,
}

/// Maps side by side on one colour scale.
#[derive(Debug)]
pub struct Gallery<'a> {
    scale: &'a Scale,
    size: Size,
    flip: bool,
    /// Number of maps in a row, if it is given.
    row: Option<usize>,
    maps: Vec<(OwnedMap, Option<[f64; 2]>)>,
}

impl<'a> Gallery<'a> {
    /// An empty gallery.
    pub fn new(scale: &'a Scale, size: Size) -> Gallery<'a> {
        Gallery { scale, size, flip: false, row: None, maps: Vec::new() }
    }

    /// A gallery in which two maps can be compared by flipping between them.
    pub fn flipping(self) -> Gallery<'a> {
        Gallery { flip: true, ..self }
    }

    /// Puts so many maps in a row, one to four.
    pub fn in_rows_of(&mut self, count: usize) {
        self.row = Some(count.clamp(1, 4));
    }

    /// Adds a map.
    pub fn add(&mut self, map: &Map) {
        self.maps.push((OwnedMap::from(map), None));
    }

    /// Adds a map whose plot has a given ratio of width to height, for axes that are not both lengths.
    pub fn add_sized(&mut self, map: &Map, plot: [f64; 2]) {
        self.maps.push((OwnedMap::from(map), Some(plot)));
    }

    /// Number of maps in a row, so that the rows fill the width of the page.
    fn columns(&self) -> usize {
        if let Some(row) = self.row {
            return row;
        }
        let widest =
            self.maps.iter().map(|(map, plot)| plot.map_or(map.aspect(), |_| 1.0)).fold(0.0, f64::max);
        let most = match (self.size, widest) {
            (Size::Large, 2.0..) => 1,
            (Size::Large, 1.25..) | (Size::Small, 2.0..) => 2,
            (Size::Large, _) if self.maps.len() > 6 => 4,
            (Size::Large, _) | (Size::Small, 1.25..) => 3,
            (Size::Small, _) => 4,
        };
        match (most, self.maps.len()) {
            // One square map would be higher than a screen.
            (2.., 0..=2) => 2,
            (3.., 3) => 3,
            (3, 4) => 2,
            (4, 5 | 6 | 9) => 3,
            _ => most,
        }
    }

    /// The maps with their colour bar. An empty gallery is empty.
    pub fn html(&self) -> Markup {
        if self.maps.is_empty() {
            return html! {};
        }
        let columns = self.columns();
        let side = [790.0, 370.0, 260.0, 190.0][columns - 1];
        let figure = |(map, plot): &(OwnedMap, Option<[f64; 2]>)| {
            let map = map.map();
            let drawing = match plot {
                Some([w, h]) => sized_map(&map, [side, (h / w * side).min(340.0)], self.scale),
                None => single_map(&map, side, self.scale),
            };
            let label = format!("{}: {}", self.scale.label, map.title);
            html! { figure data-name=(map.title) { (PreEscaped(drawing.svg(&label))) } }
        };
        let class = format!("maps in-{columns}");
        html! {
            div class=(class) data-flip[self.flip] { @for map in &self.maps { (figure(map)) } }
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

/// Small charts side by side, six in a row on a wide screen.
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The rows of a gallery fill the page: few maps are large, and no row is left with a single small map if another number of
    /// columns avoids it.
    #[test]
    fn rows_fill_the_page() {
        let square = fd::Grid::new([0.0; 2], [10.0; 2], [11, 11]).unwrap();
        let wide = fd::Grid::new([0.0; 2], [10.0; 2], [11, 31]).unwrap();
        let scale = Scale::velocity([0.0, 1.0]);
        let columns = |grid: &fd::Grid, size: Size, count: usize| {
            let values = vec![0.5; grid.len()];
            let mut gallery = Gallery::new(&scale, size);
            (0..count).for_each(|_| gallery.add(&Map::new("a", grid, &values)));
            assert!(gallery.html().into_string().contains("class=\"bar\""));
            gallery.columns()
        };
        assert_eq!([1, 2, 3, 4, 5, 6, 7].map(|n| columns(&square, Size::Large, n)), [2, 2, 3, 2, 3, 3, 4]);
        assert_eq!([1, 2, 3, 4, 5, 6, 7].map(|n| columns(&square, Size::Small, n)), [2, 2, 3, 4, 3, 3, 4]);
        assert_eq!([1, 2, 5].map(|n| columns(&wide, Size::Large, n)), [1, 1, 1]);
        assert_eq!([1, 2, 5].map(|n| columns(&wide, Size::Small, n)), [2, 2, 2]);
    }
}
