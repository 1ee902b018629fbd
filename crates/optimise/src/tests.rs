//! Every optimiser on functions with the difficulties of inversions: narrow valleys, bounds, inexact gradients.

use crate::{
    Adam, Armijo, Bounds, ConjugateGradients, Curvature, Descent, Direction, Ended, Evaluated, Floor,
    Formula, GaussNewton, Lbfgs, Minimised, Optimizer, Point, Search, State, StateError, Wolfe, minimise,
};

type Boxed = Box<dyn Optimizer<f64, StateError>>;

/// A new optimiser of each kind that searches for steps.
const ALL: [fn() -> Boxed; 4] = [
    || searching(Lbfgs::new(8)),
    || searching(ConjugateGradients::new(Formula::PolakRibiere)),
    || searching(ConjugateGradients::new(Formula::HagerZhang)),
    || searching(GaussNewton::new(20, 0.0)),
];

fn searching(direction: impl Direction<f64, StateError> + 'static) -> Boxed {
    Box::new(Descent::new(direction, Armijo::default()))
}

/// Adam as grids have it.
fn adam() -> Boxed {
    Box::new(Adam::new([0.9, 0.999], Floor::OfLargest(1e-8)))
}

/// A learning rate that falls by a cosine to a hundredth in so many steps.
fn falling(steps: usize) -> impl Fn(usize) -> f64 {
    move |step| 0.05 * (0.01 + 0.495 * (1.0 + (std::f64::consts::PI * step as f64 / steps as f64).cos()))
}

fn bounds(lower: &[f64], upper: &[f64]) -> Bounds<f64> {
    Bounds::new(lower.to_vec(), upper.to_vec())
}

type Product = fn(&[f64], &[f64]) -> Vec<f64>;

/// A function with what the optimisers are told of it, and its values one after the other.
struct Case<F> {
    function: F,
    product: Product,
    preconditioner: Option<Vec<f64>>,
    values: Vec<f64>,
    evaluations: usize,
    /// Iterations that another run has done.
    begun: usize,
    /// Point and state after each iteration.
    kept: Vec<(Vec<f64>, State<f64>)>,
}

impl<F: Fn(&[f64]) -> Evaluated<f64>> Case<F> {
    fn new(function: F, product: Product) -> Self {
        let (values, kept) = (Vec::new(), Vec::new());
        Self { function, product, preconditioner: None, values, evaluations: 0, begun: 0, kept }
    }
}

impl<F: Fn(&[f64]) -> Evaluated<f64>> Minimised<f64, StateError> for Case<F> {
    fn evaluate(&mut self, x: &[f64]) -> Result<Evaluated<f64>, StateError> {
        self.evaluations += 1;
        Ok((self.function)(x))
    }

    fn after(
        &mut self,
        iteration: usize,
        value: f64,
        x: &[f64],
        state: &dyn Fn() -> State<f64>,
    ) -> Result<bool, StateError> {
        assert_eq!(iteration, self.begun + self.values.len());
        self.values.push(value);
        self.kept.push((x.to_vec(), state()));
        Ok(false)
    }
}

impl<F> Curvature<f64, StateError> for Case<F> {
    fn precondition(&mut self, gradient: &[f64]) -> Option<Vec<f64>> {
        let diagonal = self.preconditioner.as_ref()?;
        Some(gradient.iter().zip(diagonal).map(|(g, d)| g * d).collect())
    }

    fn gauss_newton_product(&mut self, x: &[f64], direction: &[f64]) -> Result<Option<Vec<f64>>, StateError> {
        Ok(Some((self.product)(x, direction)))
    }
}

/// Rosenbrock's valley in pairs of variables: residuals 1 - a and 10 (b - a^2).
fn rosenbrock(x: &[f64]) -> Evaluated<f64> {
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

fn bowl(x: &[f64]) -> Evaluated<f64> {
    let off = |i: usize| x[i] - (i as f64).sin();
    let value = (0..x.len()).map(|i| 0.5 * curvature(i) * off(i) * off(i)).sum();
    (value, (0..x.len()).map(|i| curvature(i) * off(i)).collect())
}

fn bowl_product(_x: &[f64], d: &[f64]) -> Vec<f64> {
    d.iter().enumerate().map(|(i, d)| curvature(i) * d).collect()
}

fn descend<F: Fn(&[f64]) -> Evaluated<f64>>(
    optimizer: Boxed,
    iterations: usize,
    x: &mut Vec<f64>,
    [lower, upper]: [f64; 2],
    case: &mut Case<F>,
) -> Ended {
    let bounds = Bounds::new(vec![lower; x.len()], vec![upper; x.len()]);
    let ended = minimise(optimizer, 0..iterations, &|_| 1.0, State::new(), x, bounds, case).unwrap();
    assert!(case.values.windows(2).all(|v| v[1] <= v[0]), "values rise: {:?}", case.values);
    ended
}

/// The minimum 0 at (1, 1), from the usual start.
#[test]
fn free_minimum_of_a_curved_valley() {
    for new in ALL {
        let mut x = [-1.2, 1.0].repeat(4);
        let mut case = Case::new(rosenbrock, rosenbrock_product);
        descend(new(), 400, &mut x, [-5.0, 5.0], &mut case);
        assert!(x.iter().all(|x| (x - 1.0).abs() < 1e-4), "{} {x:?}", new().name());
    }
}

/// With all x <= 1/2 the minimum is at (1/2, 1/4): the constraint is active and the rest still converges.
#[test]
fn bounded_minimum_of_a_curved_valley() {
    for new in ALL {
        let mut x = [-1.2, 0.3].repeat(3);
        let mut case = Case::new(rosenbrock, rosenbrock_product);
        descend(new(), 400, &mut x, [-5.0, 0.5], &mut case);
        for pair in x.chunks(2) {
            assert!((pair[0] - 0.5).abs() < 1e-9 && (pair[1] - 0.25).abs() < 1e-5, "{} {x:?}", new().name());
        }
    }
}

/// Values and gradients in single precision with an error of 1e-6 of the gradient's size, which no longer fit each other:
/// the misfit keeps falling to where rounding hides the decreases, and nobody gives up on the way.
#[test]
fn single_precision_does_not_end_the_search() {
    let noisy = |x: &[f64]| -> Evaluated<f64> {
        let (value, gradient) = bowl(x);
        let size = gradient.iter().fold(0.0_f64, |a, g| a.max(g.abs()));
        let noise = |i: usize| 1e-6 * size * (1e5 * (x[i] + i as f64)).sin();
        // An offset, as of noise in the data, that rounds away small decreases.
        let value = f64::from((value + 10.0) as f32);
        (value, gradient.iter().enumerate().map(|(i, g)| f64::from((g + noise(i)) as f32)).collect())
    };
    for new in ALL {
        let mut x = vec![2.0; 40];
        let mut case = Case::new(noisy, bowl_product);
        descend(new(), 400, &mut x, [-5.0, 5.0], &mut case);
        // Of 1e5 at the start; the decreases that single precision can tell from 10 are 1e-6 or more, and steps make
        // hundreds of them.
        let left = bowl(&x).0;
        assert!(left < 1e-3, "{} {left} after {}", new().name(), case.values.len());
    }
}

/// A gradient that points a fifth off everywhere, as from coarse snapshots: still descent, and still a tenth of the misfit
/// after 60 iterations.
#[test]
fn wrong_gradients_still_descend() {
    let skewed = |x: &[f64]| -> Evaluated<f64> {
        let (value, gradient) = bowl(x);
        let factor = |i: usize| 1.0 + 0.2 * (3.0 * i as f64).sin();
        (value, gradient.iter().enumerate().map(|(i, g)| factor(i) * g).collect())
    };
    for new in ALL {
        let mut x = vec![2.0; 40];
        let mut case = Case::new(skewed, bowl_product);
        descend(new(), 60, &mut x, [-5.0, 5.0], &mut case);
        assert!(case.values.last().unwrap() < &(0.1 * case.values[0]), "{} {:?}", new().name(), case.values);
    }
}

/// First steps a thousandth to a billion times as long as they should be cost a few more evaluations, no more.
#[test]
fn scale_of_the_first_step() {
    for new in ALL {
        for width in [3.0, 1e3, 1e9, f64::INFINITY] {
            let mut x = vec![2.0; 40];
            let mut case = Case::new(bowl, bowl_product);
            descend(new(), 400, &mut x, [-width, width], &mut case);
            assert!(bowl(&x).0 < 1e-5, "{} {width} {}", new().name(), bowl(&x).0);
            assert!(case.evaluations < 1000, "{} {width} {}", new().name(), case.evaluations);
        }
    }
}

/// Values that are not finite beyond a radius, as of a simulation that became unstable, are steps that were too long.
#[test]
fn infinite_values_are_too_far() {
    let fragile = |x: &[f64]| -> Evaluated<f64> {
        let (value, gradient) = bowl(x);
        if x.iter().any(|x| x.abs() > 2.5) { (f64::NAN, vec![f64::NAN; x.len()]) } else { (value, gradient) }
    };
    for new in ALL {
        let mut x = vec![2.0; 40];
        let mut case = Case::new(fragile, bowl_product);
        descend(new(), 400, &mut x, [-1e4, 1e4], &mut case);
        assert!(bowl(&x).0 < 1e-5, "{} {}", new().name(), bowl(&x).0);
        // And where there is nothing else, the search ends.
        let mut case = Case::new(|x: &[f64]| (f64::NAN, vec![f64::NAN; x.len()]), bowl_product);
        assert_eq!(descend(new(), 150, &mut x, [-1e4, 1e4], &mut case), Ended::Converged);
    }
}

/// Variables whose bounds are equal stay, and do not stop the others.
#[test]
fn fixed_variables() {
    for new in ALL {
        let mut x = vec![2.0; 40];
        let (mut lower, mut upper) = (vec![-5.0; 40], vec![5.0; 40]);
        for i in (0..40).step_by(3) {
            (lower[i], upper[i]) = (2.0, 2.0);
        }
        let mut case = Case::new(bowl, bowl_product);
        let bounds = Bounds::new(lower, upper);
        minimise(new(), 0..400, &|_| 1.0, State::new(), &mut x, bounds, &mut case).unwrap();
        for (i, x) in x.iter().enumerate() {
            let expected = if i % 3 == 0 { 2.0 } else { (i as f64).sin() };
            assert!((x - expected).abs() < 1e-3, "{} {i} {x}", new().name());
        }
    }
}

/// With the exact inverse Hessian as preconditioner, a quadratic function takes a few iterations instead of many.
#[test]
fn preconditioner() {
    for new in ALL {
        let mut case = Case::new(bowl, bowl_product);
        case.preconditioner = Some((0..40).map(|i| 1.0 / curvature(i)).collect());
        let mut x = vec![2.0; 40];
        descend(new(), 12, &mut x, [-5.0, 5.0], &mut case);
        assert!(bowl(&x).0 < 1e-9, "{} {:?}", new().name(), case.values);
    }
}

/// Gauss-Newton with exact inner iterations converges in a step on a quadratic function.
#[test]
fn gauss_newton_is_newton_on_a_bowl() {
    let mut x = vec![2.0; 40];
    let mut case = Case::new(bowl, bowl_product);
    descend(searching(GaussNewton::new(60, 0.0)), 6, &mut x, [-50.0, 50.0], &mut case);
    assert!(bowl(&x).0 < 1e-9, "{:?}", case.values);
}

/// Adam goes on without a line search, with steps of its rate, and keeps to the bounds.
#[test]
fn adam_descends() {
    let run = |mut x: Vec<f64>, upper: &[f64]| {
        let mut case = Case::new(rosenbrock, rosenbrock_product);
        let bounds = bounds(&[-5.0, -5.0], upper);
        let ended =
            minimise(adam(), 0..3000, &falling(3000), State::new(), &mut x, bounds, &mut case).unwrap();
        assert_eq!((ended, case.evaluations), (Ended::Iterations, 3000));
        x
    };
    let x = run(vec![-1.2, 1.0], &[5.0, 5.0]);
    assert!((x[0] - 1.0).abs() < 0.05, "{x:?}");
    let x = run(vec![-1.2, 0.3], &[0.5, 5.0]);
    assert!((x[0] - 0.5).abs() < 1e-6 && (x[1] - 0.25).abs() < 1e-2, "{x:?}");
}

/// A run that stops after any of its iterations and goes on from the point and the state ends at the same numbers, bit by
/// bit: the state is all that an optimiser knows.
#[test]
fn every_optimizer_resumes() {
    for new in ALL.into_iter().chain([adam as fn() -> Boxed]) {
        let bounds = || bounds(&[-5.0; 6], &[0.8, 5.0, 5.0, 5.0, 5.0, 5.0]);
        let mut whole = Case::new(rosenbrock, rosenbrock_product);
        let mut x = [-1.2, 1.0].repeat(3);
        minimise(new(), 0..14, &falling(14), State::new(), &mut x, bounds(), &mut whole).unwrap();
        assert_eq!(whole.kept.len(), 14);
        for stopped in [1, 2, 7, 12] {
            let (mut x, state) = whole.kept[stopped - 1].clone();
            let mut rest = Case::new(rosenbrock, rosenbrock_product);
            rest.begun = stopped;
            minimise(new(), stopped..14, &falling(14), state, &mut x, bounds(), &mut rest).unwrap();
            assert_eq!(x, whole.kept[13].0, "{} stopped after {stopped}", new().name());
        }
    }
}

/// A search that is interrupted between two trials goes on with the same trials.
#[test]
fn searches_resume_between_trials() {
    fn trials<S: Search<f32> + Default>(
        function: fn(&[f64]) -> Evaluated<f64>,
        restored: bool,
    ) -> Vec<Vec<f32>> {
        let new = || Descent::new(Lbfgs::new(4), S::default());
        let (mut optimizer, mut x, mut all) = (new(), vec![-1.2f32, 1.0, -1.2, 1.0], Vec::new());
        for _ in 0..40 {
            if restored {
                let state = Optimizer::<f32, ()>::state(&optimizer);
                optimizer = new();
                Optimizer::<f32, ()>::restore(&mut optimizer, state).unwrap();
            }
            let asked = Optimizer::<f32, ()>::ask(&mut optimizer, &x, &mut ()).unwrap();
            let Some(trial) = asked else { break };
            let double: Vec<f64> = trial.iter().map(|x| f64::from(*x)).collect();
            let (value, gradient) = function(&double);
            let gradient = gradient.iter().map(|g| *g as f32).collect();
            all.push(trial.clone());
            Optimizer::<f32, ()>::tell(
                &mut optimizer,
                Point { x: trial.clone(), value, gradient },
                1.0,
                &mut (),
            );
            x = trial;
        }
        assert!(all.len() > 30);
        all
    }
    assert_eq!(trials::<Wolfe<f32>>(rosenbrock, false), trials::<Wolfe<f32>>(rosenbrock, true));
    assert_eq!(trials::<Armijo<f32>>(rosenbrock, false), trials::<Armijo<f32>>(rosenbrock, true));
}

/// The state of another number of variables is refused, and so is that of another optimiser.
#[test]
fn states_of_others_are_refused() {
    let all: Vec<fn() -> Boxed> = ALL.into_iter().chain([adam as fn() -> Boxed]).collect();
    let limits = |variables: usize| Bounds::new(vec![-5.0; variables], vec![5.0; variables]);
    let states: Vec<State<f64>> = all
        .iter()
        .map(|new| {
            let mut case = Case::new(bowl, bowl_product);
            minimise(new(), 0..3, &|_| 0.05, State::new(), &mut vec![2.0; 6], limits(6), &mut case).unwrap();
            case.kept[2].1.clone()
        })
        .collect();
    for (new, state) in all.iter().zip(&states) {
        let name = new().name();
        let refused = |state: &State<f64>, variables: usize| {
            let (mut x, mut case) = (vec![2.0; variables], Case::new(bowl, bowl_product));
            case.begun = 3;
            let run = minimise(new(), 3..5, &|_| 0.05, state.clone(), &mut x, limits(variables), &mut case);
            run.err().map(|error| error.to_string())
        };
        assert_eq!(refused(state, 6), None);
        let error = refused(&state[..state.len() - 1].to_vec(), 6).unwrap_or_default();
        assert!(error.contains(name), "{name} {error}");
        for (other, state) in all.iter().zip(&states).filter(|(other, _)| other().name() != name) {
            assert!(refused(state, 6).is_some(), "{name} took the state of {}", other().name());
        }
        assert!(refused(state, 8).is_some_and(|e| e.contains("expected 8")), "{name}");
    }
}
