//! The unit of storage of every matrix in the kernel.

use lanes::SingleLanes;

/// One row of a panel: 32 columns.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
pub(crate) struct Row(pub(crate) [f32; 32]);

impl Row {
    pub(crate) const ZERO: Self = Self([0.0; 32]);

    /// Lanes 0..16 (`half` 0) or 16..32 (`half` 1).
    #[inline(always)]
    pub(crate) fn load<V: SingleLanes>(&self, half: usize) -> V {
        V::load(&self.0.as_chunks::<16>().0[half], 0)
    }

    /// Overwrites one half.
    #[inline(always)]
    pub(crate) fn store<V: SingleLanes>(&mut self, half: usize, v: V) {
        v.store(&mut self.0.as_chunks_mut::<16>().0[half], 0);
    }

    /// Adds to one half.
    #[inline(always)]
    pub(crate) fn accumulate<V: SingleLanes>(&mut self, half: usize, v: V) {
        let sum = self.load::<V>(half).add(v);
        self.store(half, sum);
    }
}
