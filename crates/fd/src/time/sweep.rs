//! The order in which planes are stepped.

use std::ops::Range;

use super::extended::Extended;

/// The number of steps that pass through the planes together, and the number of planes at a time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Blocking {
    pub(crate) steps: usize,
    pub(crate) planes: usize,
}

/// Bytes of a wavefront: more than fits close to a core, which costs less than fewer steps.
const CACHE: usize = 2 << 20;

/// The same in three dimensions, where the planes of two steps are too large for a core's own cache.
const SHARED_CACHE: usize = 16 << 20;

impl Blocking {
    /// The blocking for a mesh: as many steps as fit the cache, up to sixteen, and two in three dimensions; eight and
    /// one if threads also step their neighbours' planes, whose number grows with the number of steps.
    pub(crate) fn suited<T>(extended: &Extended, reach: usize, threads: usize) -> Blocking {
        if extended.dims == 1 {
            return Blocking { steps: 1, planes: 1 };
        }
        // Two wavefields and kappa.
        let plane = 3 * size_of::<T>() * extended.n[0] * extended.n[1];
        let (cache, most, planes) = match (extended.dims, threads) {
            (3, 1) => (SHARED_CACHE, 2, 8),
            (3, _) => (SHARED_CACHE, 1, 8),
            (_, 1) => (CACHE, 16, 16),
            _ => (CACHE, 8, 16),
        };
        let fitting = (cache / plane).saturating_sub(planes) / reach;
        Blocking { steps: fitting.clamp(1, most), planes }
    }
}

/// Steps planes in a wavefront: band after band, and in each band step after step, each a stencil's reach behind the
/// previous one, so that several steps of a band are taken while it is in the cache.
///
/// `ranges(k)` are the planes of step k; `visit(k, planes)` steps some of them. Every plane undergoes the same
/// operations in the same order as without blocking, so the result is the same bit for bit.
///
/// # Source
/// Wellein et al. 2009, COMPSAC, "Efficient temporal blocking for stencil computations by multicore-aware wavefront
/// parallelization".
pub(crate) fn sweep(
    steps: usize,
    planes: usize,
    reach: usize,
    ranges: impl Fn(usize) -> Range<usize>,
    mut visit: impl FnMut(usize, Range<usize>),
) {
    let start = (0..steps).map(|k| ranges(k).start).min().unwrap_or(0);
    let end = (0..steps).map(|k| ranges(k).end + k * reach).max().unwrap_or(0);
    let bands = (end - start).div_ceil(planes);
    for band in 0..bands {
        for k in 0..steps {
            let all = ranges(k);
            let edge =
                |band: usize| (start + band * planes).saturating_sub(k * reach).clamp(all.start, all.end);
            let from = if band == 0 { all.start } else { edge(band) };
            let to = if band + 1 == bands { all.end } else { edge(band + 1) };
            if from < to {
                visit(k, from..to);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every plane is stepped once per step, never before the planes that its stencil reaches have been stepped, and
    /// never after one of them has been overwritten by the step after the next.
    #[test]
    fn order_respects_the_stencil() {
        for (n, steps, planes, reach, shrink) in
            [(23, 4, 5, 3, 0), (100, 8, 16, 4, 4), (7, 6, 3, 11, 0), (1, 3, 2, 2, 0), (90, 3, 64, 2, 2)]
        {
            let mut done = vec![0; n];
            let ranges = |k: usize| k * shrink..n - k * shrink;
            sweep(steps, planes, reach, ranges, |k, planes| {
                for z in planes {
                    assert_eq!(done[z], k);
                    let near = ranges(k.saturating_sub(1));
                    for other in z.saturating_sub(reach).max(near.start)..(z + reach + 1).min(near.end) {
                        assert!(done[other] == k || done[other] == k + 1, "plane {z} of step {k}");
                    }
                    done[z] += 1;
                }
            });
            let expected = |z: usize| (0..steps).filter(|&k| ranges(k).contains(&z)).count();
            assert!((0..n).all(|z| done[z] == expected(z)));
        }
    }
}
