//! Linearised data and the adjoint-state gradient by the parameters of a system.
//!
//! With the matrix A and the sources b, both linear in the arrays of the medium, `A u = b` and `d = P u` give
//!
//! ```text
//! dd = -P A^-1 sum_a (dA/da u - db/da) da
//! ```
//!
//! The transposed map takes data with A^-T to the nodes, and on to the parameters by the chain rule of the step program.
//!
//! # Source
//! Plessix, Geophys. J. Int. 167 (2006), 495-503, section 3; Pratt, Shin & Hicks, Geophys. J. Int. 133 (1998), 341-362, equation
//! 14.

use num_complex::Complex64;

use super::operator::{Data, HarmonicOperator, Shot, Wavefield};
use crate::FdError;
use crate::program::{Array, Gradient, arrays, gathered, spread};

impl HarmonicOperator {
    /// The first-order change of the data for changes of parameters.
    ///
    /// # Shapes
    /// `wavefields` and the result `[shot]`; each change on the mesh.
    ///
    /// # Errors
    /// [`FdError::NoField`] for a parameter that the system does not have or that was given as a number; [`FdError::Length`];
    /// the errors of [`HarmonicOperator::solve`].
    pub fn born(
        &self,
        shots: &[Shot<'_>],
        wavefields: &[Wavefield],
        changes: &[(&str, &[f64])],
    ) -> Result<Vec<Data>, FdError> {
        self.expect(shots, wavefields)?;
        self.expect_parameters(changes.iter().map(|(name, _)| *name))?;
        let on_nodes = |(name, values): &(_, &[f64])| {
            self.mesh().expect_len("change of a parameter", values.len())?;
            Ok((*name, spread(&self.extended, values)))
        };
        let changes = changes.iter().map(on_nodes).collect::<Result<Vec<(&str, Vec<f64>)>, FdError>>()?;
        let material = self.values.material();
        let directions: Vec<(&str, &[f64])> =
            changes.iter().map(|(name, values)| (*name, &values[..])).collect();
        let names: Vec<&str> = directions.iter().map(|(name, _)| *name).collect();
        let of = |array: &Array| {
            let change = || arrays::change(array, self.extended.n, &material, &directions);
            arrays::varies(array, &names).then(change).transpose()
        };
        let arrays = self.program.arrays.iter().map(of).collect::<Result<Vec<_>, _>>()?;
        let chosen: Vec<bool> = arrays.iter().map(Option::is_some).collect();
        let mut right = Vec::new();
        for (shot, field) in shots.iter().zip(wavefields) {
            let mut scattered = vec![Complex64::ZERO; field.values.len()];
            self.slopes(shot, field, &chosen, |array, row, node, slope| {
                if let Some(change) = &arrays[array] {
                    scattered[row] -= slope * change[node];
                }
            })?;
            right.push(scattered);
        }
        let changed = self.reduced.solve(right)?;
        shots.iter().zip(&changed).map(|(shot, change)| self.sampled(shot, change)).collect()
    }

    /// The (not conjugated) transpose of [`HarmonicOperator::born`].
    ///
    /// # Shapes
    /// `data` `[shot]`, each as [`HarmonicOperator::record`] returns it; the result by parameter in the order of `wanted`, on the
    /// mesh. Values in the layers are added to the nodes of the edges.
    ///
    /// # Errors
    /// As [`HarmonicOperator::born`].
    pub fn born_transposed(
        &self,
        shots: &[Shot<'_>],
        wavefields: &[Wavefield],
        data: &[Data],
        wanted: &[&str],
    ) -> Result<Vec<Vec<Complex64>>, FdError> {
        let by_array = self.by_array(shots, wavefields, data, wanted)?;
        let parts = [|value: &Complex64| value.re, |value: &Complex64| value.im];
        let [re, im] = parts.map(|part| self.chained(&by_array, wanted, part));
        let join = |(re, im): (Vec<f64>, Vec<f64>)| {
            re.into_iter().zip(im).map(|(re, im)| Complex64::new(re, im)).collect()
        };
        Ok(re?.into_iter().zip(im?).map(join).collect())
    }

    /// The derivatives of a real misfit J(d) by parameters.
    ///
    /// # Shapes
    /// `adjoint_sources` `[shot]`, each as [`HarmonicOperator::record`] returns it, g = dJ/dRe(d) + i dJ/dIm(d); the result as that
    /// of [`HarmonicOperator::born_transposed`].
    ///
    /// # Units
    /// That of J over that of the parameter.
    ///
    /// # Errors
    /// As [`HarmonicOperator::born`].
    pub fn gradient(
        &self,
        shots: &[Shot<'_>],
        wavefields: &[Wavefield],
        adjoint_sources: &[Data],
        wanted: &[&str],
    ) -> Result<Vec<Vec<f64>>, FdError> {
        let conjugated =
            |data: &Data| data.iter().map(|set| set.iter().map(Complex64::conj).collect()).collect();
        let conjugated: Vec<Data> = adjoint_sources.iter().map(conjugated).collect();
        let by_array = self.by_array(shots, wavefields, &conjugated, wanted)?;
        self.chained(&by_array, wanted, |value| value.re)
    }

    /// The transposed derivatives by the arrays of the program that vary with wanted parameters.
    fn by_array(
        &self,
        shots: &[Shot<'_>],
        wavefields: &[Wavefield],
        data: &[Data],
        wanted: &[&str],
    ) -> Result<Vec<(usize, Vec<Complex64>)>, FdError> {
        self.expect(shots, wavefields)?;
        self.expect_parameters(wanted.iter().copied())?;
        let (found, expected) = (data.len(), shots.len());
        if found != expected {
            return Err(FdError::Length { what: "data [shot]", found, expected });
        }
        let mut right = Vec::new();
        for ((shot, field), data) in shots.iter().zip(wavefields).zip(data) {
            let mut spread = vec![Complex64::ZERO; field.values.len()];
            let (found, expected) = (data.len(), shot.receivers.len());
            if found != expected {
                return Err(FdError::Length { what: "data of a shot [set of receivers]", found, expected });
            }
            for (receivers, data) in shot.receivers.iter().zip(data) {
                let (found, expected) = (data.len(), receivers.points.len());
                if found != expected {
                    return Err(FdError::Length { what: "data of a set [receiver]", found, expected });
                }
                self.weights(receivers, |point, at, weight| spread[at] += data[point] * weight)?;
            }
            right.push(spread);
        }
        let adjoint = self.reduced.solve_transposed(right)?;
        let count = self.reading.len();
        let chosen: Vec<bool> =
            self.program.arrays.iter().map(|array| arrays::varies(array, wanted)).collect();
        let mut sums: Vec<Option<Vec<Complex64>>> =
            chosen.iter().map(|chosen| chosen.then(|| vec![Complex64::ZERO; count])).collect();
        for ((shot, field), adjoint) in shots.iter().zip(wavefields).zip(&adjoint) {
            self.slopes(shot, field, &chosen, |array, row, node, slope| {
                if let Some(sum) = &mut sums[array] {
                    sum[node] -= adjoint[row] * slope;
                }
            })?;
        }
        Ok(sums.into_iter().enumerate().filter_map(|(array, sum)| Some((array, sum?))).collect())
    }

    /// Visits the derivative of the residual `A u - b` by the chosen arrays at every node: the array, the row of the residual, the
    /// node, the derivative.
    fn slopes(
        &self,
        shot: &Shot<'_>,
        field: &Wavefield,
        chosen: &[bool],
        mut visit: impl FnMut(usize, usize, usize, Complex64),
    ) -> Result<(), FdError> {
        let count = self.reading.len();
        for (unknown, equation) in self.reading.equations.iter().enumerate() {
            for part in &equation.parts {
                let Some(array) = part.array.filter(|array| chosen[*array]) else { continue };
                for node in 0..count {
                    let slope = self.reading.product(part, node, &field.values);
                    visit(array, unknown * count + node, node, slope);
                }
            }
        }
        self.emitted(shot, |unknown, entry, node, value| {
            if let Some(array) = entry.array.filter(|array| chosen[*array]) {
                visit(array, unknown * count + node, node, -value * entry.number);
            }
        })
    }

    /// Derivatives by parameters on the mesh from a part of those by arrays.
    fn chained(
        &self,
        by_array: &[(usize, Vec<Complex64>)],
        wanted: &[&str],
        part: impl Fn(&Complex64) -> f64,
    ) -> Result<Vec<Vec<f64>>, FdError> {
        let mut rule = Gradient::new(&self.program, wanted, &[], self.extended.n);
        rule.sums = by_array.iter().map(|(array, _)| (*array, *array)).collect();
        let sums: Vec<Vec<f64>> = by_array.iter().map(|(_, sum)| sum.iter().map(&part).collect()).collect();
        let material = self.values.material();
        let all = rule.chain(self.extended.n, &material, wanted, &sums)?;
        Ok(all.iter().map(|values| gathered(self.mesh(), &self.extended, values)).collect())
    }

    /// Refuses derivatives by what is not a parameter on the mesh.
    fn expect_parameters<'n>(&self, mut names: impl Iterator<Item = &'n str>) -> Result<(), FdError> {
        let known = || self.values.parameters.iter().map(|(name, _)| name.clone());
        match names.find(|name| known().all(|other| other != *name)) {
            None => Ok(()),
            Some(found) => {
                let (what, found) = ("parameter on the mesh", found.to_owned());
                Err(FdError::NoField { what, found, known: known().collect() })
            }
        }
    }
}
