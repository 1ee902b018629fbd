//! Every operation of every instruction set against plain Rust.

use crate::{Element, Instructions, Lanes, Portable, SingleLanes};

/// What the operations make of three vectors.
#[inline(always)]
fn operations<V: Lanes>(input: &[V::T], out: &mut Vec<V::T>) {
    let [a, b, c] = [0, 1, 2].map(|k| V::load(input, k * V::N));
    let mut results =
        vec![a.add(b), a.sub(b), a.mul(b), a.mul_add(b, c), a.mul_sub(b, c), V::splat(input[5])];
    results.extend((1..V::N).map(|k| a.window(b, k)));
    for result in results {
        let from = out.len();
        out.resize(from + V::N, V::T::default());
        result.store(out, from);
    }
}

/// What the operations of sixteen f32 make of three vectors.
#[inline(always)]
fn single_operations<V: SingleLanes>(input: &[f32], out: &mut Vec<f32>) {
    let [a, b, c] = [0, 1, 2].map(|k| V::load(input, k * V::N));
    let whole = V::splat(12_582_912.0);
    let integer = a.mul_add(V::splat(8.0), whole).sub(whole);
    let [sin, cos] = V::quadrant(integer, b, c);
    let mut results = vec![a.div(b), a.min(b), a.max(b), a.neg_mul_add(b, c), a.neg(), sin, cos];
    results.extend([a.select_positive(b, c), integer.power_of_two(), V::splat(a.sum())]);
    for result in results {
        let from = out.len();
        out.resize(from + V::N, 0.0);
        result.store(out, from);
    }
}

#[cfg(target_arch = "x86_64")]
mod compiled {
    use super::*;
    use crate::{Avx2F32, Avx2F64, Avx512F32, Avx512F64};

    macro_rules! compiled {
        ($name:ident, $features:literal, $single:ty, $double:ty) => {
            #[target_feature(enable = $features)]
            pub(super) fn $name(single: &[f32], double: &[f64]) -> (Vec<f32>, Vec<f64>) {
                let (mut of_single, mut of_double) = (Vec::new(), Vec::new());
                operations::<$single>(single, &mut of_single);
                single_operations::<$single>(single, &mut of_single);
                operations::<$double>(double, &mut of_double);
                (of_single, of_double)
            }
        };
    }
    compiled!(avx2, "avx2,fma", Avx2F32, Avx2F64);
    compiled!(avx512, "avx512f,avx2,fma", Avx512F32, Avx512F64);
}

fn portable(single: &[f32], double: &[f64]) -> (Vec<f32>, Vec<f64>) {
    let (mut of_single, mut of_double) = (Vec::new(), Vec::new());
    operations::<Portable<f32, 16>>(single, &mut of_single);
    single_operations::<Portable<f32, 16>>(single, &mut of_single);
    operations::<Portable<f64, 8>>(double, &mut of_double);
    (of_single, of_double)
}

fn close<T: Element + Into<f64>>(a: &[T], b: &[T], tolerance: f64) {
    assert_eq!(a.len(), b.len());
    for (i, (a, b)) in a.iter().zip(b).enumerate() {
        let (a, b): (f64, f64) = ((*a).into(), (*b).into());
        assert!((a - b).abs() <= tolerance * a.abs().max(1.0), "{i}: {a} {b}");
    }
}

/// A fused multiply-add rounds once and plain Rust twice; all else is the same number.
#[test]
fn instruction_sets_agree() {
    let number = |i: usize| (1.7 * i as f64 + 0.3).sin();
    let double: Vec<f64> = (0..48).map(number).collect();
    let single: Vec<f32> = double.iter().map(|x| *x as f32).collect();
    let (expected, expected_double) = portable(&single, &double);
    for instructions in Instructions::all() {
        let (found, found_double) = match instructions {
            Instructions::Portable => portable(&single, &double),
            // SAFETY: the processor has been asked for the instruction set.
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx2 => unsafe { compiled::avx2(&single, &double) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx512 => unsafe { compiled::avx512(&single, &double) },
        };
        close(&expected, &found, 4e-7);
        close(&expected_double, &found_double, 1e-15);
    }
}

/// A vector that does not fit into the slice is refused, not read.
#[test]
fn reads_stay_inside() {
    let short = [0.0_f32; 20];
    assert!(std::panic::catch_unwind(|| Portable::<f32, 16>::load(&short, 5)).is_err());
}
