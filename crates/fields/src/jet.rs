//! Jets: a field at N points with its first and pure second partial derivatives. They are propagated forward through
//! the network, so reverse mode is left for the parameters.
//!
//! With z = w0 (W h + b) and h' = f(z), a first partial obeys h'_x = f'(z) z_x and a second one
//! h'_xx = f'(z) z_xx + f''(z) z_x^2, where z_x = w0 W h_x and z_xx = w0 W h_xx; the Laplacian is the sum of the
//! second ones and obeys the sum of their rules.
//!
//! Points have one, two or three coordinates: `[x]`, `[x, z]`, or `[x, z, t]` for a field in time.

use burn::tensor::Tensor;

/// The partial derivatives that a jet contains.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JetOrder {
    /// The field only.
    Value,
    /// The field and its gradient.
    First,
    /// Also its Laplacian in x and z as one stream, which takes a fifth less work than the two second partials; with
    /// three coordinates also tt.
    Laplacian,
    /// Also its pure second partials: xx, zz, and tt if there is a t.
    Second,
}

impl JetOrder {
    /// Number of streams for points with this number of coordinates: 1, 3, 4 or 5 for two, 1, 4, 6 or 7 for three.
    #[must_use]
    pub fn streams(self, inputs: usize) -> usize {
        match self {
            Self::Value => 1,
            Self::First => 1 + inputs,
            Self::Laplacian | Self::Second => self.second(inputs, inputs - 1) + 1,
        }
    }

    /// The stream that contains the second partial along an axis, alone or as a term.
    pub(crate) const fn second(self, inputs: usize, axis: usize) -> usize {
        match self {
            Self::Laplacian => inputs + 1 + axis.saturating_sub(1),
            _ => inputs + 1 + axis,
        }
    }
}

/// A field and its partial derivatives at N points.
///
/// # Shapes
/// One tensor `[stream * N + point, channel]` with the streams value, then x, z, t, then xx, zz (or the Laplacian),
/// tt, as far as these coordinates exist.
///
/// # Units
/// Derivatives are with respect to the coordinates given to the network.
#[derive(Debug, Clone)]
pub struct Jet {
    streams: Tensor<2>,
    order: JetOrder,
    inputs: usize,
}

impl Jet {
    pub(crate) fn new(streams: Tensor<2>, order: JetOrder, inputs: usize) -> Self {
        Self { streams, order, inputs }
    }

    /// The partials it contains.
    #[must_use]
    pub fn order(&self) -> JetOrder {
        self.order
    }

    /// All streams, `[stream * N + point, channel]`. One operation on all of them is the cheapest.
    #[must_use]
    pub fn streams(&self) -> Tensor<2> {
        self.streams.clone()
    }

    fn stream(&self, stream: usize) -> Tensor<2> {
        let n = self.streams.dims()[0] / self.order.streams(self.inputs);
        self.streams.clone().narrow(0, stream * n, n)
    }

    fn first(&self, axis: usize, name: &str) -> Tensor<2> {
        let there = axis < self.inputs && self.order != JetOrder::Value;
        assert!(there, "a jet of order {:?} in {} coordinates has no {name}", self.order, self.inputs);
        self.stream(1 + axis)
    }

    fn second(&self, axis: usize, name: &str) -> Tensor<2> {
        let alone = match self.order {
            JetOrder::Second => true,
            JetOrder::Laplacian => axis == 2 || self.inputs == 1,
            _ => false,
        };
        let there = alone && axis < self.inputs;
        assert!(there, "a jet of order {:?} in {} coordinates has no {name}", self.order, self.inputs);
        self.stream(self.order.second(self.inputs, axis))
    }

    /// u, `[N, channel]`.
    #[must_use]
    pub fn value(&self) -> Tensor<2> {
        self.stream(0)
    }

    /// du/dx, `[N, channel]`.
    ///
    /// # Panics
    /// If the jet has order [`JetOrder::Value`].
    #[must_use]
    pub fn x(&self) -> Tensor<2> {
        self.first(0, "x")
    }

    /// du/dz, `[N, channel]`.
    ///
    /// # Panics
    /// If the jet has order [`JetOrder::Value`], or one coordinate.
    #[must_use]
    pub fn z(&self) -> Tensor<2> {
        self.first(1, "z")
    }

    /// du/dt, `[N, channel]`.
    ///
    /// # Panics
    /// If the jet has order [`JetOrder::Value`], or fewer than three coordinates.
    #[must_use]
    pub fn t(&self) -> Tensor<2> {
        self.first(2, "t")
    }

    /// d2u/dx2, `[N, channel]`.
    ///
    /// # Panics
    /// If the jet does not have order [`JetOrder::Second`].
    #[must_use]
    pub fn xx(&self) -> Tensor<2> {
        self.second(0, "xx")
    }

    /// d2u/dz2, `[N, channel]`.
    ///
    /// # Panics
    /// If the jet does not have order [`JetOrder::Second`], or has one coordinate.
    #[must_use]
    pub fn zz(&self) -> Tensor<2> {
        self.second(1, "zz")
    }

    /// d2u/dt2, `[N, channel]`.
    ///
    /// # Panics
    /// If the jet has order [`JetOrder::Value`] or [`JetOrder::First`], or fewer than three coordinates.
    #[must_use]
    pub fn tt(&self) -> Tensor<2> {
        self.second(2, "tt")
    }

    /// d2u/dx2 + d2u/dz2, `[N, channel]`.
    ///
    /// # Panics
    /// If the jet has order [`JetOrder::Value`] or [`JetOrder::First`].
    #[must_use]
    pub fn laplacian(&self) -> Tensor<2> {
        match self.order {
            JetOrder::Laplacian => self.stream(self.inputs + 1),
            _ if self.inputs == 1 => self.xx(),
            _ => self.xx() + self.zz(),
        }
    }
}
