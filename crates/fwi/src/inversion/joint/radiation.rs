//! The field that contrast sources radiate in the background, in time.

use fd::time::{Medium, Mesh, Points, Propagator, Shot, Storage, Wanted};
use fd::{Grid, Point};

use super::Context;
use crate::forward::{Transient, background_slowness};
use crate::inversion::InversionError;
use crate::region::SubGrid;

/// `u_s = G0 w` with the contrast sources `w = -(m - m_b) d2(u_0 + u_s)/dt2` on the nodes of a region, where G0 is
/// the propagator of the starting model on a separate grid.
///
/// The second derivative is that of the leapfrog scheme. The scattered field of a model is therefore a fixed point of
/// the map from u_s to `G0 w`, to rounding.
///
/// # Source
/// The time-domain form of van den Berg and Kleinman, Inverse Problems 13 (1997), 1607-1620, equations 2.5 and 2.6.
pub(super) struct Radiation {
    /// The nodes of the region.
    pub(super) region: SubGrid,
    /// Time step, s.
    pub(super) dt: f64,
    /// Samples of a field.
    pub(super) steps: usize,
    /// Steps from one sample of the data to the next.
    pub(super) every: usize,
    /// Background fields `[shot][node, time]`.
    pub(super) u0: Vec<Vec<f64>>,
    propagator: Propagator<f32>,
    sources: Points,
    /// The nodes, then the receivers.
    heard: Points,
    /// The factor from the second difference of a field to its source for a contrast of 1, `[node]`.
    strength: Vec<f64>,
}

impl Radiation {
    /// Prepares the background, with one propagation of each shot on the solver's grid.
    ///
    /// # Errors
    /// [`InversionError`].
    pub(super) fn new(context: &Context, waves: &Transient, spacing: f64) -> Result<Self, InversionError> {
        let (problem, settings) = (context.problem, context.settings);
        let whole = Grid::with_spacing(&problem.grid.domain(), spacing)?;
        let region = SubGrid::new(&whole, &settings.region)?;
        let m_b = background_slowness(problem, &whole);
        let vp: Vec<f64> = m_b.iter().map(|m| m.sqrt().recip()).collect();
        let fastest = vp.iter().copied().fold(0.0, f64::max);
        let stride = waves
            .waves
            .stable_stride(&whole, waves.order, fastest)
            .expect("the plan has checked that the step is stable");
        let dt = waves.waves.step * stride as f64;
        let mesh = Mesh::from(&whole);
        let own = crate::dealt::range(problem.survey.sources.len()).len();
        let shots = crate::forward::transient::at_a_time(own);
        let threads = (rayon::current_num_threads() / shots).max(1);
        let numerics = fd::time::Settings { dt, ..waves.waves.settings(waves.order, 1, threads) };
        let propagator = Propagator::new(&mesh, &numerics, &Medium { vp: &vp, density: None })?;
        let propagator = propagator.on(&settings.wave_device, shots)?;
        let nodes: Vec<Point> = region.grid.nodes().collect();
        let heard = [&nodes[..], problem.survey.receivers.common()].concat();
        let strength = region.nodes.iter().map(|&node| -m_b[node] * whole.cell() / (dt * dt)).collect();
        let every = waves.waves.steps_per_sample;
        Ok(Self {
            dt,
            steps: (waves.waves.samples - 1) * (every / stride) + 1,
            every: every / stride,
            u0: waves.background(problem, settings, &nodes, stride)?,
            propagator,
            sources: Points::new(&mesh, &nodes)?,
            heard: Points::new(&mesh, &heard)?,
            strength,
            region,
        })
    }

    /// The points and times where the field is needed, `[node, time]`.
    pub(super) fn events(&self) -> Vec<fields::Event> {
        let times = |[x, z]: [f64; 2]| (0..self.steps).map(move |n| [x, z, n as f64 * self.dt]);
        self.region.grid.points().flat_map(times).collect()
    }

    /// Passes the field that a total field `[node, time]` and a contrast `[node]` radiate to the nodes and the
    /// receivers, `[point, time]`, to `judge`. The derivative that `judge` returns is pulled back to the field and
    /// the contrast.
    ///
    /// # Errors
    /// [`InversionError::Fd`]; the error of `judge`.
    pub(super) fn pulled_back(
        &self,
        total: &[f64],
        contrast: &[f64],
        judge: impl FnOnce(&[f32]) -> Result<Vec<f64>, InversionError>,
    ) -> Result<(Vec<f64>, Vec<f64>), InversionError> {
        let second = second_differences(total, self.steps);
        let mut wavelets = Vec::with_capacity(second.len());
        for (node, second) in second.chunks(self.steps).enumerate() {
            let factor = self.strength[node] * contrast[node];
            wavelets.extend(second.iter().map(|d| (factor * d) as f32));
        }
        let shot =
            Shot { sources: &self.sources, wavelets: &wavelets, receivers: &self.heard, steps: self.steps };
        let wanted = Wanted { wavelet: true, ..Wanted::default() };
        // In single precision small numbers would be lost, so the adjoint source is divided by its peak.
        let mut peak = 1.0;
        let gradient = self.propagator.gradient(&shot, &Storage::All, wanted, |field: &[f32]| {
            let adjoint = judge(field)?;
            let largest = adjoint.iter().fold(0.0_f64, |a, g| a.max(g.abs()));
            peak = if largest > 0.0 { largest } else { 1.0 };
            Ok::<_, InversionError>(adjoint.iter().map(|g| (g / peak) as f32).collect())
        })?;
        let by_wavelets = gradient.wavelet.unwrap_or_default();
        let mut by_second = Vec::with_capacity(second.len());
        let mut by_contrast = Vec::with_capacity(contrast.len());
        for (node, (by, second)) in by_wavelets.chunks(self.steps).zip(second.chunks(self.steps)).enumerate()
        {
            let factor = self.strength[node] * peak;
            by_contrast.push(factor * by.iter().zip(second).map(|(b, d)| f64::from(*b) * d).sum::<f64>());
            by_second.extend(by.iter().map(|b| factor * contrast[node] * f64::from(*b)));
        }
        Ok((second_differences_transposed(&by_second, self.steps), by_contrast))
    }
}

/// `u(n+1) - 2 u(n) + u(n-1)` of traces that are at rest before n = 0; 0 for the last n, whose source would come too
/// late.
fn second_differences(traces: &[f64], steps: usize) -> Vec<f64> {
    let mut second = vec![0.0; traces.len()];
    for (to, u) in second.chunks_mut(steps).zip(traces.chunks(steps)) {
        for n in 0..steps - 1 {
            to[n] = u[n + 1] - 2.0 * u[n] + if n > 0 { u[n - 1] } else { 0.0 };
        }
    }
    second
}

/// The transpose of [`second_differences`].
fn second_differences_transposed(traces: &[f64], steps: usize) -> Vec<f64> {
    let mut out = vec![0.0; traces.len()];
    for (to, g) in out.chunks_mut(steps).zip(traces.chunks(steps)) {
        for n in 0..steps - 1 {
            to[n + 1] += g[n];
            to[n] -= 2.0 * g[n];
            if n > 0 {
                to[n - 1] += g[n];
            }
        }
    }
    out
}
