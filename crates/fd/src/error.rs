//! Errors of this crate, with the numbers.

/// Everything this crate rejects, and why.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FdError {
    /// A grid without nodes or with a spacing that is not a length.
    #[error(
        "grid of {}x{} nodes (z, x), spacing dx = {} m, dz = {} m, origin ({}, {}): needs finite numbers, \
         positive spacings and at least two nodes per axis",
        shape[0], shape[1], spacing[0], spacing[1], origin[0], origin[1]
    )]
    InvalidGrid {
        /// First node `[x, z]`, m.
        origin: [f64; 2],
        /// `[dx, dz]`, m.
        spacing: [f64; 2],
        /// `[nz, nx]`.
        shape: [usize; 2],
    },
    /// A mesh that is not a box in one to three dimensions.
    #[error(
        "mesh of shape {shape:?}, spacing {spacing:?} m, origin {origin:?} m: needs one to three axes, one finite number per axis in \
         each, positive spacings and at least two nodes per axis"
    )]
    InvalidMesh {
        /// First node, m.
        origin: Vec<f64>,
        /// Distance between nodes, m.
        spacing: Vec<f64>,
        /// Number of nodes per axis.
        shape: Vec<usize>,
    },
    /// A source or receiver that the mesh does not cover.
    #[error(
        "point {index} at {point:?} m is outside the mesh from {lo:?} to {hi:?} m; move it or enlarge the mesh"
    )]
    OutsideMesh {
        /// Index of the point.
        index: usize,
        /// Its position, m.
        point: Vec<f64>,
        /// First node of the mesh, m.
        lo: Vec<f64>,
        /// Last node of the mesh, m.
        hi: Vec<f64>,
    },
    /// Points that were made for another mesh than that of the medium.
    #[error(
        "sources or receivers belong to another mesh than the medium: make them with the propagator's mesh"
    )]
    OtherMesh,
    /// A time step that is unstable.
    #[error(
        "time step {dt} s is unstable: the largest stable step is {largest:.4e} s at {velocity} m/s and order {order}; \
         use a shorter step or a coarser mesh"
    )]
    UnstableStep {
        /// Step found, s.
        dt: f64,
        /// Largest stable step, s.
        largest: f64,
        /// Fastest velocity, m/s.
        velocity: f64,
        /// Order of accuracy in space.
        order: usize,
    },
    /// A time step of a program that is unstable.
    #[error(
        "time step {dt} s is unstable: the largest stable step of `{system}` in this medium is {largest:.4e} s at order {order}; use \
         a shorter step or a coarser mesh"
    )]
    UnstableProgram {
        /// Step found, s.
        dt: f64,
        /// Largest stable step, s.
        largest: f64,
        /// Order of accuracy in space.
        order: usize,
        /// The system.
        system: String,
    },
    /// A system that cannot be stepped, or a medium without one of its parameters.
    #[error(transparent)]
    Program(Box<crate::program_error::ProgramError>),
    /// A source or receiver of a field that the system does not have.
    #[error("the system has no {what} `{found}`; it has {}", known.join(", "))]
    NoField {
        /// What was looked for.
        what: &'static str,
        /// The name found.
        found: String,
        /// The names of the system.
        known: Vec<String>,
    },
    /// Waves that cannot be stepped backwards.
    #[error(
        "these waves cannot be stepped backwards from what the boundary has stored, because {reason}: store all wavefields, snapshots or checkpoints"
    )]
    NoBoundaryStorage {
        /// Why.
        reason: &'static str,
    },
    /// An order of accuracy without a kernel.
    #[error("order {found} in space is not available; available: {known:?}")]
    StencilOrder {
        /// Order found.
        found: usize,
        /// Available orders.
        known: &'static [usize],
    },
    /// A number outside its range.
    #[error("{what} is {value}: needs {expected}")]
    OutOfRange {
        /// The number's name, with its unit.
        what: &'static str,
        /// The number.
        value: f64,
        /// The range.
        expected: &'static str,
    },
    /// A property of the medium that is not a positive number.
    #[error("{what} is {value} at index {index}: needs positive finite numbers")]
    NotPositiveAt {
        /// Which array.
        what: &'static str,
        /// Where in it.
        index: usize,
        /// The number.
        value: f64,
    },
    /// A free surface in one dimension, which has no z.
    #[error("a free surface lies at the first z of a mesh, and a one-dimensional mesh has no z")]
    NoSurface,
    /// A derivative with respect to the density of a medium without density.
    #[error(
        "the medium has no density to differentiate with respect to: give one, or request the velocity only"
    )]
    NoDensity,
    /// A file for wavefields that cannot be made.
    #[error("{}: no place for {bytes} bytes of wavefields: {reason}", path.display())]
    File {
        /// Its path.
        path: std::path::PathBuf,
        /// Its size.
        bytes: usize,
        /// What the system says.
        reason: String,
    },
    /// A memory limit that cannot be met.
    #[error("checkpoints need at least {least} bytes per shot, and the limit is {limit} bytes")]
    MemoryLimit {
        /// The limit, bytes.
        limit: usize,
        /// The smallest possible amount, bytes.
        least: usize,
    },
    /// Factors of a matrix that exceed a memory limit.
    #[error(
        "the factors of the matrix of {unknowns} unknowns take {} MB, and the limit is {} MB: use a smaller or coarser mesh, a \
         lower order or thinner layers, or raise the limit", bytes / 1_000_000, limit / 1_000_000
    )]
    MatrixTooLarge {
        /// Number of unknowns.
        unknowns: usize,
        /// Size of the factors, bytes.
        bytes: usize,
        /// The limit, bytes.
        limit: usize,
    },
    /// A mesh whose number of axes is not that of the system.
    #[error(
        "the mesh has {found} axes and the system `{system}` {expected}: use a mesh or a system with as many as the other"
    )]
    OtherDimension {
        /// Axes of the mesh.
        found: usize,
        /// Axes of the system.
        expected: usize,
        /// The system.
        system: String,
    },
    /// A source or receiver that the grid does not cover.
    #[error(
        "point {index} at (x, z) = ({}, {}) m is outside the grid: x from {} to {} m, z from {} to {} m; \
         move it or enlarge the grid",
        point[0], point[1], lo[0], hi[0], lo[1], hi[1]
    )]
    OutsideGrid {
        /// Index of the point.
        index: usize,
        /// Its position `[x, z]`, m.
        point: [f64; 2],
        /// First node of the grid `[x, z]`, m.
        lo: [f64; 2],
        /// Last node of the grid `[x, z]`, m.
        hi: [f64; 2],
    },
    /// A PML with fewer cells than its profile needs.
    #[error(
        "PML of {thickness} m is {:.1} cells of {spacing} m: too thin; needs at least {minimum} m \
         ({cells} cells)", thickness / spacing
    )]
    PmlTooThin {
        /// Thickness found, m.
        thickness: f64,
        /// Largest grid spacing, m.
        spacing: f64,
        /// Smallest number of cells that works.
        cells: usize,
        /// The thickness needed, m.
        minimum: f64,
    },
    /// A PML that leaves no medium between its two sides.
    #[error("PML of {thickness} m on both sides fills the whole grid of {extent} m: needs less than {} m", extent / 2.0)]
    PmlTooThick {
        /// Thickness found, m.
        thickness: f64,
        /// Shortest side of the grid, m.
        extent: f64,
    },
    /// A PML that reflects too much of the longest wave.
    #[error(
        "PML of {thickness} m and strength {strength} reflects {reflection:.1e} of a wave of {velocity} m/s at \
         {frequency} Hz, limit {limit:.1e}: needs a strength times thickness of {needed:.0} m"
    )]
    PmlTooWeak {
        /// Thickness found, m.
        thickness: f64,
        /// Strength found.
        strength: f64,
        /// Fastest velocity, m/s.
        velocity: f64,
        /// Frequency, Hz.
        frequency: f64,
        /// Amplitude reflected at normal incidence.
        reflection: f64,
        /// Largest amplitude accepted.
        limit: f64,
        /// Strength times thickness that meets the limit, m.
        needed: f64,
    },
    /// Too few points per wavelength for the order of the scheme.
    #[error(
        "{frequency} Hz is too high for the grid: {found:.2} points per wavelength at {velocity} m/s and {spacing} m, \
         order {order} needs {needed:.2}; use a spacing of at most {:.4} m or at most {:.4} Hz",
        spacing * found / needed, frequency * found / needed
    )]
    FrequencyTooHigh {
        /// Frequency, Hz.
        frequency: f64,
        /// Slowest velocity, m/s.
        velocity: f64,
        /// Largest grid spacing, m.
        spacing: f64,
        /// Order of the scheme.
        order: usize,
        /// Points per wavelength found.
        found: f64,
        /// Points per wavelength needed.
        needed: f64,
    },
    /// A number that must be positive and finite.
    #[error("{what} is {value}: needs a positive finite number")]
    NotPositive {
        /// The number's name, with its unit.
        what: &'static str,
        /// The number.
        value: f64,
    },
    /// NaN or infinity in an array.
    #[error("{what} is {value} at index {index}: needs finite numbers")]
    NotFinite {
        /// Which array.
        what: &'static str,
        /// Where in it.
        index: usize,
        /// The number.
        value: f64,
    },
    /// An array of the wrong length.
    #[error("{what} has {found} values, expected {expected}")]
    Length {
        /// Which array.
        what: &'static str,
        /// Its length.
        found: usize,
        /// The length needed.
        expected: usize,
    },
    /// A disc series was requested for a source that is not outside the disc.
    #[error(
        "source at {distance} m from the centre of a disc of radius {radius} m: must be outside the disc"
    )]
    SourceInsideDisc {
        /// Distance of the source from the centre, m.
        distance: f64,
        /// Radius of the disc, m.
        radius: f64,
    },
    /// A term of the equation without a symmetric matrix.
    #[error("term `{term}` cannot be assembled: {reason}")]
    UnsupportedTerm {
        /// The term, as text.
        term: String,
        /// The missing item.
        reason: &'static str,
    },
    /// A matrix without a factorisation.
    #[error(
        "the matrix of {size} unknowns is singular to working precision near unknown {unknown}: change the frequency slightly or check the model"
    )]
    Singular {
        /// Number of unknowns.
        size: usize,
        /// First unknown whose pivot failed.
        unknown: usize,
    },
    /// A solution whose residual stays too large.
    #[error(
        "relative residual {residual:.1e} of the linear solve after refinement, limit {limit:.1e}: the matrix is nearly singular"
    )]
    Inaccurate {
        /// Relative residual reached.
        residual: f64,
        /// Largest residual accepted.
        limit: f64,
    },
    /// A device that cannot step waves.
    #[error(transparent)]
    Device(Box<crate::device_error::DeviceError>),
    /// The symbolic reading failed.
    #[error(transparent)]
    Pde(#[from] pde::PdeError),
}

impl From<crate::device_error::DeviceError> for FdError {
    fn from(error: crate::device_error::DeviceError) -> Self {
        Self::Device(Box::new(error))
    }
}
