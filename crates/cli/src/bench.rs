//! The speed of this machine on fixed cases.

use std::time::Instant;

use burn::tensor::Device;
use fd::bench::On;
use fd::program::WaveDevice;
use fd::{DeviceError, FdError, Grid, HelmholtzOperator, Pml, PointSet};
use fields::FieldsError;
use fields::bench::{Derivatives, Training};
use machine::usage::{cpu_seconds, peak_bytes};
use num_complex::Complex64;
use serde::Serialize;

use scenario::error::FwiError;

/// Timed repetitions of a case that takes less than a second.
const RUNS: usize = 9;

/// The result of one case; one JSON object per line with `--json`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Record {
    /// Name of the case.
    pub case: &'static str,
    /// Device used.
    pub device: String,
    /// Threads used.
    pub threads: usize,
    /// Timed repetitions.
    pub runs: usize,
    /// Median wall time of one repetition, s.
    pub wall_s: f64,
    /// Median CPU time of one repetition, s.
    pub cpu_s: f64,
    /// Points (collocation points, or unknowns times right-hand sides) of one repetition.
    pub points: usize,
    /// Points per second of wall time.
    pub rate: f64,
    /// Peak memory of the process so far, bytes.
    pub peak_bytes: u64,
    /// Of waves on another device: the largest difference from what the processor computes, over the largest value of that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub difference: Option<f64>,
}

/// Points and repetitions of a case, and its median wall and CPU time in s.
struct Measured {
    points: usize,
    runs: usize,
    wall_s: f64,
    cpu_s: f64,
    difference: Option<f64>,
}

/// A case: its name, its description, and its measurement on a number of threads.
pub struct Case {
    /// Name on the command line.
    pub name: &'static str,
    /// A description in one line.
    pub about: &'static str,
    measure: fn(&Place) -> Result<Measured, FwiError>,
    uses: Uses,
}

/// What computes a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Uses {
    /// The device of networks.
    Networks,
    /// The device of waves in time.
    Waves,
    /// The processor, whatever device is asked for.
    Processor,
}

/// What a case runs on.
struct Place {
    threads: usize,
    networks: Device,
    waves: WaveDevice,
}

/// What one name of a device means.
struct Devices {
    networks: Result<Device, FieldsError>,
    waves: Result<WaveDevice, FdError>,
}

impl Devices {
    fn of(name: &str) -> Self {
        let waves = match WaveDevice::parse(name) {
            // Devices that only networks have: waves are stepped by the processor.
            Err(FdError::Device(error)) if matches!(*error, DeviceError::Unknown { .. }) => match name {
                "auto" => Ok(WaveDevice::fastest()),
                _ => Ok(WaveDevice::default()),
            },
            waves => waves,
        };
        // The device that only waves have.
        let networks = if name == "cuda-cpu" { "cpu" } else { name };
        Self { networks: fields::device::parse(networks), waves }
    }

    /// The place of a case and the name of its device, or why that cannot be used.
    fn place(&self, threads: usize, uses: Uses) -> Result<(Place, String), String> {
        let processor = || fields::device::parse("cpu").map_err(|error| error.to_string());
        let mut place = Place { threads, networks: processor()?, waves: WaveDevice::default() };
        let name = match uses {
            Uses::Networks => {
                place.networks = self.networks.as_ref().map_err(ToString::to_string)?.clone();
                fields::device::name(&place.networks)
            }
            Uses::Waves => {
                place.waves = self.waves.as_ref().map_err(ToString::to_string)?.clone();
                place.waves.name()
            }
            Uses::Processor => "cpu".to_owned(),
        };
        Ok((place, name))
    }

    /// Why nothing can be measured: the device of the only case, or of all of them.
    fn refusal(self, cases: &[&Case]) -> Option<FwiError> {
        let only = |uses: Uses| cases.iter().all(|case| case.uses == uses);
        match (self.networks, self.waves) {
            (Err(error @ FieldsError::UnknownDevice { .. }), _) => Some(FwiError::Fields(error)),
            (Err(error), _) if only(Uses::Networks) => Some(FwiError::Fields(error)),
            (_, Err(error)) if only(Uses::Waves) => Some(FwiError::from(error)),
            _ => None,
        }
    }
}

/// The cases.
pub const CASES: &[Case] = &[
    Case {
        name: "siren_step",
        about: "one training step of a SIREN 2-256x4-2 on a Helmholtz residual at 4096 points, Adam",
        measure: |place| training((256, 4), 4096, Derivatives::Second, place),
        uses: Uses::Networks,
    },
    Case {
        name: "siren_step_laplacian",
        about: "the same, with the Laplacian as one derivative stream",
        measure: |place| training((256, 4), 4096, Derivatives::Laplacian, place),
        uses: Uses::Networks,
    },
    Case {
        name: "siren_step_16384",
        about: "siren_step at 16384 points",
        measure: |place| training((256, 4), 16384, Derivatives::Second, place),
        uses: Uses::Networks,
    },
    Case {
        name: "siren_step_16384_laplacian",
        about: "siren_step_laplacian at 16384 points",
        measure: |place| training((256, 4), 16384, Derivatives::Laplacian, place),
        uses: Uses::Networks,
    },
    Case {
        name: "step_points_1000",
        about: "one training step of a SIREN 2-64x3-2 on a Helmholtz residual at 10^3 points, Adam",
        measure: |place| training((64, 3), 1_000, Derivatives::Second, place),
        uses: Uses::Networks,
    },
    Case {
        name: "step_points_10000",
        about: "the same at 10^4 points",
        measure: |place| training((64, 3), 10_000, Derivatives::Second, place),
        uses: Uses::Networks,
    },
    Case {
        name: "step_points_100000",
        about: "the same at 10^5 points",
        measure: |place| training((64, 3), 100_000, Derivatives::Second, place),
        uses: Uses::Networks,
    },
    Case {
        name: "step_points_1000000",
        about: "the same at 10^6 points",
        measure: |place| training((64, 3), 1_000_000, Derivatives::Second, place),
        uses: Uses::Networks,
    },
    Case {
        name: "step_parameters_1000",
        about: "one training step of a SIREN 2-16x4-2, 898 parameters, at 4096 points",
        measure: |place| training((16, 4), 4096, Derivatives::Second, place),
        uses: Uses::Networks,
    },
    Case {
        name: "step_parameters_10000",
        about: "the same for a SIREN 2-64x3-2, 8642 parameters",
        measure: |place| training((64, 3), 4096, Derivatives::Second, place),
        uses: Uses::Networks,
    },
    Case {
        name: "step_parameters_100000",
        about: "the same for a SIREN 2-192x4-2, 112130 parameters",
        measure: |place| training((192, 4), 4096, Derivatives::Second, place),
        uses: Uses::Networks,
    },
    Case {
        name: "step_parameters_1000000",
        about: "the same for a SIREN 2-512x5-2, 1053186 parameters",
        measure: |place| training((512, 5), 4096, Derivatives::Second, place),
        uses: Uses::Networks,
    },
    Case {
        name: "helmholtz_factor",
        about: "factorisation of the Helmholtz matrix of 201 x 201 nodes, order 4, PML",
        measure: |_| helmholtz(false),
        uses: Uses::Processor,
    },
    Case {
        name: "helmholtz_solve",
        about: "solution for 16 sources with those factors",
        measure: |_| helmholtz(true),
        uses: Uses::Processor,
    },
    Case {
        name: "propagator_512_4",
        about: "one shot in time on 512 x 512 nodes and 20 cells of CPML, order 4, 1000 steps",
        measure: |place| in_time(5, place, |on| fd::bench::system("acoustic", &[512, 512], 4, 1000, on)),
        uses: Uses::Waves,
    },
    Case {
        name: "propagator_512_8",
        about: "the same, order 8",
        measure: |place| in_time(5, place, |on| fd::bench::system("acoustic", &[512, 512], 8, 1000, on)),
        uses: Uses::Waves,
    },
    Case {
        name: "elastic_512_4",
        about: "one elastic shot on 512 x 512 nodes and 20 cells of CPML, order 4, 300 steps",
        measure: |place| in_time(5, place, |on| fd::bench::system("elastic", &[512, 512], 4, 300, on)),
        uses: Uses::Waves,
    },
    Case {
        name: "elastic_512_8",
        about: "the same, order 8",
        measure: |place| in_time(5, place, |on| fd::bench::system("elastic", &[512, 512], 8, 300, on)),
        uses: Uses::Waves,
    },
    Case {
        name: "elastic_3d_4",
        about: "the same on 120 x 120 x 120 nodes, order 4, 50 steps",
        measure: |place| in_time(3, place, |on| fd::bench::system("elastic", &[120, 120, 120], 4, 50, on)),
        uses: Uses::Waves,
    },
    Case {
        name: "vti_512_8",
        about: "one acoustic VTI shot on 512 x 512 nodes, order 8, 500 steps",
        measure: |place| in_time(5, place, |on| fd::bench::system("acoustic_vti", &[512, 512], 8, 500, on)),
        uses: Uses::Waves,
    },
    Case {
        name: "viscoacoustic_512_8",
        about: "one viscoacoustic shot on 512 x 512 nodes, order 8, 300 steps",
        measure: |place| in_time(5, place, |on| fd::bench::system("viscoacoustic", &[512, 512], 8, 300, on)),
        uses: Uses::Waves,
    },
    Case {
        name: "gradient_elastic_8",
        about: "the gradient of the same section by vp, vs and density of elastic waves, order 8",
        measure: |place| in_time(3, place, |on| fd::bench::gradient("elastic", 8, on)),
        uses: Uses::Waves,
    },
    Case {
        name: "propagator_2048_4",
        about: "the same on 2048 x 2048 nodes, order 4, 200 steps",
        measure: |place| in_time(5, place, |on| fd::bench::system("acoustic", &[2048, 2048], 4, 200, on)),
        uses: Uses::Waves,
    },
    Case {
        name: "propagator_2048_8",
        about: "the same, order 8",
        measure: |place| in_time(5, place, |on| fd::bench::system("acoustic", &[2048, 2048], 8, 200, on)),
        uses: Uses::Waves,
    },
    Case {
        name: "propagator_3d_8",
        about: "one shot in time on 200 x 200 x 200 nodes, order 8, 100 steps",
        measure: |place| in_time(3, place, |on| fd::bench::system("acoustic", &[200, 200, 200], 8, 100, on)),
        uses: Uses::Waves,
    },
    Case {
        name: "gradient_4",
        about: "gradient of 4 shots of 2000 steps on 300 x 900 nodes, every 8th wavefield stored, order 4",
        measure: |place| in_time(3, place, |on| fd::bench::gradient("acoustic", 4, on)),
        uses: Uses::Waves,
    },
    Case {
        name: "gradient_8",
        about: "the same, order 8",
        measure: |place| in_time(3, place, |on| fd::bench::gradient("acoustic", 8, on)),
        uses: Uses::Waves,
    },
];

/// Times so many repetitions, after an untimed one.
fn measure(
    points: usize,
    runs: usize,
    mut run: impl FnMut() -> Result<(), FwiError>,
) -> Result<Measured, FwiError> {
    let (mut wall, mut cpu) = (Vec::new(), Vec::new());
    run()?;
    for _ in 0..runs {
        let (started, before) = (Instant::now(), cpu_seconds());
        run()?;
        wall.push(started.elapsed().as_secs_f64());
        cpu.push(cpu_seconds() - before);
    }
    Ok(Measured { points, runs, wall_s: median(wall), cpu_s: median(cpu), difference: None })
}

/// A training step of a network, measured three times if it takes seconds.
fn training(
    size: (usize, usize),
    points: usize,
    derivatives: Derivatives,
    place: &Place,
) -> Result<Measured, FwiError> {
    // LibTorch has threads of its own.
    fields::device::set_threads(place.threads);
    let runs = if points > 100_000 || size.0 > 500 { 3 } else { RUNS };
    let mut training = Training::new(size, points, derivatives, &place.networks);
    measure(points, runs, || {
        training.step();
        Ok(())
    })
}

fn in_time(
    runs: usize,
    place: &Place,
    case: impl Fn(On<'_>) -> Result<fd::bench::Case, FdError>,
) -> Result<Measured, FwiError> {
    let mut made = case(On { threads: place.threads, device: &place.waves })?;
    let mut measured = measure(made.points, runs, || Ok(made.run()?))?;
    if !place.waves.is_processor() {
        let mut processor = case(On { threads: place.threads, device: &WaveDevice::default() })?;
        measured.difference = Some(made.difference(&mut processor)?);
    }
    Ok(measured)
}

fn helmholtz(solve: bool) -> Result<Measured, FwiError> {
    let grid = Grid::new([-1000.0, -1000.0], [10.0, 10.0], [201, 201])?;
    let operator = HelmholtzOperator::new(grid, Pml { thickness: 500.0, strength: 5.0 }, 4, 20.0)?;
    let m = vec![1e-6; grid.len()];
    let positions: Vec<[f64; 2]> = (0..16).map(|i| [-400.0 + 50.0 * f64::from(i), -300.0]).collect();
    let sources = PointSet::new(&grid, &positions)?.sources(&grid, Complex64::ONE);
    let solver = operator.prepare(&m)?;
    let points = if solve { grid.len() * sources.len() } else { grid.len() };
    measure(points, RUNS, || {
        if solve {
            solver.solve(&sources)?;
        } else {
            operator.prepare(&m)?;
        }
        Ok(())
    })
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Measures one case or all of them and passes on each record as soon as it is available. `device` is the device of
/// networks and of waves in time; cases whose device is not there are left out, which standard error says.
///
/// # Errors
/// [`FwiError::Argument`] for an unknown case; [`FwiError::Fields`] for an unavailable device; [`FwiError::Fd`].
pub fn bench(
    case: Option<&str>,
    threads: Option<u16>,
    device: &str,
    mut each: impl FnMut(&Case, &Record) -> Result<(), FwiError>,
) -> Result<(), FwiError> {
    let chosen: Vec<&Case> = CASES.iter().filter(|c| case.is_none_or(|name| c.name == name)).collect();
    if chosen.is_empty() {
        return Err(FwiError::Argument {
            argument: "CASE",
            found: case.unwrap_or_default().to_owned(),
            problem: "is not a case",
            expected: CASES.iter().map(|c| c.name).collect::<Vec<_>>().join(", "),
        });
    }
    let devices = Devices::of(device);
    if let Some(error) = Devices::of(device).refusal(&chosen) {
        return Err(error);
    }
    let threads = threads.map_or_else(rayon::current_num_threads, usize::from);
    let failed = |e: rayon::ThreadPoolBuildError| FwiError::Write {
        what: format!("a pool of {threads} threads"),
        source: std::io::Error::other(e),
    };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().map_err(failed)?;
    for case in chosen {
        let (place, device) = match devices.place(threads, case.uses) {
            Ok(found) => found,
            Err(why) => {
                machine::say!("{}: left out: {why}", case.name);
                continue;
            }
        };
        let Measured { points, runs, wall_s, cpu_s, difference } = pool.install(|| (case.measure)(&place))?;
        let (rate, peak_bytes) = (points as f64 / wall_s, peak_bytes());
        let record = Record {
            case: case.name,
            device,
            threads,
            runs,
            wall_s,
            cpu_s,
            points,
            rate,
            peak_bytes,
            difference,
        };
        each(case, &record)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_case_is_named() {
        let error = bench(Some("fly"), Some(1), "cpu", |_, _| Ok(())).unwrap_err();
        assert_eq!(error.exit_code(), 2);
        assert!(error.to_string().contains("siren_step, "), "{error}");
    }
}
