//! The problem that every method of wavefields solves, and the result of a method.

use fd::{Grid, Pml};
use fields::checkpoint::Checkpoint;
use num_complex::Complex64;
use pde::MultiIndex;

use fwi::environment::Environment;
use fwi::harmonic_medium::HarmonicMedium;
use fwi::inversion::InversionError;
use fwi::status::Status;
use fwi::uniform_background::UniformBackground;
use fwi::velocity_network::Frame;
use survey::medium::ModelChoice;
use survey::model_source::ModelSource;
use survey::survey::Survey;

/// The physics, the same for every method.
#[derive(Debug, Clone)]
pub struct WavefieldProblem {
    /// The box including the PML, with the spacing for comparisons.
    pub grid: Grid,
    /// The absorbing layer.
    pub pml: Pml,
    /// Angular frequency, rad/s.
    pub omega: f64,
    /// The sources, and the receivers of `recorded`.
    pub survey: Survey,
    /// The receiver data, `[source][receiver]`.
    pub recorded: Option<Fields>,
    /// The velocity.
    pub velocity: ModelSource,
    /// What the medium has besides its velocity.
    pub medium: HarmonicMedium,
    /// The uniform background of scattered fields, m/s.
    pub background: f64,
    /// The points where the fields are needed.
    pub points: Vec<[f64; 2]>,
}

/// Fields of every source at points, `[source][point]`.
pub type Fields = Vec<Vec<Complex64>>;

/// The result of a method.
pub struct MethodResult<F = Fields> {
    /// The total fields at the points (and times) of the problem.
    pub fields: F,
    /// Steps of an optimiser; 0 for a direct method.
    pub steps: u64,
    /// Unknowns: parameters of a network, weights of functions, or nodes of a grid.
    pub unknowns: u64,
    /// Relative residual of the equation, if the method computes it.
    pub residual: Option<f64>,
    /// Its status.
    pub status: Status,
    /// The reason why it stopped.
    pub stopped_because: String,
    /// The network, for a method that has one.
    pub networks: Option<Checkpoint>,
}

impl WavefieldProblem {
    /// Coordinates of networks and bases.
    #[must_use]
    pub fn frame(&self) -> Frame {
        Frame::of(&self.grid)
    }

    /// The box without its absorbing layers.
    #[must_use]
    pub fn interior(&self) -> fd::Domain {
        self.grid.domain().shrunk(self.pml.thickness)
    }

    /// The box around the body with another velocity, m, if there is one.
    #[must_use]
    pub fn body(&self) -> Option<fd::Domain> {
        match &self.velocity.choice {
            ModelChoice::Disc(disc) => {
                Some(fd::Domain::section(disc.centre, disc.centre).shrunk(-disc.radius))
            }
            ModelChoice::Rectangle(body) => {
                Some(fd::Domain::section([body.x[0], body.z[0]], [body.x[1], body.z[1]]))
            }
            _ => None,
        }
    }

    /// Wavenumber of the background, rad/m.
    #[must_use]
    pub fn wavenumber(&self) -> f64 {
        self.omega / self.background
    }

    /// Symbols of the equation, at the background.
    #[must_use]
    pub fn environment<'a>(&'a self, background: &'a (dyn Fn(fd::Point) -> f64 + Sync)) -> Environment<'a> {
        Environment {
            domain: self.grid.domain(),
            pml: self.pml,
            survey: &self.survey,
            background,
            uniform: Some(self.background),
        }
    }

    /// m / m_b - 1 at points; exact if the scenario defines the velocity, interpolated if it is in a file.
    ///
    /// # Errors
    /// [`InversionError::Data`] if its file can no longer be read.
    pub fn contrast(&self, points: &[[f64; 2]]) -> Result<Vec<f64>, InversionError> {
        let velocity = self.velocity.pointwise(&self.grid)?;
        Ok(points.iter().map(|p| (self.background / velocity((*p).into())).powi(2) - 1.0).collect())
    }

    /// The medium around the sources; `None` if it is not uniform there, and scattered fields have no background.
    #[must_use]
    pub fn uniform_background(&self) -> Option<UniformBackground> {
        UniformBackground::new(&self.medium, &self.survey, self.omega, self.background)
    }

    /// The exact fields of the sources in the background.
    ///
    /// # Panics
    /// If the medium around the sources is not uniform, which a plan rejects.
    #[must_use]
    pub fn incident(&self, points: &[[f64; 2]]) -> Fields {
        if !self.medium.is_plain() {
            let background = self.uniform_background().expect("the plan has checked the sources");
            let field = |source: [f64; 2]| {
                let at = |p: &[f64; 2]| {
                    background.pressure(&MultiIndex::ZERO, [p[0] - source[0], p[1] - source[1]])
                };
                points.iter().filter_map(at).collect()
            };
            return self.survey.sources_in_section().into_iter().map(field).collect();
        }
        let k = self.wavenumber();
        let strength = self.survey.effective_strength(k);
        let field = |source: [f64; 2]| {
            // The field is singular at the source; a distance of a twentieth of a radian is close enough.
            let distance = |p: &[f64; 2]| (p[0] - source[0]).hypot(p[1] - source[1]).max(0.04 / k);
            points.iter().map(|p| fd::analytic::uniform(k, strength, distance(p))).collect()
        };
        self.survey.sources_in_section().into_iter().map(field).collect()
    }

    /// Outputs of a network of the wavefields: real and imaginary parts of each unknown of each source. Unknowns are the pressure,
    /// with a density also the particle velocity, and with anisotropy a second stress.
    #[must_use]
    pub fn network_outputs(&self) -> usize {
        2 * self.medium.unknowns().names.len() * self.survey.sources.len()
    }

    /// The scale of a wavefield: that of the background one wavelength from a source.
    #[must_use]
    pub fn scale(&self) -> f64 {
        let k = self.wavenumber();
        self.medium.density(self.background)[0]
            * fd::analytic::uniform(k, self.survey.effective_strength(k), std::f64::consts::TAU / k).norm()
    }
}
