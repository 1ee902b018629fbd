//! A small scenario of any system: a body that every parameter differs in, sources on the left, receivers on the right.

use std::fmt::Write as _;
use std::path::Path;

use pde::System;
use scenario::plan::Plan;

use super::any_physics::values;

/// What a scenario is made of.
#[derive(Clone, Copy)]
pub(crate) struct SmallSystem<'a> {
    pub(crate) system: &'a System,
    /// The equation, by name or typed.
    pub(crate) equation: &'a str,
    pub(crate) record: &'a str,
    /// `physics.waves`, without equation and numbers.
    pub(crate) when: &'a str,
    pub(crate) grid: &'a str,
    pub(crate) sources: &'a str,
    pub(crate) receivers: &'a str,
    /// The true values of a parameter, with START for those of the start and TRUTH for those of the body.
    pub(crate) body: &'a str,
    /// `survey.source`, without the field.
    pub(crate) source: &'a str,
    pub(crate) engine: &'a str,
    /// Keys of the inversion besides its method and unknowns, each with a line end.
    pub(crate) storage: &'a str,
}

impl<'a> SmallSystem<'a> {
    /// A disc in a section of 400 m, in time, with 5 Hz or less.
    pub(crate) fn in_time(system: &'a System, equation: &'a str, record: &'a str, engine: &'a str) -> Self {
        Self {
            system,
            equation,
            record,
            when: "    duration: 0.6\n    step: 0.002\n    interval: 0.004",
            grid: "x: [0, 400], z: [0, 400], spacing: 20, order: 4, boundary: {cpml: {cells: 8}}",
            sources: "[[60, 120], [60, 260]]",
            receivers: "{line: {from: [340, 60], to: [340, 340], count: 8}}",
            body: "disc: {background: START, value: TRUTH, centre: [200, 200], radius: 90}",
            source: ", wavelet: {ricker: {frequency: 4}}",
            engine,
            storage: "    storage: {all: {}}\n",
        }
    }

    /// The scenario.
    pub(crate) fn text(&self) -> String {
        let Self { system, equation, record, when, grid, sources, receivers, body, source, engine, storage } =
            self;
        let indented = equation.lines().fold(String::new(), |mut text, line| {
            writeln!(text, "      {line}").unwrap();
            text
        });
        let equation =
            if equation.contains('\n') { format!("|\n{indented}") } else { format!("{equation}\n") };
        let viscous = system.given.iter().any(|symbol| symbol.name == "rate");
        let numbers = if viscous { "    numbers: {rate: 60}\n" } else { "" };
        let field = if system.given.iter().any(|symbol| symbol.name == "q") { "q" } else { "f" };
        let mut text = format!(
            "schema: 1\nname: small\nphysics:\n  waves:\n    equation: {equation}{numbers}{when}\ngrid: {{{grid}}}\nmodel:\n  \
             parameters:\n"
        );
        for symbol in &system.parameters {
            let [start, truth, ..] = values(&symbol.name).map(|value| value.to_string());
            let truth = body.replace("START", &start).replace("TRUTH", &truth);
            let name = &symbol.name;
            writeln!(text, "    {name}: {{truth: {{{truth}}}, initial: {{uniform: {{value: {start}}}}}}}")
                .unwrap();
        }
        writeln!(
            text,
            "survey:\n  sources: {sources}\n  receivers: {receivers}\n  source: {{field: {field}{source}}}\n  record: [{record}]\n\
             data:\n  file: small.h5\n  simulate: {{engine: {{finite_differences: {{{engine}}}}}}}\ninversions:\n  - name: grid\n    \
             method: {{grid: {{}}}}\n    stages: [{{iterations: 2}}]\n    misfit: {{l2: {{}}}}\n    optimizer: {{lbfgs: \
             {{}}}}\n{storage}    unknowns:"
        )
        .unwrap();
        for symbol in &system.parameters {
            let [_, _, low, high] = values(&symbol.name);
            writeln!(text, "      {}: {{free: {{bounds: [{low}, {high}]}}}}", symbol.name).unwrap();
        }
        text
    }

    /// Its plan, with files in a folder.
    pub(crate) fn plan(&self, folder: &Path) -> Plan {
        let text = self.text();
        Plan::from_text(&text, &folder.join("small.yaml")).unwrap_or_else(|error| panic!("{error}\n{text}"))
    }
}
