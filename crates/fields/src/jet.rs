//! Jets: a field at N points with its first and second partial derivatives. They are propagated forward through
//! the network, so reverse mode is left for the parameters.
//!
//! With z = w0 (W h + b) and h' = f(z), a first partial obeys h'_x = f'(z) z_x and a second one
//! h'_xz = f'(z) z_xz + f''(z) z_x z_z, where z_x = w0 W h_x and z_xz = w0 W h_xz; the Laplacian is the sum of the
//! second ones along x and z and obeys the sum of their rules.
//!
//! Points have one to four coordinates: `[x]`, `[x, z]` or `[x, y, z]`, and t after them for a field in time.

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
    /// Also its mixed second partials: xz, and xt and zt if there is a t.
    Mixed,
}

impl JetOrder {
    /// All orders, each with the streams of the ones before it or their sums.
    #[cfg(test)]
    pub(crate) const ALL: [Self; 5] = [Self::Value, Self::First, Self::Laplacian, Self::Second, Self::Mixed];

    /// Number of streams for points with this number of coordinates: 1, 3, 4, 5 or 6 for two, 1, 4, 6, 7 or 10 for three.
    #[must_use]
    pub fn streams(self, inputs: usize) -> usize {
        match self {
            Self::Value => 1,
            Self::First => 1 + inputs,
            Self::Laplacian | Self::Second => self.second(inputs, inputs - 1) + 1,
            Self::Mixed => 1 + inputs + inputs * (inputs + 1) / 2,
        }
    }

    /// The stream that is a partial derivative by itself, or `None` if the jet lacks it. Streams are counted from 0, and the
    /// derivative is given by the coordinates it is taken along, each as often as it is taken.
    ///
    /// ```
    /// use fields::JetOrder;
    /// assert_eq!(JetOrder::First.stream(3, &[2]), Some(3));
    /// assert_eq!(JetOrder::Mixed.stream(2, &[1, 0]), Some(5));
    /// assert_eq!(JetOrder::Second.stream(2, &[1, 0]), None);
    /// ```
    #[must_use]
    pub fn stream(self, inputs: usize, along: &[usize]) -> Option<usize> {
        match *along {
            [] => Some(0),
            [axis] if self != Self::Value && axis < inputs => Some(1 + axis),
            [a, b] => {
                let pair = [a.min(b), a.max(b)];
                (1 + inputs..self.streams(inputs)).find(|s| self.partials(inputs, *s).eq([pair]))
            }
            _ => None,
        }
    }

    /// The second partials whose sum a stream is, as pairs of axes; none for the value and the first partials.
    pub(crate) fn partials(self, inputs: usize, stream: usize) -> impl Iterator<Item = [usize; 2]> {
        let pairs = (0..inputs).flat_map(move |i| (i..inputs).map(move |j| [i, j]));
        let mixed = (0..inputs).flat_map(move |i| (i + 1..inputs).map(move |j| [i, j]));
        let place = move |pair: [usize; 2]| mixed.clone().position(|known| known == pair);
        pairs.filter(move |&[i, j]| match (i == j, self) {
            (true, _) => self.second(inputs, i) == stream,
            (false, Self::Mixed) => place([i, j]).is_some_and(|place| 1 + 2 * inputs + place == stream),
            (false, _) => false,
        })
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
/// tt, then xz, xt, zt, as far as the order and the coordinates have them. The functions with these names are for points
/// `[x]`, `[x, z]` and `[x, z, t]`; for others, [`JetOrder::stream`] finds the stream.
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
            JetOrder::Second | JetOrder::Mixed => true,
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
    /// If the jet does not have order [`JetOrder::Second`] or [`JetOrder::Mixed`].
    #[must_use]
    pub fn xx(&self) -> Tensor<2> {
        self.second(0, "xx")
    }

    /// d2u/dz2, `[N, channel]`.
    ///
    /// # Panics
    /// If the jet does not have order [`JetOrder::Second`] or [`JetOrder::Mixed`], or has one coordinate.
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

    fn mixed(&self, along: [usize; 2], name: &str) -> Tensor<2> {
        match self.order.stream(self.inputs, &along) {
            Some(stream) => self.stream(stream),
            None => panic!("a jet of order {:?} in {} coordinates has no {name}", self.order, self.inputs),
        }
    }

    /// d2u/dxdz, `[N, channel]`.
    ///
    /// # Panics
    /// If the jet does not have order [`JetOrder::Mixed`], or has one coordinate.
    #[must_use]
    pub fn xz(&self) -> Tensor<2> {
        self.mixed([0, 1], "xz")
    }

    /// d2u/dxdt, `[N, channel]`.
    ///
    /// # Panics
    /// If the jet does not have order [`JetOrder::Mixed`], or has fewer than three coordinates.
    #[must_use]
    pub fn xt(&self) -> Tensor<2> {
        self.mixed([0, 2], "xt")
    }

    /// d2u/dzdt, `[N, channel]`.
    ///
    /// # Panics
    /// If the jet does not have order [`JetOrder::Mixed`], or has fewer than three coordinates.
    #[must_use]
    pub fn zt(&self) -> Tensor<2> {
        self.mixed([1, 2], "zt")
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
