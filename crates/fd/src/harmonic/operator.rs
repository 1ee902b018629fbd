//! A system in a medium at a frequency.

use num_complex::Complex64;
use pde::System;

use super::eliminate::Reduced;
use super::reading::{Entry, PHASE, Reading};
use super::rows::Sum;
use crate::FdError;
use crate::program::{
    Discrete, Program, Properties, Receivers, Taps, Values, arrays, given, inner, taps, unknown as unknown_of,
};
use crate::sparse::Row;
use crate::time::extended::Extended;
use crate::time::layout::Layout;
use crate::time::{Boundary, Mesh, Points, finite};

/// How a system is made discrete.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// Order of accuracy in space: 2, 4, 6, 8 or 12.
    pub order: usize,
    /// Edges. Absorbing layers lie outside the mesh.
    pub boundary: Boundary,
    /// Most bytes that the factors of the matrix may take.
    pub memory: usize,
}

/// Sources of one given field of a system.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// The name of the given field.
    pub given: &'a str,
    /// Where they are.
    pub points: &'a Points,
    /// `[source]`: the given field is `S delta(x - x_s)`. S is the spectrum of the wavelet, the integral of
    /// s(t) exp(-i omega t).
    pub amplitudes: &'a [Complex64],
}

/// Sources that act together, and receivers.
#[derive(Debug, Clone)]
pub struct Shot<'a> {
    /// The sources.
    pub sources: Vec<Source<'a>>,
    /// The receivers.
    pub receivers: Vec<Receivers<'a>>,
}

/// What the receivers of a shot record, by set: `[receiver]`.
pub type Data = Vec<Vec<Complex64>>;

/// All unknowns of a shot at all nodes, layers included.
#[derive(Debug, Clone, PartialEq)]
pub struct Wavefield {
    /// Unknown after unknown, x fastest.
    pub(super) values: Vec<Complex64>,
}

/// A declared system in a medium at a frequency: its matrix, factorised.
///
/// Fields vary as exp(+i omega t), and sources and receivers have the sign and scale of
/// [`Propagator`](crate::program::Propagator): a trace has the spectrum that is computed here for the spectra of its wavelets.
/// Absorbing layers lie outside the mesh and continue the medium of its edges.
///
/// The matrix of layers depends on the fastest velocity of the medium, rounded up to a power of 2^(1/8). Derivatives are those
/// of the discrete equations with the layers as they are.
///
/// # Source
/// Marfurt, Geophysics 49 (1984), 533-549, for solutions by factors of the matrix; Hustedt, Operto & Virieux, Geophys. J. Int.
/// 157 (2004), 1269-1296, for elimination of unknowns on staggered grids; Chew & Weedon, Microw. Opt. Technol. Lett. 7 (1994),
/// 599-604, for layers.
#[derive(Debug)]
pub struct HarmonicOperator {
    system: System,
    mesh: Mesh,
    omega: f64,
    pub(super) extended: Extended,
    layout: Layout,
    pub(super) program: Program,
    /// The parameters on all nodes.
    pub(super) values: Values,
    /// The values of the program's arrays.
    pub(super) arrays: Vec<Vec<f64>>,
    pub(super) reading: Reading,
    pub(super) reduced: Reduced,
}

/// A system read in a medium at a frequency.
pub(super) struct Read {
    pub(super) discrete: Discrete,
    arrays: Vec<Vec<f64>>,
    reading: Reading,
    /// Those of all unknowns: unknown after unknown, x fastest.
    pub(super) rows: Vec<Row>,
}

impl Read {
    /// # Errors
    /// Those of [`HarmonicOperator::new`] but for the factorisation.
    pub(super) fn new(
        system: &System,
        mesh: &Mesh,
        settings: &Settings,
        properties: &Properties,
        omega: f64,
    ) -> Result<Self, FdError> {
        if !(omega.is_finite() && omega > 0.0) {
            return Err(FdError::NotPositive { what: "angular frequency (rad/s)", value: omega });
        }
        let (order, boundary) = (settings.order, settings.boundary);
        let stepped = crate::time::Settings { order, dt: PHASE / omega, boundary, threads: 1 };
        let discrete = Discrete::new(system, mesh, &stepped, properties)?;
        let (program, extended) = (&discrete.program, &discrete.extended);
        let material = discrete.values.material();
        let values_of_arrays =
            program.arrays.iter().map(|array| arrays::values(array, extended.n, &material));
        let arrays = values_of_arrays.collect::<Result<Vec<_>, _>>()?;
        let reading = Reading::new(program, extended.n)?;
        let mut sum = Sum::new(reading.len() * system.unknowns.len());
        let unknowns = 0..system.unknowns.len();
        let places = unknowns.flat_map(|unknown| (0..reading.len()).map(move |node| (unknown, node)));
        let rows: Vec<Row> =
            places.map(|(unknown, node)| reading.row(&arrays, &mut sum, unknown, node)).collect();
        Ok(Self { discrete, arrays, reading, rows })
    }
}

impl HarmonicOperator {
    /// Reads a system at a frequency and factorises its matrix in a medium.
    ///
    /// # Units
    /// `omega` in rad/s; parameters in their declared units.
    ///
    /// # Errors
    /// [`FdError::NotPositive`] for the frequency; [`FdError::OtherDimension`]; [`FdError::Program`] for a system that cannot be
    /// read, a parameter without value, or a coefficient that is not a number; [`FdError::NoField`] for a parameter that the system
    /// does not have; [`FdError::Length`] and [`FdError::NotFinite`] for values; [`FdError::StencilOrder`],
    /// [`FdError::OutOfRange`] and [`FdError::NoSurface`] for settings; [`FdError::MatrixTooLarge`]; [`FdError::Singular`].
    pub fn new(
        system: &System,
        mesh: &Mesh,
        settings: &Settings,
        properties: &Properties,
        omega: f64,
    ) -> Result<Self, FdError> {
        let Read { discrete, arrays, reading, rows } = Read::new(system, mesh, settings, properties, omega)?;
        let Discrete { program, extended, values, .. } = discrete;
        let reduced = Reduced::new(rows, extended.n, settings.memory)?;
        let layout = Layout::new(extended.dims, extended.n, settings.order / 2);
        let (system, mesh) = (system.clone(), mesh.clone());
        Ok(Self { system, mesh, omega, extended, layout, program, values, arrays, reading, reduced })
    }
    /// The mesh of parameters, sources and receivers.
    #[must_use]
    pub fn mesh(&self) -> &Mesh {
        &self.mesh
    }

    /// The system.
    #[must_use]
    pub fn system(&self) -> &System {
        &self.system
    }

    /// The angular frequency, rad/s.
    #[must_use]
    pub fn omega(&self) -> f64 {
        self.omega
    }

    /// The names of the unknowns that the factorised matrix has; the others are eliminated.
    #[must_use]
    pub fn factorised(&self) -> Vec<&str> {
        self.reduced.kept.iter().map(|unknown| self.system.unknowns[*unknown].name.as_str()).collect()
    }

    /// The wavefields of shots.
    ///
    /// # Shapes
    /// `[shot]`. All are in memory together: 16 bytes an unknown and node, layers included.
    ///
    /// # Errors
    /// [`FdError::OtherMesh`]; [`FdError::Length`] and [`FdError::NotFinite`] for amplitudes; [`FdError::NoField`];
    /// [`FdError::Inaccurate`].
    pub fn solve(&self, shots: &[Shot<'_>]) -> Result<Vec<Wavefield>, FdError> {
        let right = shots.iter().map(|shot| self.right(shot)).collect::<Result<Vec<_>, FdError>>()?;
        Ok(self.reduced.solve(right)?.into_iter().map(|values| Wavefield { values }).collect())
    }

    /// What the receivers of shots record.
    ///
    /// # Shapes
    /// `[shot]`, in and out.
    ///
    /// # Errors
    /// [`FdError::OtherMesh`]; [`FdError::NoField`]; [`FdError::Length`] for another number of wavefields than of shots, or
    /// wavefields of another operator.
    pub fn record(&self, shots: &[Shot<'_>], wavefields: &[Wavefield]) -> Result<Vec<Data>, FdError> {
        self.expect(shots, wavefields)?;
        shots.iter().zip(wavefields).map(|(shot, field)| self.sampled(shot, &field.values)).collect()
    }

    /// A wavefield of given values.
    ///
    /// # Shapes
    /// Unknown after unknown in the order of the system, x fastest, with the nodes of the layers. Values of a field that stands half
    /// a cell up belong to the places half a cell behind their nodes.
    ///
    /// # Errors
    /// [`FdError::Length`].
    pub fn wavefield(&self, values: Vec<Complex64>) -> Result<Wavefield, FdError> {
        let wavefield = Wavefield { values };
        self.expect_wavefield(&wavefield)?;
        Ok(wavefield)
    }

    /// What a wavefield leaves of the equations: the matrix of all unknowns times the wavefield, minus what the sources of a shot
    /// give. Equations are divided by the coefficient of the highest time derivative of their unknown.
    ///
    /// # Shapes
    /// As the values of [`HarmonicOperator::wavefield`].
    ///
    /// # Errors
    /// [`FdError::Length`] for a wavefield of another operator; those of [`HarmonicOperator::solve`] for the shot.
    pub fn residual(&self, shot: &Shot<'_>, wavefield: &Wavefield) -> Result<Vec<Complex64>, FdError> {
        self.expect_wavefield(wavefield)?;
        let (count, mut left) = (self.reading.len(), self.right(shot)?);
        for (row, left) in left.iter_mut().enumerate() {
            let (unknown, node) = (row / count, row % count);
            let parts = self.reading.equations[unknown].parts.iter();
            let product = parts.map(|part| {
                let array = part.array.map_or(1.0, |array| self.arrays[array][node]);
                self.reading.product(part, node, &wavefield.values) * array
            });
            *left = product.sum::<Complex64>() - *left;
        }
        Ok(left)
    }

    /// An unknown of a wavefield on the mesh. Values of a field that stands half a cell up belong to the places half a cell
    /// behind their nodes.
    ///
    /// # Shapes
    /// As arrays of the mesh.
    ///
    /// # Errors
    /// [`FdError::NoField`]; [`FdError::Length`] for a wavefield of another operator.
    pub fn field(&self, wavefield: &Wavefield, unknown: &str) -> Result<Vec<Complex64>, FdError> {
        self.expect_wavefield(wavefield)?;
        let (place, count) = (unknown_of(&self.system, unknown)?, self.reading.len());
        Ok(inner(&self.mesh, &self.extended, &wavefield.values[place * count..][..count]))
    }

    pub(super) fn expect(&self, shots: &[Shot<'_>], wavefields: &[Wavefield]) -> Result<(), FdError> {
        let (found, expected) = (wavefields.len(), shots.len());
        if found != expected {
            return Err(FdError::Length { what: "wavefields [shot]", found, expected });
        }
        wavefields.iter().try_for_each(|field| self.expect_wavefield(field))
    }

    fn expect_wavefield(&self, wavefield: &Wavefield) -> Result<(), FdError> {
        let (found, expected) = (wavefield.values.len(), self.reading.len() * self.system.unknowns.len());
        let what = "wavefield [unknown, node]";
        if found == expected { Ok(()) } else { Err(FdError::Length { what, found, expected }) }
    }

    /// The right-hand side of a shot.
    pub(super) fn right(&self, shot: &Shot<'_>) -> Result<Vec<Complex64>, FdError> {
        let count = self.reading.len();
        let mut right = vec![Complex64::ZERO; count * self.system.unknowns.len()];
        self.emitted(shot, |unknown, entry, node, value| {
            let factor = entry.array.map_or(1.0, |array| self.arrays[array][node]);
            right[unknown * count + node] += entry.number * factor * value;
        })?;
        Ok(right)
    }

    /// Visits what enters each equation, and where: the density of the given field at the nodes of the unknown.
    pub(super) fn emitted(
        &self,
        shot: &Shot<'_>,
        mut visit: impl FnMut(usize, &Entry, usize, Complex64),
    ) -> Result<(), FdError> {
        for source in &shot.sources {
            if *source.points.mesh() != self.mesh {
                return Err(FdError::OtherMesh);
            }
            let (found, expected) = (source.amplitudes.len(), source.points.len());
            if found != expected {
                return Err(FdError::Length { what: "amplitudes [source]", found, expected });
            }
            for part in [|value: &Complex64| value.re, |value: &Complex64| value.im] {
                finite("amplitudes [source]", &source.amplitudes.iter().map(part).collect::<Vec<f64>>())?;
            }
            let given = given(&self.system, source.given)?;
            for (unknown, equation) in self.reading.equations.iter().enumerate() {
                for entry in equation.entries.iter().filter(|entry| entry.given == given) {
                    for tap in self.taps(source.points, unknown, self.mesh.cell().recip()).iter() {
                        visit(
                            unknown,
                            entry,
                            self.layout.node(tap.index, tap.plane),
                            source.amplitudes[tap.point] * tap.weight,
                        );
                    }
                }
            }
        }
        Ok(())
    }

    /// The values of a wavefield at the receivers of a shot.
    pub(super) fn sampled(&self, shot: &Shot<'_>, values: &[Complex64]) -> Result<Data, FdError> {
        let set = |receivers: &Receivers<'_>| {
            let mut data = vec![Complex64::ZERO; receivers.points.len()];
            self.weights(receivers, |point, at, weight| data[point] += values[at] * weight)?;
            Ok(data)
        };
        shot.receivers.iter().map(set).collect()
    }

    /// Visits the point, the place in a wavefield and the weight of what receivers sample.
    pub(super) fn weights(
        &self,
        receivers: &Receivers<'_>,
        mut visit: impl FnMut(usize, usize, f64),
    ) -> Result<(), FdError> {
        if *receivers.points.mesh() != self.mesh {
            return Err(FdError::OtherMesh);
        }
        let unknown = unknown_of(&self.system, receivers.unknown)?;
        for tap in self.taps(receivers.points, unknown, 1.0).iter() {
            visit(
                tap.point,
                unknown * self.reading.len() + self.layout.node(tap.index, tap.plane),
                tap.weight,
            );
        }
        Ok(())
    }

    /// The weights of points at the nodes of an unknown.
    fn taps(&self, points: &Points, unknown: usize, scale: f64) -> Taps<f64> {
        let variable = &self.program.variables[self.program.fields[unknown]];
        taps(points, &self.extended, &self.layout, variable, scale)
    }
}
