//! Optimisers: a table of rows, one file each in `optimizer/`.

use crate::error::FieldsError;

pub mod adam;
pub mod gauss_newton;
pub mod lbfgs;
pub mod soap;

pub use crate::parameter_optimizer::{At, Optimizer, between};
pub use adam::Adam;
pub use gauss_newton::GaussNewton;
pub use lbfgs::Lbfgs;
pub use soap::Soap;

/// One row of [`OPTIMIZERS`].
pub struct OptimizerRow {
    /// Name in scenarios.
    pub name: &'static str,
    /// The optimiser with its default settings.
    pub default: fn() -> Box<dyn Optimizer>,
}

/// All optimisers. To add one, write one file, its `mod` line, and one row here.
pub const OPTIMIZERS: &[OptimizerRow] = &[
    OptimizerRow { name: adam::NAME, default: || Box::new(Adam::default()) },
    OptimizerRow { name: soap::NAME, default: || Box::new(Soap::default()) },
    OptimizerRow { name: lbfgs::NAME, default: || Box::new(Lbfgs::default()) },
    OptimizerRow { name: gauss_newton::NAME, default: || Box::new(GaussNewton::default()) },
];

/// The optimiser with this name, with its default settings.
///
/// # Errors
/// [`FieldsError::UnknownName`] with the names of the table.
pub fn named(name: &str) -> Result<Box<dyn Optimizer>, FieldsError> {
    OPTIMIZERS.iter().find(|row| row.name == name).map(|row| (row.default)()).ok_or_else(|| {
        FieldsError::UnknownName {
            kind: "optimizer",
            found: name.to_owned(),
            known: OPTIMIZERS.iter().map(|row| row.name).collect::<Vec<_>>().join(", "),
        }
    })
}

#[cfg(test)]
mod tests {
    use optimise::NormalEquations;

    use super::*;

    #[test]
    fn every_file_is_listed() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/optimizer");
        document::choices::assert_rows_have_files(folder, OPTIMIZERS.iter().map(|row| row.name));
        for row in OPTIMIZERS {
            assert_eq!((row.default)().name(), row.name);
        }
    }

    const SHAPES: [[usize; 2]; 2] = [[5, 3], [1, 3]];

    /// Gradients that depend on the step and the values, so that a wrong state becomes visible.
    fn gradients(step: usize, values: &[Vec<f32>]) -> Vec<Vec<f32>> {
        let wave = |i: usize, v: f32| v + 0.3 * ((step * 7 + i * 3) as f32).sin();
        values.iter().map(|v| v.iter().enumerate().map(|(i, v)| wave(i, *v)).collect()).collect()
    }

    fn run(optimizer: &mut dyn Optimizer, values: &mut [Vec<f32>], steps: std::ops::Range<usize>) {
        for step in steps {
            let gradients = gradients(step, values);
            // The value does not match the gradient, so searches also fail and start again.
            let objective = 1.0 + (step as f64).sin();
            let linearised = || identity(&gradients);
            let at = At { learning_rate: 1e-2, objective, linearised: Some(&linearised) };
            optimizer.update(at, &SHAPES, values, &gradients);
        }
    }

    /// Residuals that are the parameters themselves up to a shift.
    fn identity(gradients: &[Vec<f32>]) -> NormalEquations {
        let gradient: Vec<f64> = gradients.concat().into_iter().map(f64::from).collect();
        NormalEquations { matrix: faer::Mat::identity(gradient.len(), gradient.len()), gradient }
    }

    fn start() -> Vec<Vec<f32>> {
        SHAPES.iter().map(|[r, c]| (0..r * c).map(|i| (i as f32).cos()).collect()).collect()
    }

    /// Two runs are equal bit by bit, and a run through state and restore continues unchanged.
    #[test]
    fn every_optimizer_is_deterministic_and_resumes() {
        for row in OPTIMIZERS {
            let (mut whole, mut again) = (start(), start());
            run(&mut *(row.default)(), &mut whole, 0..40);
            let mut first = (row.default)();
            run(&mut *first, &mut again, 0..23);
            let mut second = (row.default)();
            second.restore(first.state()).unwrap();
            run(&mut *second, &mut again, 23..40);
            assert_eq!(whole, again, "{}", row.name);
        }
    }

    /// A truncated or missing state is rejected.
    #[test]
    fn every_optimizer_refuses_a_broken_state() {
        for row in OPTIMIZERS {
            let mut optimizer = (row.default)();
            run(&mut *optimizer, &mut start(), 0..3);
            let mut state = optimizer.state();
            state[1].1.pop();
            let error = (row.default)().restore(state).unwrap_err().to_string();
            assert!(error.contains(row.name), "{error}");
            assert!((row.default)().restore(vec![("x".into(), vec![])]).is_err());
        }
    }

    /// Every optimiser descends a convex function.
    #[test]
    fn every_optimizer_descends() {
        for row in OPTIMIZERS {
            let mut values = start();
            let mut optimizer = (row.default)();
            for _ in 0..400 {
                let gradients = values.clone();
                let objective = 0.5 * gradients.iter().flatten().map(|v| f64::from(v * v)).sum::<f64>();
                let linearised = || identity(&gradients);
                let at = At { learning_rate: 1e-2, objective, linearised: Some(&linearised) };
                optimizer.update(at, &SHAPES, &mut values, &gradients);
            }
            let norm: f32 = values.concat().iter().map(|v| v * v).sum();
            assert!(norm < 1e-2, "{} {norm}", row.name);
        }
    }
}
