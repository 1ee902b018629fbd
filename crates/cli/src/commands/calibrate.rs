//! `fwi calibrate`

use crate::cli::CalibrateArgs;
use crate::output::{keep_existing, print, print_notes};
use fwi::forward::transient::Calibrate;
use scenario::error::FwiError;
use scenario::plan::Plan;
use studies::inversions::calibration::{CalibrationJob, calibrate};
use studies::progress_args::ProgressArgs;
use survey::atomic;

pub(super) fn execute(args: &CalibrateArgs, progress: ProgressArgs) -> Result<(), FwiError> {
    let plan = Plan::from_file(&args.scenario)?;
    print_notes(&plan.notes);
    let folder = args.output.clone().unwrap_or_else(|| "calibration".into());
    for name in ["wavelet.npy", "calibration.yaml"] {
        keep_existing("-o", &folder.join(name), args.force)?;
    }
    atomic::check_writable(&folder)?;
    let what = Calibrate { by_shot: args.by_shot, receivers: args.receivers, damping: args.damping };
    let job = CalibrationJob {
        reference: args.reference.clone(),
        velocity: args.velocity,
        inversion: args.inversion.clone(),
        what,
    };
    let said = calibrate(&plan, &job, &folder)?;
    if progress.quiet { Ok(()) } else { print(&said) }
}
