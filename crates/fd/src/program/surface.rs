//! A free surface at the first z of the grid.
//!
//! The unknowns that the system declares vanish there. Where images continue all fields consistently, as for scalar waves, they
//! do so. Otherwise (elastic waves) the unknowns that vanish are continued as odd images, and differences of the others take as
//! many neighbours as there are on both sides. On the surface itself the derivatives along z follow from the equations of the
//! unknowns that vanish.
//!
//! # Source
//! Levander, Geophysics 53 (1988), 1425-1436, for the images of the stress; Kristek, Moczo & Archuleta, Stud. Geophys. Geod. 46
//! (2002), 355-381, for the derivatives on the surface.

use pde::{Axis, Evolution, EvolutionTerm, Expr, System};

use super::axes::flips;
use super::difference::Edge;
use super::staggering::Staggering;
use crate::program_error::ProgramError;

/// What a free surface changes.
#[derive(Debug, Clone)]
pub(super) struct Surface {
    /// By unknown: how it continues above the surface.
    pub(super) edges: Vec<Edge>,
    /// By unknown: whether it stands on the surface and vanishes there.
    pub(super) vanishes: Vec<bool>,
    /// By unknown: whether it stands on the surface.
    on_surface: Vec<bool>,
    /// The equations of the unknowns that vanish on the surface.
    conditions: Vec<Evolution>,
}

/// A term with another coefficient on the surface.
#[derive(Debug, Clone)]
pub(super) struct SurfaceTerm {
    pub(super) term: EvolutionTerm,
    pub(super) surface: Option<Expr>,
}

impl From<EvolutionTerm> for SurfaceTerm {
    fn from(term: EvolutionTerm) -> Self {
        Self { term, surface: None }
    }
}

impl Surface {
    /// # Errors
    /// [`ProgramError::NoSurface`] for a system without z, or that does not declare what vanishes.
    pub(super) fn of(
        system: &System,
        evolutions: &[Evolution],
        staggering: &Staggering,
    ) -> Result<Self, ProgramError> {
        let vanishing: Vec<usize> = system.surface.iter().filter_map(|name| system.unknown(name)).collect();
        if vanishing.is_empty() || !system.dimension.axes().contains(&Axis::Z) {
            return Err(ProgramError::NoSurface { system: system.name.clone() });
        }
        let count = system.unknowns.len();
        let on_surface: Vec<bool> = staggering.half.iter().map(|half| !half[2]).collect();
        let vanishes: Vec<bool> = (0..count).map(|u| vanishing.contains(&u) && on_surface[u]).collect();
        let edges = images(evolutions, &vanishing, count).unwrap_or_else(|| {
            (0..count).map(|u| if vanishing.contains(&u) { Edge::Odd } else { Edge::Narrow }).collect()
        });
        let condition = |one: &&Evolution| one.order == 1 && vanishes[one.unknown];
        let conditions = evolutions.iter().filter(condition).cloned().collect();
        Ok(Self { edges, vanishes, on_surface, conditions })
    }

    /// The terms of an equation with their coefficients on the surface.
    pub(super) fn terms(&self, unknown: usize, terms: &[EvolutionTerm]) -> Vec<SurfaceTerm> {
        let mut all: Vec<SurfaceTerm> = terms.iter().cloned().map(SurfaceTerm::from).collect();
        if self.vanishes[unknown] {
            all.iter_mut().for_each(|one| one.surface = Some(Expr::zero()));
            return all;
        }
        if !self.on_surface[unknown] {
            return all;
        }
        for term in terms.iter().filter(|term| flips(term.derivative)[2]) {
            let same =
                |other: &EvolutionTerm| other.derivative == term.derivative && other.unknown == term.unknown;
            let Some((condition, solved)) = self
                .conditions
                .iter()
                .find_map(|one| Some((one, one.terms.iter().find(|other| same(other))?)))
            else {
                continue;
            };
            let ratio = &term.coefficient / &solved.coefficient;
            for other in condition.terms.iter().filter(|other| !same(other)) {
                change(&mut all, other, &-(&ratio * &other.coefficient));
            }
            change(&mut all, term, &-term.coefficient.clone());
        }
        all
    }
}

/// Adds to the coefficient of a term on the surface.
fn change(all: &mut Vec<SurfaceTerm>, term: &EvolutionTerm, by: &Expr) {
    let same =
        |one: &&mut SurfaceTerm| one.term.derivative == term.derivative && one.term.unknown == term.unknown;
    match all.iter_mut().find(same) {
        Some(one) => {
            let before = one.surface.clone().unwrap_or_else(|| one.term.coefficient.clone());
            one.surface = Some(before + by);
        }
        None => {
            let term = EvolutionTerm { coefficient: Expr::zero(), ..term.clone() };
            all.push(SurfaceTerm { term, surface: Some(by.clone()) });
        }
    }
}

/// Images that continue all fields consistently: those that vanish are odd, and a derivative along z of an odd field is even.
fn images(evolutions: &[Evolution], vanishing: &[usize], count: usize) -> Option<Vec<Edge>> {
    let links = || {
        let of = |one: &Evolution| {
            let link = |term: &EvolutionTerm| (term.unknown, flips(term.derivative)[2]);
            one.terms.iter().map(link).map(|(other, flip)| (one.unknown, other, flip)).collect::<Vec<_>>()
        };
        evolutions.iter().flat_map(of)
    };
    let mut odd: Vec<Option<bool>> = (0..count).map(|u| vanishing.contains(&u).then_some(true)).collect();
    while let Some((a, b, flip)) = links().find(|(a, b, _)| odd[*a].is_some() != odd[*b].is_some()) {
        let (known, other) = if odd[a].is_some() { (a, b) } else { (b, a) };
        odd[other] = odd[known].map(|value| value ^ flip);
    }
    let fits = links().all(|(a, b, flip)| odd[a].map(|value| value ^ flip) == odd[b]);
    let edge = |odd: Option<bool>| if odd? { Some(Edge::Odd) } else { Some(Edge::Even) };
    if fits { odd.into_iter().map(edge).collect() } else { None }
}
