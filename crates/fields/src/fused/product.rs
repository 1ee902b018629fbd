//! The two matrix products of the kernel, on matrices stored as panels of 32 columns.

use super::row::Row;
#[cfg(target_arch = "x86_64")]
use lanes::{Avx2F32, Avx512F32};
use lanes::{Portable, SingleLanes};

/// The number of rows of every block is a multiple of this, so that every tile height divides it.
pub(crate) const ROW_MULTIPLE: usize = 24;

/// c = a b for one panel of b.
///
/// # Shapes
/// `a` is `[panel][row]`, `b` is `[k]` with k = 32 panels, `c` is `[row]`; `M` rows and `H` half panels of the
/// result stay in registers.
#[inline(always)]
fn product<V: SingleLanes, const M: usize, const H: usize>(a: &[Row], b: &[Row], c: &mut [Row]) {
    let rows = c.len();
    for half in (0..2).step_by(H) {
        for (tile, c) in c.as_chunks_mut::<M>().0.iter_mut().enumerate() {
            let mut sum = [[V::splat(0.0); H]; M];
            for (panel, b) in b.as_chunks::<32>().0.iter().enumerate() {
                let start = panel * rows + tile * M;
                let a: &[Row; M] = a[start..start + M].first_chunk().expect("a full tile");
                for k in 0..32 {
                    let b: [V; H] = std::array::from_fn(|h| b[k].load(half + h));
                    for i in 0..M {
                        let x = V::splat(a[i].0[k]);
                        for h in 0..H {
                            sum[i][h] = x.mul_add(b[h], sum[i][h]);
                        }
                    }
                }
            }
            for i in 0..M {
                for h in 0..H {
                    c[i].store(half + h, sum[i][h]);
                }
            }
        }
    }
}

/// g += a^T b.
///
/// # Shapes
/// `a` and `b` are `[panel][row]`, `g` is `[panel of b][column of a]`.
#[inline(always)]
fn product_transposed<V: SingleLanes, const M: usize, const H: usize>(
    a: &[Row],
    b: &[Row],
    g: &mut [Row],
    rows: usize,
) {
    let width = a.len() / rows * 32;
    for (b, g) in b.chunks_exact(rows).zip(g.chunks_exact_mut(width)) {
        for (a, g) in a.chunks_exact(rows).zip(g.as_chunks_mut::<32>().0) {
            for (tile, g) in g.as_chunks_mut::<M>().0.iter_mut().enumerate() {
                for half in (0..2).step_by(H) {
                    let mut sum = [[V::splat(0.0); H]; M];
                    for (a, b) in a.iter().zip(b) {
                        let a: &[f32; M] = &a.0.as_chunks::<M>().0[tile];
                        let b: [V; H] = std::array::from_fn(|h| b.load(half + h));
                        for i in 0..M {
                            let x = V::splat(a[i]);
                            for h in 0..H {
                                sum[i][h] = x.mul_add(b[h], sum[i][h]);
                            }
                        }
                    }
                    for i in 0..M {
                        for h in 0..H {
                            g[i].accumulate(half + h, sum[i][h]);
                        }
                    }
                }
            }
        }
    }
}

/// The two products with the tile that suits the register file; compiled once and not for each activation.
pub(crate) trait Products: SingleLanes {
    /// c = a b for one panel of b, `a` `[panel][row]`, `b` `[k]` and `c` `[row]`.
    fn product(a: &[Row], b: &[Row], c: &mut [Row]);
    /// g += a^T b, `a` and `b` `[panel][row]` and `g` `[panel of b][column of a]`.
    fn product_transposed(a: &[Row], b: &[Row], g: &mut [Row], rows: usize);
}

impl Products for Portable<f32, 16> {
    #[inline(never)]
    fn product(a: &[Row], b: &[Row], c: &mut [Row]) {
        product::<Self, 4, 1>(a, b, c);
    }
    #[inline(never)]
    fn product_transposed(a: &[Row], b: &[Row], g: &mut [Row], rows: usize) {
        product_transposed::<Self, 4, 1>(a, b, g, rows);
    }
}

/// Calls a function that is compiled for an instruction set.
#[cfg(target_arch = "x86_64")]
macro_rules! cpu {
    ($call:expr) => {
        // SAFETY: values of these vectors are made only inside functions that enable their instruction set, and those are
        // called only after the processor has been asked for it.
        unsafe { $call }
    };
}

#[cfg(target_arch = "x86_64")]
impl Products for Avx2F32 {
    #[inline(always)]
    fn product(a: &[Row], b: &[Row], c: &mut [Row]) {
        #[inline(never)]
        #[target_feature(enable = "avx2,fma")]
        fn once(a: &[Row], b: &[Row], c: &mut [Row]) {
            product::<Avx2F32, 6, 1>(a, b, c);
        }
        cpu!(once(a, b, c));
    }
    #[inline(always)]
    fn product_transposed(a: &[Row], b: &[Row], g: &mut [Row], rows: usize) {
        #[inline(never)]
        #[target_feature(enable = "avx2,fma")]
        fn once(a: &[Row], b: &[Row], g: &mut [Row], rows: usize) {
            product_transposed::<Avx2F32, 4, 1>(a, b, g, rows);
        }
        cpu!(once(a, b, g, rows));
    }
}

#[cfg(target_arch = "x86_64")]
impl Products for Avx512F32 {
    #[inline(always)]
    fn product(a: &[Row], b: &[Row], c: &mut [Row]) {
        #[inline(never)]
        #[target_feature(enable = "avx512f,avx2,fma")]
        fn once(a: &[Row], b: &[Row], c: &mut [Row]) {
            product::<Avx512F32, 12, 2>(a, b, c);
        }
        cpu!(once(a, b, c));
    }
    #[inline(always)]
    fn product_transposed(a: &[Row], b: &[Row], g: &mut [Row], rows: usize) {
        #[inline(never)]
        #[target_feature(enable = "avx512f,avx2,fma")]
        fn once(a: &[Row], b: &[Row], g: &mut [Row], rows: usize) {
            product_transposed::<Avx512F32, 8, 2>(a, b, g, rows);
        }
        cpu!(once(a, b, g, rows));
    }
}
