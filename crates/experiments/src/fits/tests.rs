//! Fits of a wave whose value and derivatives are known everywhere.

use super::StepCallback;
use super::block::FitBlock;
use super::block::{Quantity, Scaling};
use super::outcome::FitRow;
use super::target::Target;
use super::training::{self, Fitted};
use fwi::checkpoint::CheckpointFile;
use fwi::network_settings::NetworkSettings;
use fwi::optimizer::{Adam, OptimizerChoice, Soap};
use fwi::recorder::Rows;
use fwi::status::Status;
use survey::array::Meaning;
use survey::derivatives::Derivatives;

const K: [f64; 2] = [std::f64::consts::TAU / 700.0, std::f64::consts::TAU / 500.0];

/// `2500 + 400 sin(k x) cos(l z)` and its derivatives.
fn wave(grid: &fd::Grid) -> Derivatives {
    let all = |f: &dyn Fn(f64, f64) -> f64| grid.points().map(|[x, z]| f(K[0] * x, K[1] * z)).collect();
    Derivatives {
        value: all(&|a, b| 2500.0 + 400.0 * a.sin() * b.cos()),
        gradient: [
            all(&|a, b| 400.0 * K[0] * a.cos() * b.cos()),
            all(&|a, b| -400.0 * K[1] * a.sin() * b.sin()),
        ],
        laplacian: all(&|a, b| -400.0 * (K[0] * K[0] + K[1] * K[1]) * a.sin() * b.cos()),
    }
}

fn target(spacing: f64) -> Target {
    let n = (1000.0 / spacing) as usize + 1;
    let grid = fd::Grid::new([0.0; 2], [spacing; 2], [n; 2]).unwrap();
    Target { grid, at: wave(&grid), meaning: Meaning::Velocity, smoothing: None }
}

fn block(quantity: Quantity) -> FitBlock {
    FitBlock {
        name: "fit".to_owned(),
        quantity,
        network: NetworkSettings { w0_first: Some(8.0), ..NetworkSettings::of_sines(32, 2) },
        optimizer: OptimizerChoice::Soap(Soap::with(5e-3, true, 10)),
        steps: 300,
        batch: None,
        scaling: Scaling::Deviation,
        smoothing: None,
        tolerance: None,
        time_limit: None,
        device: "cpu".to_owned(),
        seed: 3,
        repeat: None,
        sweep: None,
        group: None,
    }
}

fn rows(file: CheckpointFile) -> Rows<FitRow> {
    Rows::new(file, |row: &FitRow| row.step).unwrap()
}

fn fit(target: &Target, block: &FitBlock, tell: &mut StepCallback) -> Fitted {
    let folder = tempfile::tempdir().unwrap();
    let file = CheckpointFile::new(folder.path().join("checkpoint.safetensors"), "", false).unwrap();
    training::fit(target, block, rows(file), tell).unwrap()
}

/// Whatever of the wave is learnt, value, gradient and Laplacian of the network are those of the wave: the value to
/// 40 dB; a gradient that is learnt to 5 %, a Laplacian to 10 %. Each derivative multiplies what is left by the wavenumbers
/// of the network, some three times the wave's: so the Laplacian behind a gradient is known to 15 %, and behind a value,
/// which is learnt to 0.25 %, the gradient to 15 and the Laplacian to 35 %. At nodes in between as well, to a tenth of the
/// largest gradient. A Laplacian leaves the value open by a harmonic function, so only itself is looked at there.
#[test]
fn a_wave_is_learnt_with_its_derivatives() {
    let target = target(25.0);
    for quantity in Quantity::ALL {
        let fitted = fit(&target, &block(quantity), &mut |_, _, _| false);
        let s = fitted.score;
        let (gradient, laplacian) = (s.gradient_relative_l2.unwrap(), s.laplacian_relative_l2.unwrap());
        match quantity {
            Quantity::Value => {
                assert!(s.psnr_db.unwrap() > 40.0 && gradient < 0.15 && laplacian < 0.35, "{s:?}");
            }
            Quantity::Gradient => {
                assert!(s.psnr_db.unwrap() > 40.0 && gradient < 0.05 && laplacian < 0.15, "{s:?}");
            }
            Quantity::Laplacian => assert!(laplacian < 0.1, "{s:?}"),
        }
        assert_eq!((fitted.status, fitted.steps), (Status::Done, 300));
        if quantity == Quantity::Gradient {
            let finer = fd::Grid::new([12.5; 2], [25.0; 2], [39; 2]).unwrap();
            let points: Vec<[f64; 2]> = finer.points().collect();
            let (found, exact) = (fitted.field.evaluate(&points), wave(&finer));
            let worst =
                |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
            // 40 dB of a range of 800 m/s are 8 m/s on average; the gradient is up to 400 l = 5 1/s.
            assert!(worst(&found.value, &exact.value) < 24.0, "{}", worst(&found.value, &exact.value));
            assert!(worst(&found.gradient[1], &exact.gradient[1]) < 0.5);
        }
    }
}

/// One seed gives one result. A tolerance and Ctrl-C stop early, with a network as good as its row says. A learning
/// rate that makes the parameters infinite counts as divergence and keeps the last good network.
#[test]
fn fits_stop_as_they_should() {
    let target = target(50.0);
    let all = |block: &FitBlock| fit(&target, block, &mut |_, _, _| false);
    let batch = FitBlock { batch: Some(64), steps: 40, ..block(Quantity::Value) };
    assert_eq!(all(&batch).at, all(&batch).at);
    assert_ne!(all(&batch).at, all(&FitBlock { seed: 4, ..batch.clone() }).at);

    let early = all(&FitBlock { tolerance: Some(0.05), ..block(Quantity::Value) });
    assert!(early.steps < 300 && early.score.relative_l2.unwrap() <= 0.05, "{:?}", early.score);
    assert_eq!(early.field.frame.relative_l2, early.score.relative_l2.unwrap());

    let stopped = fit(&target, &block(Quantity::Value), &mut |step, _, _| step[0] == 17);
    assert_eq!((stopped.status, stopped.steps), (Status::Interrupted, 17));

    let optimizer = OptimizerChoice::Adam(Adam::with(1e30, false, 0));
    let wild = all(&FitBlock { optimizer, ..block(Quantity::Value) });
    assert_eq!(wild.status, Status::Diverged);
    assert!(wild.at.value.iter().all(|v| v.is_finite()) && wild.stopped_because.contains("step"));
}

/// An interrupted and resumed fit ends like an uninterrupted one, with the same rows and continuous time; another
/// network is rejected. A finished fit ends again immediately.
#[test]
fn fits_resume() {
    let target = target(50.0);
    let soap = FitBlock { batch: Some(64), steps: 40, ..block(Quantity::Gradient) };
    let lbfgs: OptimizerChoice = serde_json::from_str("{\"lbfgs\": {\"hold\": 10}}").unwrap();
    for block in [soap.clone(), FitBlock { optimizer: lbfgs, ..soap.clone() }] {
        let whole = fit(&target, &block, &mut |_, _, _| false);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("fit/checkpoint.safetensors");
        let open = |resume| rows(CheckpointFile::new(path.clone(), "", resume).unwrap());
        let stopped = training::fit(&target, &block, open(false), &mut |step, _, _| step[0] == 23).unwrap();
        assert_eq!((stopped.status, stopped.steps), (Status::Interrupted, 23));
        let mut seen = Vec::new();
        let mut tell = |step: [u64; 2], _: f64, _: Option<&FitRow>| {
            seen.push(step[0]);
            false
        };
        let resumed = training::fit(&target, &block, open(true), &mut tell).unwrap();
        assert!(seen[0] > 20 && seen[0] <= 24, "{seen:?}");
        assert_eq!((resumed.status, resumed.steps, &resumed.at), (Status::Done, 40, &whole.at));
        let steps = |fitted: &Fitted| fitted.history.iter().map(|row| row.step).collect::<Vec<_>>();
        assert_eq!(steps(&resumed), steps(&whole));
        assert!(resumed.history.windows(2).all(|rows| rows[0].wall_s <= rows[1].wall_s));
        let again = training::fit(&target, &block, open(true), &mut |_, _, _| panic!("no step")).unwrap();
        assert_eq!((&again.at, steps(&again)), (&whole.at, steps(&whole)));
        let other = FitBlock { network: NetworkSettings::of_sines(33, 2), ..block.clone() };
        let error = training::fit(&target, &other, open(true), &mut |_, _, _| false).unwrap_err();
        assert!(error.to_string().contains("\"width\":33"), "{error}");
        std::fs::write(&path, b"{}").unwrap();
        assert!(CheckpointFile::new(path.clone(), "", true).is_err());
    }
}
