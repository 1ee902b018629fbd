//! Whether samples are IBM or IEEE floats, told from their bits where the header may be wrong.
//!
//! Files often have IEEE floats under the code of IBM floats, or the other way. Both are read without any error, with wrong amplitudes.
//!
//! Bits 20 to 23 of a sample are the highest hexadecimal digit of the fraction of an IBM float. Writers normalise these, so that the
//! digit is never 0. In an IEEE float these bits are the lowest bit of the exponent and the three highest of the fraction. They are 0 for
//! magnitudes from 2^e to 1.125 2^e with odd e, and amplitudes of waves and noise leave no gap there: about as many different values are in it
//! as in the equally wide bands on either side, 1.125 to 1.25 2^e (digit 1) and 0.875 to 1 2^e (digits 14 and 15).
//!
//! Different values are counted, not samples, so that zeros, constants and samples of few levels say nothing. The factor of all
//! amplitudes does not matter.
//!
//! # Source
//! SEG-Y revision 2.1, appendix "Data word format"; IEEE 754-2019, section 3.4.

/// Fewest different values of each band beside the gap. If the gap has at least as many on average, a tenth of them or less comes about by
/// chance with a probability of 1e-9 (three or fewer of a Poisson variable with mean 30).
const FEWEST: usize = 30;
/// The largest share of the smaller band that is an empty gap, which IBM floats have.
const EMPTY: f64 = 0.1;
/// The smallest share of the smaller band that is no gap, as in IEEE floats.
const FILLED: f64 = 0.5;
/// The smallest ratio of the magnitudes of IEEE floats above and below which a tenth of the different values are. Waves cross
/// zero and have a much larger one. Whole numbers that were stored as IBM floats without normalisation have one exponent, and less than 4.
const RANGE: f32 = 4.0;

/// What the bits of samples are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FloatBits {
    /// IBM floats.
    Ibm,
    /// IEEE floats.
    Ieee,
    /// There are too few different values, or they are unusual.
    Unknown,
}

/// Numbers of different values of samples, by the bits that tell IBM from IEEE floats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FloatCounts {
    /// All that are not zero, without their signs.
    pub values: usize,
    /// Those whose bits 20 to 23 are zero.
    pub gap: usize,
    /// Those in the bands below and above the gap.
    pub beside: [usize; 2],
    /// Whether the values, as IEEE floats, have the range of waves.
    waves: bool,
}

impl FloatCounts {
    /// Counts the different values of samples, given by their bits.
    #[must_use]
    pub fn of(samples: impl IntoIterator<Item = u32>) -> Self {
        let magnitudes = samples.into_iter().map(|bits| bits & 0x7fff_ffff);
        // A fraction of zero is zero as an IBM float, whatever the exponent is, and a power of two as an IEEE float.
        let mut values: Vec<u32> = magnitudes.filter(|bits| bits & 0x00ff_ffff != 0).collect();
        values.sort_unstable();
        values.dedup();
        let with = |digits: std::ops::RangeInclusive<u32>| {
            values.iter().filter(|bits| digits.contains(&((*bits >> 20) & 15))).count()
        };
        let at =
            |share: usize| values.get(share * values.len() / 10).map_or(0.0, |bits| f32::from_bits(*bits));
        let waves = at(9) > RANGE * at(1);
        Self { values: values.len(), gap: with(0..=0), beside: [with(14..=15), with(1..=1)], waves }
    }

    /// How many values are expected in the gap of IEEE floats, about.
    #[must_use]
    pub fn expected(&self) -> usize {
        self.beside[0].min(self.beside[1])
    }

    /// What the bits are.
    #[must_use]
    pub fn told(&self) -> FloatBits {
        let (gap, expected) = (self.gap as f64, self.expected() as f64);
        match () {
            () if self.expected() < FEWEST => FloatBits::Unknown,
            () if gap <= EMPTY * expected => FloatBits::Ibm,
            () if gap >= FILLED * expected && self.waves => FloatBits::Ieee,
            () => FloatBits::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ibm;

    /// A repeatable random number from 0 to 1, both excluded.
    struct Random(u64);

    impl Random {
        fn uniform(&mut self) -> f64 {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            ((self.0 >> 33) as f64 + 0.5) / (1_u64 << 31) as f64
        }

        fn gaussian(&mut self) -> f64 {
            let (a, b) = (self.uniform(), self.uniform());
            (-2.0 * a.ln()).sqrt() * (std::f64::consts::TAU * b).cos()
        }
    }

    fn ricker(t: f64) -> f64 {
        let a = (std::f64::consts::PI * 12.0 * t).powi(2);
        (1.0 - 2.0 * a) * (-a).exp()
    }

    /// Kinds of traces of waves and noise, as a function of trace, time in s, and random numbers.
    type Made = fn(usize, f64, &mut Random) -> f64;

    const MADE: [(&str, Made); 8] = [
        ("noise", |_, _, random| random.gaussian()),
        ("uniform noise", |_, _, random| random.uniform() - 0.5),
        ("wave with noise", |k, t, random| ricker(t - 0.5 - 0.0137 * k as f64) + 0.02 * random.gaussian()),
        ("wave without noise", |k, t, _| ricker(t - 0.5 - 0.0137 * k as f64)),
        ("sine", |k, t, _| (40.0 * t + 1.234_56 * k as f64).sin()),
        ("decaying", |k, t, random| random.gaussian() * (-2.0 * t).exp() / (1.0 + k as f64)),
        ("dead and zero", |k, t, random| if k % 3 == 0 || t < 0.5 { 0.0 } else { random.gaussian() }),
        ("whole numbers", |_, _, random| (3000.0 * random.gaussian()).round()),
    ];

    fn samples(made: Made, scale: f64) -> Vec<f32> {
        let mut random = Random(7);
        (0..32)
            .flat_map(|k| (0..1000).map(move |i| (k, 0.002 * f64::from(i))))
            .map(|(k, t)| (scale * made(k, t, &mut random)) as f32)
            .collect()
    }

    /// Amplitudes from 1e-12 to 1e12.
    fn scales() -> impl Iterator<Item = f64> {
        (-12..=12).map(|power| if power % 2 == 0 { 1.0 } else { 3.1 } * 10_f64.powi(power))
    }

    #[test]
    fn both_kinds_are_told_at_any_amplitude() {
        for (name, made) in MADE {
            for scale in scales() {
                let samples = samples(made, scale);
                let counts = FloatCounts::of(samples.iter().map(|value| value.to_bits()));
                assert_eq!(counts.told(), FloatBits::Ieee, "{name} {scale:e}: {counts:?}");
                let ibm = samples.iter().map(|value| ibm::from_f32(*value).unwrap());
                let counts = FloatCounts::of(ibm);
                assert_eq!(counts.told(), FloatBits::Ibm, "{name} {scale:e}: {counts:?}");
            }
        }
    }

    /// Data that went through the other format before are what they are now.
    #[test]
    fn converted_data_are_told() {
        for (name, made) in MADE {
            let converted = samples(made, 3.3).into_iter().map(|v| ibm::to_f32(ibm::from_f32(v).unwrap()));
            let counts = FloatCounts::of(converted.map(f32::to_bits));
            assert_eq!(counts.told(), FloatBits::Ieee, "{name}: {counts:?}");
        }
    }

    /// Zeros, constants, few levels and few samples decide nothing, in either format.
    #[test]
    fn little_says_nothing() {
        let mut random = Random(3);
        let cases: [(&str, Vec<f32>); 6] = [
            ("none", Vec::new()),
            ("zeros", vec![0.0; 5000]),
            ("a constant", vec![3.7; 5000]),
            ("three levels", (0..5000).map(|_| (1.2 * random.gaussian()).round() as f32).collect()),
            ("few samples", (0..200).map(|_| random.gaussian() as f32).collect()),
            ("beside a constant", (0..5000).map(|_| (3.2 + 0.01 * random.gaussian()) as f32).collect()),
        ];
        for (name, samples) in cases {
            let ieee = FloatCounts::of(samples.iter().map(|value| value.to_bits()));
            assert_eq!(ieee.told(), FloatBits::Unknown, "{name}: {ieee:?}");
            let ibm = FloatCounts::of(samples.iter().map(|value| ibm::from_f32(*value).unwrap()));
            assert_eq!(ibm.told(), FloatBits::Unknown, "{name} as IBM: {ibm:?}");
        }
    }

    /// Whole numbers stored as IBM floats that are not normalised, with one exponent, are not taken for IEEE floats.
    #[test]
    fn ibm_floats_that_are_not_normalised() {
        let mut random = Random(5);
        for width in [30.0, 3e3, 3e5, 3e6] {
            let bits = (0..20_000).map(|_| {
                let number = (width * random.gaussian()).clamp(-1.6e7, 1.6e7) as i32;
                (u32::from(number < 0) << 31) | 0x4600_0000 | number.unsigned_abs()
            });
            let counts = FloatCounts::of(bits);
            assert_ne!(counts.told(), FloatBits::Ieee, "{width}: {counts:?}");
        }
    }
}
