//! The plan of a scenario of waves in time.

use std::cell::RefCell;
use std::path::Path;

use document::problems::{EmptyList, NotRising};
use document::{
    Fault, KeyPath, Message, Problem, ScenarioError, ScenarioFile, Subject, Unit, positive, rising, within,
};
use fd::time::InitialPulse;

use super::check::{self, Context};
use super::origin::Origin;
use super::{domain, slowest_and_fastest};
use crate::error::FwiError;
use crate::{EvolutionBlock, EvolutionScenario};
use experiments::evolutions::EvolutionMethodChoice;
use experiments::evolutions::EvolutionProblem;
use experiments::evolutions::network::EvolutionLoss;
use survey::model::PLAUSIBLE;

/// Time between the two fields of an energy, relative to the time that a wave needs for the width of a pulse.
const LAG: f64 = 0.01;

/// A checked scenario of waves in time.
pub struct EvolutionsPlan {
    /// File, text and name.
    pub origin: Origin,
    /// The scenario as typed, with defaults filled in.
    pub scenario: EvolutionScenario,
    /// Velocity and pulses. Its times are those of the scenario, each followed by one that is `lag` later.
    pub problem: EvolutionProblem,
    /// Time between the two fields of an energy, s.
    pub lag: f64,
    /// Distance between the nodes of the finite differences that serve as the truth, m.
    pub reference_spacing: f64,
    /// The wavefields to compute; never empty.
    pub evolutions: Vec<EvolutionBlock>,
}

impl EvolutionsPlan {
    /// Checks the text of a scenario; `path` is named in errors, and files are relative to its folder.
    ///
    /// # Errors
    /// [`FwiError::Scenario`] with the first error and its position.
    pub fn from_text(text: &str, path: &Path) -> Result<EvolutionsPlan, FwiError> {
        let scenario = EvolutionScenario::from_text(text, path)?;
        let folder = path.parent().unwrap_or(Path::new(""));
        let wrong = |fault| ScenarioError::new(path.to_owned(), text, fault);
        let plan = checked(scenario, folder, (path, text)).map_err(wrong)?;
        Ok(plan)
    }
}

/// A loss for one source, with several pulses.
#[derive(Debug)]
struct SeveralPulses {
    /// Number of pulses.
    found: usize,
}

impl Problem for SeveralPulses {
    fn message(&self, subject: &Subject) -> Message {
        Message::new(format!("{subject} supports one source only"))
            .found(format!("{} pulses", self.found))
            .expected("one pulse, or loss: least_squares")
            .help("give each pulse a scenario of its own")
    }
}

fn checked(
    mut scenario: EvolutionScenario,
    folder: &Path,
    (path, text): (&Path, &str),
) -> Result<EvolutionsPlan, Fault> {
    check::root(scenario.schema, &scenario.name)?;
    let sides = [scenario.region.x, scenario.region.z];
    for (key, side) in ["x", "z"].into_iter().zip(sides) {
        rising(&KeyPath::of("region").key(key), side, Unit::Metre)?;
    }
    let shown = domain::over(&KeyPath::of("spacing"), &sides, scenario.spacing)?;
    let reference_spacing = scenario.reference_spacing.unwrap_or(scenario.spacing / 3.0);
    let at = KeyPath::of("reference_spacing");
    domain::over(&at, &sides, reference_spacing)?;

    scenario.velocity.place(sides[0], sides[1]);
    let context =
        Context { folder, range: PLAUSIBLE, adjustable: false, grid: &shown, notes: RefCell::default() };
    let (velocity, model) = context.model(&KeyPath::of("velocity"), &scenario.velocity, None)?;
    let [slowest, fastest] = slowest_and_fastest(&[&model]);

    let (at, pulses) = (KeyPath::of("pulses"), &scenario.pulses);
    if pulses.centres.is_empty() {
        return Err(Fault::new(at.key("centres"), EmptyList { what: "pulses" }));
    }
    let shorter = sides.iter().map(|[lo, hi]| hi - lo).fold(f64::INFINITY, f64::min);
    within(&at.key("variance"), pulses.variance, [0.0, shorter * shorter], Unit::SquareMetre)?;
    for (i, centre) in pulses.centres.iter().enumerate() {
        for axis in 0..2 {
            within(&at.key("centres").index(i).index(axis), centre[axis], sides[axis], Unit::Metre)?;
        }
    }
    let at = KeyPath::of("times");
    if scenario.times.is_empty() {
        return Err(Fault::new(at, EmptyList { what: "times" }));
    }
    if let Some(i) = scenario.times.windows(2).position(|pair| pair[0] >= pair[1]) {
        let pair = [scenario.times[i], scenario.times[i + 1]];
        return Err(Fault::new(at.index(i + 1), NotRising { pair, unit: Unit::Second }));
    }
    positive(&at.index(scenario.times.len() - 1), scenario.times[scenario.times.len() - 1], Unit::Second)?;
    let lag = LAG * pulses.variance.sqrt() / fastest;

    if scenario.evolutions.is_empty() {
        return Err(Fault::new(KeyPath::of("evolutions"), EmptyList { what: "evolutions" }));
    }
    for (i, block) in scenario.evolutions.iter().enumerate() {
        let at = check::block("evolutions", &scenario.evolutions, i, |block| &block.name)?;
        let method = at.key("method").key(block.method.name());
        block.method.as_dyn().check(&method)?;
        match &block.method {
            EvolutionMethodChoice::FiniteDifferences(fd) => {
                domain::over(&method.key("spacing"), &sides, fd.spacing)?;
            }
            EvolutionMethodChoice::StandingWaves(_) => {}
            EvolutionMethodChoice::Network(network) => {
                let several = pulses.centres.len() > 1;
                if several && matches!(network.loss, EvolutionLoss::Sitzmann { .. }) {
                    let problem = SeveralPulses { found: pulses.centres.len() };
                    return Err(Fault::new(method.key("loss").key("sitzmann"), problem));
                }
            }
        }
        check::computed(&at, &block.device)?;
    }
    let pulse = |centre: &[f64; 2]| InitialPulse {
        centre: *centre,
        amplitude: pulses.amplitude,
        variance: pulses.variance,
    };
    let problem = EvolutionProblem {
        shown,
        velocity,
        fastest,
        slowest,
        pulses: pulses.centres.iter().map(pulse).collect(),
        times: scenario.times.iter().flat_map(|t| [*t, t + lag]).collect(),
    };
    let notes = context.notes.into_inner();
    let origin = Origin { notes, ..Origin::new(path, text, &scenario.name) };
    let evolutions = scenario.evolutions.clone();
    Ok(EvolutionsPlan { origin, scenario, problem, lag, reference_spacing, evolutions })
}
