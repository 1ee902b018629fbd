//! `fwi fit`

use document::numbers::bytes;

use crate::cli::FitArgs;
use crate::output::print;
use crate::store;
use experiments::fits::outcome::FitRow;
use experiments::fits::training;
use fwi::checkpoint::CheckpointFile;
use fwi::interruption;
use fwi::recorder::Rows;
use fwi::status::Status;
use scenario::error::FwiError;
use studies::fits::study::told;
use studies::progress_args::ProgressArgs;
use studies::spine::progress::Line;
use survey::ticks::significant;

pub(super) fn execute(args: &FitArgs, progress: ProgressArgs) -> Result<(), FwiError> {
    let to = args.to.clone().unwrap_or_else(|| args.model.with_extension("safetensors"));
    let target = store::target(args)?;
    let block = store::block(args, &target)?;
    let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty());
    survey::atomic::check_writable(folder.unwrap_or(std::path::Path::new(".")))?;
    interruption::begin_run();
    let mut line = Line::new("fit", "fit", "step", progress);
    let checkpoint = to.with_extension("checkpoint.safetensors");
    let file = CheckpointFile::new(checkpoint.clone(), "", args.resume)?;
    let rows = Rows::new(file, |row: &FitRow| row.step)?;
    let (started, mut psnr) = (std::time::Instant::now(), None);
    let mut tell = |step: [u64; 2], misfit: f64, row: Option<&FitRow>| {
        told(&mut line, &mut psnr, step, misfit, (row, started.elapsed().as_secs_f64()))
    };
    let fitted = training::fit(&target, &block, rows, &mut tell)?;
    line.finish();
    if fitted.status == Status::Diverged {
        return Err(FwiError::Diverged { what: "fit", name: to.display().to_string() });
    }
    fitted.field.write(&to)?;
    let size = std::fs::metadata(&to).map_or(0, |m| m.len()) as f64;
    let samples = 4.0 * target.grid.len() as f64;
    let frame = &fitted.field.frame;
    if !progress.quiet {
        let a = fitted.field.network.architecture();
        print(&format!(
            "{}: {}, {} parameters, {} instead of {} as 32-bit numbers: {} times smaller\n\
             error {} % (relative L2), largest {}{}; {} steps in {} s\n",
            to.display(),
            studies::info::layers(a),
            a.parameter_count(),
            bytes(size),
            bytes(samples),
            significant(samples / size, 3),
            significant(100.0 * frame.relative_l2, 3),
            significant(frame.largest, 3),
            frame.meaning.suffix(),
            fitted.steps,
            significant(fitted.wall_s, 3)
        ))?;
    }
    if fitted.status == Status::Interrupted {
        let resume = format!("the same command and --resume (checkpoint in {})", checkpoint.display());
        return Err(FwiError::Interrupted { resume, signal: interruption::name() });
    }
    // One that is not there is as good.
    let _ = std::fs::remove_file(&checkpoint);
    match args.error {
        Some(asked) if frame.relative_l2 > asked => {
            Err(FwiError::Inaccurate { path: to, found: frame.relative_l2, asked })
        }
        _ => Ok(()),
    }
}
