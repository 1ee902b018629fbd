//! IBM System/360 floating-point numbers of 32 bits.
//!
//! A number has a sign bit, seven bits of an exponent of 16 with bias 64, and a fraction of 24 bits without hidden bit.
//!
//! # Source
//! SEG-Y revision 2.1, appendix "Data word format"; IBM System/360 Principles of Operation (1964), "Floating-point
//! arithmetic".

/// The value of an IBM number. Every normalised IBM number in the range of normal `f32` is converted exactly.
///
/// Smaller numbers are rounded to the nearest subnormal `f32`, ties to even. Larger numbers become infinite. Numbers that are
/// not normalised have their true value; a fraction of zero is zero whatever the exponent is.
#[must_use]
pub fn to_f32(bits: u32) -> f32 {
    let exponent = i64::from((bits >> 24) & 0x7f) - 64;
    // The power of two is a normal `f64`: its exponent is between -280 and 228.
    let power = f64::from_bits(((1023 + 4 * exponent - 24) as u64) << 52);
    let magnitude = f64::from(bits & 0x00ff_ffff) * power;
    (if bits >> 31 == 1 { -magnitude } else { magnitude }) as f32
}

/// The normalised IBM number nearest to a value, ties to even. `None` if the value is not finite.
///
/// The fraction of an IBM number has 21 to 24 significant bits, so up to three bits of an `f32` are rounded.
#[must_use]
pub fn from_f32(value: f32) -> Option<u32> {
    from_f64(f64::from(value))
}

/// The normalised IBM number nearest to a value, ties to even. `None` if the value is not finite or too large.
///
/// Values below the smallest normalised number, 16^-65, become zero or that number, whichever is nearer.
#[must_use]
pub fn from_f64(value: f64) -> Option<u32> {
    if !value.is_finite() {
        return None;
    }
    let magnitude = value.abs();
    let sign = if value.is_sign_negative() { 1 << 31 } else { 0 };
    let smallest = f64::from_bits((1023 - 260) << 52);
    if magnitude < smallest {
        let bits = if 2.0 * magnitude > smallest { sign | 0x0010_0000 } else { 0 };
        return Some(bits);
    }
    let binary = ((magnitude.to_bits() >> 52) as i64) - 1023;
    // The exponent of 16 for which the fraction is between 1/16 and 1.
    let mut exponent = (binary + 4).div_euclid(4);
    if exponent > 63 {
        return None;
    }
    let power = f64::from_bits(((1023 + 24 - 4 * exponent) as u64) << 52);
    let mut fraction = (magnitude * power).round_ties_even() as u32;
    if fraction == 1 << 24 {
        fraction >>= 4;
        exponent += 1;
    }
    if exponent > 63 {
        return None;
    }
    Some(sign | (((exponent + 64) as u32) << 24) | fraction)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Numbers from the literature, with their IBM bits.
    #[test]
    fn known_numbers_are_converted_in_both_directions() {
        for (value, bits) in [
            (0.0, 0),
            (1.0, 0x4110_0000),
            (-1.0, 0xc110_0000),
            (0.5, 0x4080_0000),
            (0.1, 0x4019_999a),
            (100.0, 0x4264_0000),
            (-118.625, 0xc276_a000),
            (16.0, 0x4210_0000),
            (65535.0, 0x44ff_ff00),
        ] {
            assert_eq!(from_f32(value), Some(bits), "{value}");
            let rounded = if value == 0.1 { 0.100_000_024 } else { value };
            assert_eq!(to_f32(bits), rounded, "{bits:#x}");
        }
    }

    #[test]
    fn ends_of_the_range() {
        assert_eq!(to_f32(0x7fff_ffff), f32::INFINITY);
        assert_eq!(to_f32(0xffff_ffff), f32::NEG_INFINITY);
        assert_eq!(to_f32(0x60ff_ffff), 16_777_215.0 * 2_f32.powi(104));
        assert_eq!(to_f32(0x2140_0000), f32::MIN_POSITIVE);
        assert_eq!(to_f32(0x1c80_0000), 2_f64.powi(-145) as f32, "subnormal");
        assert_eq!(to_f32(0x0010_0000), 0.0, "16^-65 is below the range");
        assert_eq!(to_f32(0x4000_0000), 0.0, "no fraction");
        assert_eq!(to_f32(0x4200_0001), 2_f32.powi(-16), "not normalised");
        assert_eq!(from_f32(f32::MAX), Some(0x60ff_ffff));
        assert_eq!(from_f32(f32::from_bits(0x3fff_ffff)), Some(0x4120_0000), "rounded up");
        assert_eq!(from_f64(1.0 - 1e-12), Some(0x4110_0000), "rounded up to a power of 16");
        assert_eq!(from_f32(f32::from_bits(1)), Some(0x1b80_0000));
        for value in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            assert_eq!(from_f32(value), None);
        }
        assert_eq!(from_f64(7.3e75), None, "more than the largest IBM number");
        assert_eq!(from_f64(-7.2e75).map(|bits| bits >> 24), Some(0xff));
        assert_eq!(from_f64(1e-100), Some(0));
        assert_eq!(from_f64(16_f64.powi(-65)), Some(0x0010_0000));
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

        /// Normalised IBM numbers in the range of `f32` come back bit by bit.
        #[test]
        fn numbers_come_back(exponent in 0x22_u32..0x60, fraction in 0x10_0000_u32..0x100_0000, sign in 0_u32..2) {
            let bits = sign << 31 | exponent << 24 | fraction;
            prop_assert_eq!(from_f32(to_f32(bits)), Some(bits));
        }

        /// No IBM number is nearer to a value than the chosen one.
        #[test]
        fn the_nearest_number_is_chosen(bits in any::<u32>()) {
            let value = f32::from_bits(bits);
            prop_assume!(value.is_finite() && value.abs() < 1e38 && value.abs() > 1e-35);
            let ibm = from_f32(value).unwrap();
            let error = |ibm: u32| (f64::from(to_f32(ibm)) - f64::from(value)).abs();
            prop_assert!(error(ibm) <= error(ibm - 1) && error(ibm) <= error(ibm + 1));
        }
    }
}
