//! Linearised data.

use super::buffer::Buffer;
use super::forward::traces;
use super::operator::Operator;
use super::run::Run;
use super::slab::Slab;
use super::{Propagator, Real, Shot};
use crate::FdError;

impl<T: Real> Propagator<T> {
    /// The first-order change of the receiver data for a change of the medium.
    ///
    /// The derivative of the discrete forward run. In addition to its own step, the scattered field receives the
    /// change of kappa times r(n), and kappa times the changed second derivatives (layers included) of the field.
    ///
    /// # Shapes
    /// `dm`, the change of squared slowness (s^2/m^2), and `ddensity` (kg/m^3) on the mesh; returns `[receiver, time]`.
    ///
    /// # Errors
    /// As [`Propagator::forward`]; [`FdError::Length`]; [`FdError::NoDensity`].
    pub fn born(&self, shot: &Shot<'_, T>, dm: &[T], ddensity: Option<&[T]>) -> Result<Vec<T>, FdError> {
        self.check_shot(shot)?;
        self.mesh.expect_len("change of squared slowness", dm.len())?;
        if let Some(ddensity) = ddensity {
            self.mesh.expect_len("change of density", ddensity.len())?;
            if self.density.is_none() {
                return Err(FdError::NoDensity);
            }
        }
        let data = self.on_slabs(vec![(); self.slabs.len()], |index, exchange, ()| {
            let run = Run::new(self, index, exchange, shot);
            let scatterer = self.scatterer(run.slab, dm, ddensity);
            scattered(&run, &scatterer, shot)
        });
        Ok(traces(&data, shot))
    }

    fn scatterer(&self, slab: &Slab<T>, dm: &[T], ddensity: Option<&[T]>) -> Scatterer<T> {
        let layout = &slab.op.layout;
        let mut kappa = vec![T::ZERO; layout.len];
        for z in 0..layout.n[2] {
            for y in 0..layout.n[1] {
                for x in 0..layout.n[0] {
                    let node = self.extended.nearest([x as isize, y as isize, (z + slab.first) as isize]);
                    let of_density = match (&self.density, ddensity) {
                        (Some(density), Some(change)) => change[node].to_f64() / density[node],
                        _ => 0.0,
                    };
                    let relative = of_density - dm[node].to_f64() * self.vp[node].powi(2);
                    kappa[layout.at(y, z) + x] = T::from_f64(relative);
                }
            }
        }
        let inverse = match (&self.density, ddensity) {
            (Some(density), Some(change)) => {
                let value = |node: usize| (density[node], change[node].to_f64());
                Some(slab.inverse_density(
                    (&self.mesh, &self.extended, &self.settings),
                    self.weights.radius,
                    |node| -value(node).1 / value(node).0.powi(2),
                    |a, b| {
                        let beta = super::slab::inverse_half_way(density[a], density[b]);
                        -0.5 * beta * beta * (value(a).1 + value(b).1)
                    },
                ))
            }
            _ => None,
        };
        let op = inverse.map(|density| Operator { density: Some(density), ..slab.op.clone() });
        Scatterer { kappa, op }
    }
}

/// A change of the medium.
struct Scatterer<T> {
    /// Relative change of kappa.
    kappa: Vec<T>,
    /// The operator whose stencils contain the change of inverse density instead of inverse density.
    op: Option<Operator<T>>,
}

fn scattered<T: Real>(run: &Run<'_, T>, scatterer: &Scatterer<T>, shot: &Shot<'_, T>) -> Vec<T> {
    let (op, receivers) = (&run.slab.op, shot.receivers.len());
    let mut data = run.no_data();
    let (mut field, mut change, mut changed_stencils) = (run.rest(), run.rest(), run.rest());
    let mut second = Buffer::new(op.layout.len);
    let planes = run.slab.planes(0, 1);
    for n in 0..shot.steps - 1 {
        let (now, new) = (n % 2, (n + 1) % 2);
        run.exchange(&mut field);
        run.exchange(&mut change);
        if scatterer.op.is_some() {
            run.exchange(&mut changed_stencils);
        }
        for (to, (old, here)) in second.iter_mut().zip(field.p[new].iter().zip(&field.p[now][..])) {
            *to = *old - (*here + *here);
        }
        if let Some(op) = &scatterer.op {
            // With 2 p(n) instead of p(n-1), a step leaves only kappa times the changed stencils of p(n).
            changed_stencils.p[now].copy_from_slice(&field.p[now]);
            for (to, here) in changed_stencils.p[new].iter_mut().zip(&field.p[now][..]) {
                *to = *here + *here;
            }
            run.step(op, &mut changed_stencils, now, planes.clone());
        }
        run.step(op, &mut field, now, planes.clone());
        run.inject_sources(n, &planes, &mut field.p[new]);
        op.reflect(&mut field.p[new], &planes);
        run.step(op, &mut change, now, planes.clone());
        let scattered = &mut change.p[new];
        for i in op.layout.planes(planes.start as isize, planes.end as isize) {
            scattered[i] += scatterer.kappa[i] * (field.p[new][i] + second[i]);
        }
        if scatterer.op.is_some() {
            for i in op.layout.planes(planes.start as isize, planes.end as isize) {
                scattered[i] += changed_stencils.p[new][i];
            }
        }
        op.reflect(scattered, &planes);
        run.record(&planes, scattered, &mut data[(n + 1) * receivers..(n + 2) * receivers]);
    }
    data
}
