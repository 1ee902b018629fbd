//! Every optimiser of grids on functions with the difficulties of inversions.

use crate::grid_optimizer::{Bounds, Ended, Evaluated, GridObjective, GridOptimizer, Memory};
use crate::inversion::InversionError;
use crate::optimizer::nlcg::Formula;
use crate::optimizer::{Adam, GaussNewton, Lbfgs, Nlcg, OptimizerChoice};

fn all() -> Vec<OptimizerChoice> {
    vec![
        OptimizerChoice::Lbfgs(Lbfgs { memory: 8, hold: 100 }),
        OptimizerChoice::Nlcg(Nlcg { formula: Formula::PolakRibiere }),
        OptimizerChoice::Nlcg(Nlcg { formula: Formula::HagerZhang }),
        OptimizerChoice::GaussNewton(GaussNewton { inner: 20, damping: None, hold: 20 }),
    ]
}

type Product = fn(&[f64], &[f64]) -> Vec<f64>;

/// A function with the information that optimisers receive, and a record of its values.
struct Case<F> {
    function: F,
    product: Product,
    preconditioner: Option<Vec<f64>>,
    values: Vec<f64>,
    evaluations: usize,
    /// Iterations that another run has finished.
    begun: usize,
    /// Point and memory after each iteration.
    kept: Vec<(Vec<f64>, Memory)>,
}

impl<F: Fn(&[f64]) -> Evaluated> Case<F> {
    fn new(function: F, product: Product) -> Self {
        let (values, kept) = (Vec::new(), Vec::new());
        Self { function, product, preconditioner: None, values, evaluations: 0, begun: 0, kept }
    }
}

impl<F: Fn(&[f64]) -> Evaluated> GridObjective for Case<F> {
    fn evaluate(&mut self, x: &[f64]) -> Result<Evaluated, InversionError> {
        self.evaluations += 1;
        Ok((self.function)(x))
    }

    fn after(
        &mut self,
        iteration: usize,
        value: f64,
        x: &[f64],
        memory: &dyn Fn() -> Memory,
    ) -> Result<bool, InversionError> {
        assert_eq!(iteration, self.begun + self.values.len());
        self.values.push(value);
        self.kept.push((x.to_vec(), memory()));
        Ok(false)
    }

    fn precondition(&mut self, gradient: &[f64]) -> Option<Vec<f64>> {
        let diagonal = self.preconditioner.as_ref()?;
        Some(gradient.iter().zip(diagonal).map(|(g, d)| g * d).collect())
    }

    fn gauss_newton_product(
        &mut self,
        x: &[f64],
        direction: &[f64],
    ) -> Result<Option<Vec<f64>>, InversionError> {
        Ok(Some((self.product)(x, direction)))
    }
}

/// Rosenbrock's valley in pairs of variables: residuals 1 - a and 10 (b - a^2).
fn rosenbrock(x: &[f64]) -> Evaluated {
    let mut sum = (0.0, Vec::with_capacity(x.len()));
    for pair in x.chunks(2) {
        let (a, b) = (1.0 - pair[0], pair[1] - pair[0] * pair[0]);
        sum.0 += a * a + 100.0 * b * b;
        sum.1.extend([-2.0 * a - 400.0 * pair[0] * b, 200.0 * b]);
    }
    sum
}

fn rosenbrock_product(x: &[f64], d: &[f64]) -> Vec<f64> {
    let pairs = x.chunks(2).zip(d.chunks(2));
    pairs
        .flat_map(|(x, d)| {
            let (by_a, by_b) = (-d[0], 10.0 * (d[1] - 2.0 * x[0] * d[0]));
            [-2.0 * by_a - 40.0 * x[0] * by_b, 20.0 * by_b]
        })
        .collect()
}

/// A quadratic function with curvatures from 1 to 1e4 and its minimum 0 at sin(i).
fn curvature(i: usize) -> f64 {
    10.0_f64.powf(4.0 * (i % 20) as f64 / 19.0)
}

fn bowl(x: &[f64]) -> Evaluated {
    let off = |i: usize| x[i] - (i as f64).sin();
    let value = (0..x.len()).map(|i| 0.5 * curvature(i) * off(i) * off(i)).sum();
    (value, (0..x.len()).map(|i| curvature(i) * off(i)).collect())
}

fn bowl_product(_x: &[f64], d: &[f64]) -> Vec<f64> {
    d.iter().enumerate().map(|(i, d)| curvature(i) * d).collect()
}

fn minimise<F: Fn(&[f64]) -> Evaluated>(
    optimizer: &dyn GridOptimizer,
    iterations: usize,
    x: &mut Vec<f64>,
    bounds: [f64; 2],
    case: &mut Case<F>,
) -> Ended {
    let (lower, upper) = (vec![bounds[0]; x.len()], vec![bounds[1]; x.len()]);
    let bounds = Bounds { lower: &lower, upper: &upper };
    let ended = optimizer.minimise(0..iterations, Memory::new(), x, bounds, case).unwrap();
    assert!(case.values.windows(2).all(|v| v[1] <= v[0]), "values rise: {:?}", case.values);
    ended
}

fn name(choice: &OptimizerChoice) -> String {
    format!("{choice:?}")
}

/// The minimum 0 at (1, 1), from the usual start.
#[test]
fn free_minimum_of_a_curved_valley() {
    for choice in all() {
        let optimizer = choice.as_dyn().for_grid().unwrap();
        let mut x = [-1.2, 1.0].repeat(4);
        let mut case = Case::new(rosenbrock, rosenbrock_product);
        minimise(optimizer, 400, &mut x, [-5.0, 5.0], &mut case);
        assert!(x.iter().all(|x| (x - 1.0).abs() < 1e-4), "{} {x:?}", name(&choice));
    }
}

/// With all x <= 1/2 the minimum is at (1/2, 1/4): the constraint is active, and the other variables still converge.
#[test]
fn bounded_minimum_of_a_curved_valley() {
    for choice in all() {
        let optimizer = choice.as_dyn().for_grid().unwrap();
        let mut x = [-1.2, 0.3].repeat(3);
        let mut case = Case::new(rosenbrock, rosenbrock_product);
        minimise(optimizer, 400, &mut x, [-5.0, 0.5], &mut case);
        for pair in x.chunks(2) {
            assert!((pair[0] - 0.5).abs() < 1e-9 && (pair[1] - 0.25).abs() < 1e-5, "{} {x:?}", name(&choice));
        }
    }
}

/// Values and gradients in single precision with errors of 1e-6 of the gradient's size are inconsistent. The misfit
/// still decreases to the level of rounding, and no optimiser stops early.
#[test]
fn single_precision_does_not_end_the_search() {
    let noisy = |x: &[f64]| -> Evaluated {
        let (value, gradient) = bowl(x);
        let size = gradient.iter().fold(0.0_f64, |a, g| a.max(g.abs()));
        let noise = |i: usize| 1e-6 * size * (1e5 * (x[i] + i as f64)).sin();
        // An offset, like noise in the data, that rounds away small decreases.
        let value = f64::from((value + 10.0) as f32);
        (value, gradient.iter().enumerate().map(|(i, g)| f64::from((g + noise(i)) as f32)).collect())
    };
    for choice in all() {
        let optimizer = choice.as_dyn().for_grid().unwrap();
        let mut x = vec![2.0; 40];
        let mut case = Case::new(noisy, bowl_product);
        minimise(optimizer, 400, &mut x, [-5.0, 5.0], &mut case);
        // Of 1e5 at the start. Single precision resolves decreases of 1e-6 or more from 10, and the steps make
        // hundreds of them.
        let left = bowl(&x).0;
        assert!(left < 1e-3, "{} {left} after {}", name(&choice), case.values.len());
    }
}

/// A gradient with an error of a fifth everywhere, as from coarse snapshots, still gives descent, and a tenth of the
/// misfit after 60 iterations.
#[test]
fn wrong_gradients_still_descend() {
    let skewed = |x: &[f64]| -> Evaluated {
        let (value, gradient) = bowl(x);
        let factor = |i: usize| 1.0 + 0.2 * (3.0 * i as f64).sin();
        (value, gradient.iter().enumerate().map(|(i, g)| factor(i) * g).collect())
    };
    for choice in all() {
        let optimizer = choice.as_dyn().for_grid().unwrap();
        let mut x = vec![2.0; 40];
        let mut case = Case::new(skewed, bowl_product);
        minimise(optimizer, 60, &mut x, [-5.0, 5.0], &mut case);
        assert!(case.values.last().unwrap() < &(0.1 * case.values[0]), "{} {:?}", name(&choice), case.values);
    }
}

/// First steps between a thousandth and a billion times the right length cost only a few more evaluations.
#[test]
fn scale_of_the_first_step() {
    for choice in all() {
        let optimizer = choice.as_dyn().for_grid().unwrap();
        for width in [3.0, 1e3, 1e9, f64::INFINITY] {
            let mut x = vec![2.0; 40];
            let mut case = Case::new(bowl, bowl_product);
            minimise(optimizer, 400, &mut x, [-width, width], &mut case);
            assert!(bowl(&x).0 < 1e-5, "{} {width} {}", name(&choice), bowl(&x).0);
            assert!(case.evaluations < 1000, "{} {width} {}", name(&choice), case.evaluations);
        }
    }
}

/// Values that are not finite beyond a radius, as from an unstable simulation, count as steps that were too long.
#[test]
fn infinite_values_are_too_far() {
    let fragile = |x: &[f64]| -> Evaluated {
        let (value, gradient) = bowl(x);
        if x.iter().any(|x| x.abs() > 2.5) { (f64::NAN, vec![f64::NAN; x.len()]) } else { (value, gradient) }
    };
    for choice in all() {
        let optimizer = choice.as_dyn().for_grid().unwrap();
        let mut x = vec![2.0; 40];
        let mut case = Case::new(fragile, bowl_product);
        minimise(optimizer, 400, &mut x, [-1e4, 1e4], &mut case);
        assert!(bowl(&x).0 < 1e-5, "{} {}", name(&choice), bowl(&x).0);
        // If there is nothing else, the search ends.
        let mut case = Case::new(|x: &[f64]| (f64::NAN, vec![f64::NAN; x.len()]), bowl_product);
        assert_eq!(minimise(optimizer, 150, &mut x, [-1e4, 1e4], &mut case), Ended::Converged);
    }
}

/// Variables whose bounds are equal do not change and do not block the others.
#[test]
fn fixed_variables() {
    for choice in all() {
        let mut x = vec![2.0; 40];
        let (mut lower, mut upper) = (vec![-5.0; 40], vec![5.0; 40]);
        for i in (0..40).step_by(3) {
            (lower[i], upper[i]) = (2.0, 2.0);
        }
        let bounds = Bounds { lower: &lower, upper: &upper };
        let mut case = Case::new(bowl, bowl_product);
        choice
            .as_dyn()
            .for_grid()
            .unwrap()
            .minimise(0..400, Memory::new(), &mut x, bounds, &mut case)
            .unwrap();
        for (i, x) in x.iter().enumerate() {
            let expected = if i % 3 == 0 { 2.0 } else { (i as f64).sin() };
            assert!((x - expected).abs() < 1e-3, "{} {i} {x}", name(&choice));
        }
    }
}

/// With the exact inverse Hessian as preconditioner, a quadratic function takes a few iterations instead of many.
#[test]
fn preconditioner() {
    for choice in all() {
        let optimizer = choice.as_dyn().for_grid().unwrap();
        let mut case = Case::new(bowl, bowl_product);
        case.preconditioner = Some((0..40).map(|i| 1.0 / curvature(i)).collect());
        let mut x = vec![2.0; 40];
        minimise(optimizer, 12, &mut x, [-5.0, 5.0], &mut case);
        assert!(bowl(&x).0 < 1e-9, "{} {:?}", name(&choice), case.values);
    }
}

/// Gauss-Newton with exact inner iterations converges in one step on a quadratic function.
#[test]
fn gauss_newton_is_newton_on_a_bowl() {
    let optimizer = GaussNewton { inner: 60, damping: None, hold: 20 };
    let mut x = vec![2.0; 40];
    let mut case = Case::new(bowl, bowl_product);
    minimise(&optimizer, 6, &mut x, [-50.0, 50.0], &mut case);
    assert!(bowl(&x).0 < 1e-9, "{:?}", case.values);
}

/// Adam runs without a line search, with steps of its learning rate, and respects the bounds.
#[test]
fn adam_descends() {
    let adam = Adam { learning_rate: 0.05, decay: true, warm_up: 0 };
    let mut case = Case::new(rosenbrock, rosenbrock_product);
    let mut x = vec![-1.2, 1.0];
    let bounds = Bounds { lower: &[-5.0, -5.0], upper: &[5.0, 5.0] };
    assert_eq!(adam.minimise(0..3000, Memory::new(), &mut x, bounds, &mut case).unwrap(), Ended::Iterations);
    assert!((x[0] - 1.0).abs() < 0.05 && case.evaluations == 3000, "{x:?}");
    let mut x = vec![-1.2, 0.3];
    let bounds = Bounds { lower: &[-5.0, -5.0], upper: &[0.5, 5.0] };
    let mut case = Case::new(rosenbrock, rosenbrock_product);
    adam.minimise(0..3000, Memory::new(), &mut x, bounds, &mut case).unwrap();
    assert!((x[0] - 0.5).abs() < 1e-6 && (x[1] - 0.25).abs() < 1e-2, "{x:?}");
}

/// A run that stops after any iteration and continues from the point and the memory ends at the same numbers, bit by
/// bit: the memory is the optimiser's whole state.
#[test]
fn every_optimizer_resumes() {
    let adam = OptimizerChoice::Adam(Adam { learning_rate: 0.05, decay: true, warm_up: 3 });
    for choice in all().into_iter().chain([adam]) {
        let optimizer = choice.as_dyn().for_grid().unwrap();
        let bounds = Bounds { lower: &[-5.0; 6], upper: &[0.8, 5.0, 5.0, 5.0, 5.0, 5.0] };
        let mut whole = Case::new(rosenbrock, rosenbrock_product);
        optimizer.minimise(0..14, Memory::new(), &mut [-1.2, 1.0].repeat(3), bounds, &mut whole).unwrap();
        assert_eq!(whole.kept.len(), 14);
        for stopped in [1, 2, 7, 12] {
            let (mut x, memory) = whole.kept[stopped - 1].clone();
            let mut rest = Case::new(rosenbrock, rosenbrock_product);
            rest.begun = stopped;
            optimizer.minimise(stopped..14, memory, &mut x, bounds, &mut rest).unwrap();
            assert_eq!(x, whole.kept[13].0, "{} stopped after {stopped}", name(&choice));
        }
    }
}

/// The memory of a grid of another size or of another optimiser is rejected.
#[test]
fn memories_of_others_are_refused() {
    let mut memories = Vec::new();
    for choice in all().into_iter().chain([OptimizerChoice::Adam(Adam {
        learning_rate: 0.05,
        decay: false,
        warm_up: 0,
    })]) {
        let optimizer = choice.as_dyn().for_grid().unwrap();
        let mut case = Case::new(bowl, bowl_product);
        let bounds = Bounds { lower: &[-5.0; 6], upper: &[5.0; 6] };
        optimizer.minimise(0..3, Memory::new(), &mut vec![2.0; 6], bounds, &mut case).unwrap();
        memories.push((choice, case.kept[2].1.clone()));
    }
    for (choice, memory) in &memories {
        let refused = |memory: &Memory, variables: usize| {
            let (lower, upper) = (vec![-5.0; variables], vec![5.0; variables]);
            let bounds = Bounds { lower: &lower, upper: &upper };
            let (mut x, mut case) = (vec![2.0; variables], Case::new(bowl, bowl_product));
            let optimizer = choice.as_dyn().for_grid().unwrap();
            optimizer.minimise(3..5, memory.clone(), &mut x, bounds, &mut case).err().map(|e| e.to_string())
        };
        let cut: Memory = memory[..memory.len() - 1].to_vec();
        let error = refused(&cut, 6).unwrap_or_default();
        assert!(error.contains(choice.name()), "{} {error}", name(choice));
        for (other, memory) in &memories {
            if other.name() != choice.name() {
                assert!(refused(memory, 6).is_some(), "{} took the memory of {}", name(choice), name(other));
            }
        }
        if !matches!(choice, OptimizerChoice::GaussNewton(_)) {
            assert!(refused(memory, 8).is_some_and(|e| e.contains("expected 8")), "{}", name(choice));
        }
    }
}
