//! The quantities that a map can show of a field with derivatives.

use experiments::fits::score::Score;
use figures::{Colormap, Scale, robust_amplitude};
use survey::array::Meaning;
use survey::derivatives::Derivatives;

/// The quantities of a field that a map can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum View {
    /// The value.
    Value,
    /// The magnitude of the gradient.
    Gradient,
    /// The Laplacian.
    Laplacian,
}

impl View {
    /// All of them, in display order.
    pub(crate) const ALL: [View; 3] = [View::Value, View::Gradient, View::Laplacian];

    /// Heading of its maps.
    pub(crate) fn title(self) -> &'static str {
        match self {
            View::Value => "Value",
            View::Gradient => "Magnitude of the gradient",
            View::Laplacian => "Laplacian",
        }
    }

    /// The heading within a sentence.
    pub(crate) fn lower_case_title(self) -> String {
        if self == View::Laplacian { self.title().to_owned() } else { self.title().to_lowercase() }
    }

    /// The quantity of the map at every node.
    pub(crate) fn values(self, at: &Derivatives) -> Vec<f64> {
        match self {
            View::Value => at.value.clone(),
            View::Gradient => at.gradient[0].iter().zip(&at.gradient[1]).map(|(x, z)| x.hypot(*z)).collect(),
            View::Laplacian => at.laplacian.clone(),
        }
    }

    /// The colour scale of a field and everything compared with it. For derivatives it is clipped at the largest 0.5
    /// %.
    pub(crate) fn scale(self, at: &Derivatives, meaning: Meaning) -> Scale {
        let values = self.values(at);
        let largest = || robust_amplitude(values.iter().copied(), 0.995).max(f64::MIN_POSITIVE);
        let velocity = meaning == Meaning::Velocity;
        match self {
            View::Value => {
                let fold = |pick: fn(f64, f64) -> f64, from| values.iter().copied().fold(from, pick);
                let range = [fold(f64::min, f64::INFINITY), fold(f64::max, f64::NEG_INFINITY)];
                Scale { label: meaning.label().to_owned(), ..Scale::velocity(range) }
            }
            View::Gradient => {
                let label = if velocity {
                    "magnitude of the gradient (1/s)"
                } else {
                    "magnitude of the gradient (1/m)"
                };
                Scale { map: Colormap::Sequential, lo: 0.0, hi: largest(), label: label.to_owned() }
            }
            View::Laplacian => {
                Scale::signed(largest(), if velocity { "Laplacian (1/(m s))" } else { "Laplacian (1/m²)" })
            }
        }
    }

    /// The error of a fit in this view, as a note above its map.
    pub(crate) fn note(self, score: &Score) -> String {
        let percent = |error: Option<f64>| {
            error.map_or_else(String::new, |e| format!("{} %", survey::ticks::significant(100.0 * e, 3)))
        };
        match self {
            View::Value => score.psnr_db.map_or_else(String::new, |v| format!("{v:.1} dB")),
            View::Gradient => percent(score.gradient_relative_l2),
            View::Laplacian => percent(score.laplacian_relative_l2),
        }
    }
}
