//! The pressure that the contrast sources of all equations of a medium with a density radiate in its background, in time.

use fd::Grid;
use fd::program::{Propagator, Properties, Receivers, Shot, Source, Wanted};
use fd::time::{Mesh, Points, Storage};
use fields::{Evaluation, Event, PointResidual};
use num_complex::Complex32;

use super::Context;
use super::equation_in_time::EquationInTime;
use super::outputs_in_time::OutputsInTime;
use super::recorded::{ReceiverData, TraceMisfit};
use super::shots_in_time::{ShotSum, of_all_shots};
use crate::dealt;
use crate::forward::transient::at_a_time;
use crate::forward::{Transient, background_slowness};
use crate::inversion::InversionError;
use crate::point_equation::PointEquation;
use crate::region::SubGrid;

/// `p_s = G0 w`: the contrast sources w of each equation are the difference of its residuals in the model and in the starting
/// model, at the nodes of a region and the steps of the propagator G0 of the starting model on a separate grid.
///
/// # Source
/// The time-domain form, with a source in each equation, of van den Berg and Kleinman, Inverse Problems 13 (1997), 1607-1620,
/// equations 2.5 and 2.6.
pub(super) struct MediumRadiation {
    /// The nodes of the region.
    pub(super) region: SubGrid,
    /// Time step, s.
    dt: f64,
    /// Samples of a trace.
    steps: usize,
    /// Steps from one sample of the data to the next.
    every: usize,
    /// The equation at the events.
    equation: PointEquation,
    propagator: Propagator<f32>,
    nodes: Points,
    receivers: Points,
    /// By equation: the given field that enters it, and its strength for a residual of 1.
    emitted: Vec<(String, f64)>,
}

/// What one shot adds to the sums: its misfit, and the derivatives by the contrast sources `[equation][event]`.
type OfShot = (TraceMisfit, Vec<Vec<Complex32>>);

/// Steps of a trace without an event: the first, in which everything is at rest, and the last, whose source would come too late.
const ENDS: usize = 2;

impl MediumRadiation {
    /// # Errors
    /// [`InversionError`].
    pub(super) fn new(
        context: &Context,
        waves: &Transient,
        equation: &EquationInTime,
        spacing: f64,
    ) -> Result<Self, InversionError> {
        let (problem, settings) = (context.problem, context.settings);
        let whole = Grid::with_spacing(&problem.grid.domain(), spacing)?;
        let region = SubGrid::new(&whole, &settings.region)?;
        let vp: Vec<f64> = background_slowness(problem, &whole).iter().map(|m| m.sqrt().recip()).collect();
        let rho = waves.waves.density_of(&vp).expect("the medium has a density");
        let fastest = vp.iter().copied().fold(0.0, f64::max);
        let stride = waves
            .waves
            .stable_stride(&whole, waves.order, fastest)
            .expect("the plan has checked that the step is stable");
        let (dt, every) = (waves.waves.step * stride as f64, waves.waves.steps_per_sample / stride);
        let steps = (waves.waves.samples - 1) * every + 1;
        let mesh = Mesh::from(&whole);
        let shots = at_a_time(dealt::range(problem.survey.sources.len()).len());
        let threads = (rayon::current_num_threads() / shots).max(1);
        let numerics = fd::time::Settings { dt, ..waves.waves.settings(waves.order, 1, threads) };
        let properties = Properties { parameters: vec![("vp", &vp), ("rho", &rho)], numbers: Vec::new() };
        let propagator = Propagator::new(&EquationInTime::declared(), &mesh, &numerics, &properties)?;
        let propagator = propagator.on(&settings.wave_device, shots)?;
        let nodes: Vec<[f64; 2]> = region.grid.points().collect();
        let events = events(&nodes, steps, dt);
        Ok(Self {
            dt,
            steps,
            every,
            equation: equation.at((context, waves), &events, events.len())?,
            propagator,
            nodes: Points::new(&mesh, &nodes)?,
            receivers: Points::new(&mesh, problem.survey.receivers.common())?,
            emitted: equation.emitted(whole.cell()),
            region,
        })
    }

    /// The points and times where the fields are needed, `[node, step]`.
    pub(super) fn events(&self) -> Vec<Event> {
        let nodes: Vec<[f64; 2]> = self.region.grid.points().collect();
        events(&nodes, self.steps, self.dt)
    }

    /// The misfit of the radiated traces, with its derivatives by the fields at the events and by the contrast of the nodes.
    /// `None` if waves are not finite.
    ///
    /// # Errors
    /// [`InversionError`].
    pub(super) fn misfit(
        &self,
        u: &Evaluation,
        outputs: &OutputsInTime,
        contrast: &[f64],
        recorded: &ReceiverData,
    ) -> Result<Option<ShotSum>, InversionError> {
        let each = self.steps - ENDS;
        let at_events: Vec<f64> = contrast.iter().flat_map(|q| std::iter::repeat_n(*q, each)).collect();
        let without = self.equation.with(vec![0.0; at_events.len()]);
        let with = self.equation.with(at_events);
        let mut sources = with.residual(u, outputs.fields);
        for (row, of_background) in sources.iter_mut().zip(without.residual(u, outputs.fields)) {
            row.iter_mut().zip(of_background).for_each(|(w, before)| *w -= before);
        }
        if sources.iter().flatten().any(|w| !w.re.is_finite()) {
            return Ok(None);
        }
        let equations = self.emitted.len();
        let shots: Vec<usize> = (0..outputs.shots()).collect();
        let of_shot = |shot: &usize| -> Result<OfShot, InversionError> {
            let (misfit, by) = self.radiated(*shot, &sources[shot * equations..][..equations], recorded)?;
            Ok((misfit, by))
        };
        let mut by_sources = vec![Vec::new(); sources.len()];
        let mut sum = ShotSum::new(u, vec![0.0; contrast.len()]);
        // Two sums, then the derivatives of each equation, whose parts are in single precision.
        let numbers = |(misfit, by): OfShot| {
            let sums = [misfit.misfit, misfit.difference];
            let by = by.into_iter().flatten().map(|by| f64::from(by.re));
            sums.into_iter().chain(by).collect::<Vec<f64>>()
        };
        let Some(all) = of_all_shots(&shots, of_shot, numbers)? else { return Ok(None) };
        for (shot, numbers) in all.iter().enumerate() {
            let (sums, by) = numbers.split_at(2);
            sum.misfit += sums[0];
            sum.difference += sums[1];
            for (equation, by) in by.chunks((by.len() / equations).max(1)).enumerate() {
                by_sources[shot * equations + equation] =
                    by.iter().map(|by| Complex32::from(*by as f32)).collect();
            }
        }
        let mut by_contrast = vec![0.0; contrast.len() * each];
        with.pull_back_all(u, outputs.fields, &by_sources, &mut sum.upstream, &mut by_contrast);
        by_sources.iter_mut().flatten().for_each(|g| *g = -*g);
        without.pull_back(u, outputs.fields, &by_sources, &mut sum.upstream);
        sum.by_contrast = by_contrast.chunks(each).map(|of_node| of_node.iter().sum()).collect();
        Ok(Some(sum))
    }

    /// The misfit of a shot with contrast sources `[equation][event]`, and its derivatives by them.
    fn radiated(
        &self,
        shot: usize,
        sources: &[Vec<Complex32>],
        recorded: &ReceiverData,
    ) -> Result<(TraceMisfit, Vec<Vec<Complex32>>), InversionError> {
        let each = self.steps - ENDS;
        let wavelets = |(w, (_, strength)): (&Vec<Complex32>, &(String, f64))| {
            let mut all = vec![0.0_f32; self.nodes.len() * self.steps];
            for (to, from) in all.chunks_mut(self.steps).zip(w.chunks(each)) {
                to[1..].iter_mut().zip(from).for_each(|(to, w)| *to = (strength * f64::from(w.re)) as f32);
            }
            all
        };
        let wavelets: Vec<Vec<f32>> = sources.iter().zip(&self.emitted).map(wavelets).collect();
        let given = self.emitted.iter().zip(&wavelets);
        let heard = Shot {
            sources: given.map(|((given, _), w)| Source::new(given, &self.nodes, w)).collect(),
            receivers: vec![Receivers { unknown: "p", points: &self.receivers }],
            steps: self.steps,
        };
        let (mut misfit, mut peak) = (TraceMisfit::default(), 1.0);
        let none: &[&str] = &[];
        let wanted = Wanted { parameters: none, ..Wanted::default() };
        let found = self.propagator.gradient(&heard, wanted, &Storage::All, |traces: &[Vec<f32>]| {
            misfit = recorded.trace_misfit_at_steps(shot, &traces[0], self.steps, self.every);
            // In single precision small numbers would be lost, so the adjoint source is divided by its peak.
            let largest = misfit.adjoint.iter().fold(0.0_f64, |a, g| a.max(g.abs()));
            peak = if largest > 0.0 { largest } else { 1.0 };
            Ok::<_, InversionError>(vec![misfit.adjoint.iter().map(|g| (g / peak) as f32).collect()])
        })?;
        let by = |(by, (_, strength)): (&Vec<f32>, &(String, f64))| {
            let at_events = by.chunks(self.steps).flat_map(|by| &by[1..self.steps - 1]);
            at_events.map(|g| Complex32::from((strength * peak * f64::from(*g)) as f32)).collect()
        };
        Ok((misfit, found.wavelets.iter().zip(&self.emitted).map(by).collect()))
    }
}

/// The inner steps at nodes, `[node, step]`.
fn events(nodes: &[[f64; 2]], steps: usize, dt: f64) -> Vec<Event> {
    let times = |[x, z]: &[f64; 2]| {
        let (x, z) = (*x, *z);
        (1..steps - 1).map(move |n| [x, z, n as f64 * dt])
    };
    nodes.iter().flat_map(times).collect()
}
