//! The colour of a number.

/// A perceptually uniform sequence of colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colormap {
    /// Dark to bright, for velocities: viridis, readable in grey and for colour-blind readers.
    Sequential,
    /// Blue over white to red, for wavefields and differences: zero is white.
    Diverging,
}

impl Colormap {
    /// The colour at `t` from 0 to 1; beyond that range, the colour of the end.
    #[must_use]
    pub fn colour(self, t: f64) -> [u8; 3] {
        let t = t.clamp(0.0, 1.0);
        let c = match self {
            Colormap::Sequential => colorous::VIRIDIS.eval_continuous(t),
            Colormap::Diverging => colorous::RED_BLUE.eval_continuous(1.0 - t),
        };
        [c.r, c.g, c.b]
    }
}

/// A range of numbers on a colour map, with their meaning.
#[derive(Debug, Clone, PartialEq)]
pub struct Scale {
    /// The colours.
    pub map: Colormap,
    /// The number of the first colour.
    pub lo: f64,
    /// The number of the last colour.
    pub hi: f64,
    /// Quantity and unit, for the colour bar.
    pub label: String,
}

impl Scale {
    /// Velocities between two bounds, m/s.
    #[must_use]
    pub fn velocity(range: [f64; 2]) -> Scale {
        let [lo, hi] = if range[1] > range[0] { range } else { [range[0] - 50.0, range[0] + 50.0] };
        Scale { map: Colormap::Sequential, lo, hi, label: "P-wave velocity (m/s)".to_owned() }
    }

    /// A quantity between two bounds.
    #[must_use]
    pub fn quantity([lo, hi]: [f64; 2], label: impl Into<String>) -> Scale {
        let room = if lo == 0.0 { 1.0 } else { 0.025 * lo.abs() };
        let [lo, hi] = if hi > lo { [lo, hi] } else { [lo - room, lo + room] };
        Scale { map: Colormap::Sequential, lo, hi, label: label.into() }
    }

    /// The real part of a wavefield, zero in the middle.
    #[must_use]
    pub fn wavefield(amplitude: f64) -> Scale {
        Scale::signed(amplitude, "real part of the pressure")
    }

    /// A signed quantity, zero in the middle.
    #[must_use]
    pub fn signed(amplitude: f64, label: impl Into<String>) -> Scale {
        let a = if amplitude.is_finite() && amplitude > 0.0 { amplitude } else { 1.0 };
        Scale { map: Colormap::Diverging, lo: -a, hi: a, label: label.into() }
    }

    /// One of 256 levels; NaN is the lowest.
    #[must_use]
    pub fn level(&self, value: f64) -> u8 {
        // A conversion from float to integer saturates, and NaN becomes 0.
        (255.0 * (value - self.lo) / (self.hi - self.lo)).round() as u8
    }

    /// The colours of the 256 levels.
    #[must_use]
    pub fn palette(&self) -> Vec<[u8; 3]> {
        (0..=255).map(|l| self.level_colour(l)).collect()
    }

    fn level_colour(&self, level: u8) -> [u8; 3] {
        self.map.colour(f64::from(level) / 255.0)
    }
}

/// The amplitude that a given share of the numbers does not exceed, so that a point source or a direct wave does not
/// dominate the scale.
#[must_use]
pub fn robust_amplitude(values: impl Iterator<Item = f64>, share: f64) -> f64 {
    let mut sizes: Vec<f64> = values.map(f64::abs).filter(|v| v.is_finite()).collect();
    sizes.sort_by(f64::total_cmp);
    sizes.get((sizes.len() as f64 * share) as usize).or(sizes.last()).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Viridis brightens monotonically, and the diverging map is white at zero: both can be read without the colour
    /// bar.
    #[test]
    fn maps_are_monotonic_in_brightness() {
        let brightness =
            |c: [u8; 3]| 0.2126 * f64::from(c[0]) + 0.7152 * f64::from(c[1]) + 0.0722 * f64::from(c[2]);
        let of = |map: Colormap, t: f64| brightness(map.colour(t));
        for i in 0..50 {
            let t = f64::from(i) / 50.0;
            assert!(of(Colormap::Sequential, t) < of(Colormap::Sequential, t + 0.02));
            let (a, b) = (0.5 * t, 0.5 * t + 0.01);
            assert!(of(Colormap::Diverging, a) < of(Colormap::Diverging, b) + 1.0);
            assert!(of(Colormap::Diverging, 1.0 - a) < of(Colormap::Diverging, 1.0 - b) + 1.0);
        }
        assert!(of(Colormap::Diverging, 0.5) > 235.0);
        let blue = Colormap::Diverging.colour(0.0);
        assert!(blue[2] > blue[0], "negative is blue: {blue:?}");
    }

    /// Levels saturate, and NaN does not panic.
    #[test]
    fn levels_saturate() {
        let scale = Scale::velocity([1000.0, 2000.0]);
        assert_eq!(
            [0.0, 1000.0, 1500.0, 2000.0, 1e9, f64::NAN].map(|v| scale.level(v)),
            [0, 0, 128, 255, 255, 0]
        );
        assert_eq!(robust_amplitude((0..1000).map(f64::from), 0.995), 995.0);
        assert_eq!(robust_amplitude([-3.0].into_iter(), 0.95), 3.0);
    }
}
