//! Settings of a propagator.

/// A convolutional perfectly matched layer (CPML) outside each edge of the mesh.
///
/// # Units
/// `frequency` in Hz.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cpml {
    /// Cells of each layer; 0 for none (the pressure is zero just outside the mesh).
    pub cells: usize,
    /// Dominant frequency of the waves, Hz.
    pub frequency: f64,
    /// Theoretical amplitude reflected at normal incidence; 1e-8 suits 20 cells.
    pub reflection: f64,
}

/// The boundary of the mesh.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Boundary {
    /// The absorbing layers.
    pub cpml: Cpml,
    /// Whether the pressure is zero at the first z of the mesh, instead of an absorbing layer there; not in 1-D.
    pub free_surface: bool,
}

/// How the equation is stepped.
///
/// # Units
/// `dt` in s.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// Order of accuracy in space: 2, 4, 6, 8 or 12.
    pub order: usize,
    /// Time step, s.
    pub dt: f64,
    /// Edges.
    pub boundary: Boundary,
    /// Threads that share one shot. If there are several shots, it is better to distribute the shots over threads.
    pub threads: usize,
}

/// Orders of accuracy in space that waves are stepped with.
pub(crate) const ORDERS: [usize; 5] = [2, 4, 6, 8, 12];

/// A medium on the nodes of a mesh.
///
/// # Units
/// `vp` in m/s; `density` in kg/m^3, constant if absent.
#[derive(Debug, Clone, Copy)]
pub struct Medium<'a> {
    /// Velocity.
    pub vp: &'a [f64],
    /// Density; `None` for the equation with constant density.
    pub density: Option<&'a [f64]>,
}
