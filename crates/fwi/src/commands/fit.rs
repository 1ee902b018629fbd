//! `fwi fit`

use document::numbers::bytes;

use crate::cli::{FitArgs, ProgressArgs};
use crate::error::FwiError;
use crate::fit::outcome::FitRow;
use crate::fit::run::Said;
use crate::fit::{store, training};
use crate::summary::Status;
use crate::ticks::significant;
use crate::training_checkpoint::CheckpointFile;
use crate::watch;

pub(super) fn execute(args: &FitArgs, progress: ProgressArgs) -> Result<(), FwiError> {
    let to = args.to.clone().unwrap_or_else(|| args.model.with_extension("safetensors"));
    let target = store::target(args)?;
    let block = store::block(args, &target)?;
    let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty());
    crate::atomic::check_writable(folder.unwrap_or(std::path::Path::new(".")))?;
    watch::catch_interruption();
    let mut said = Said::new("fit", block.steps, progress);
    let mut file = CheckpointFile::new(to.with_extension("checkpoint.safetensors"), args.resume)?;
    let mut tell = |step: u64, misfit: f64, row: Option<&FitRow>| said.after(step, misfit, row);
    let fitted = training::fit(&target, &block, &mut file, &mut tell)?;
    said.end();
    if fitted.status == Status::Diverged {
        return Err(FwiError::Diverged { what: "fit", name: to.display().to_string() });
    }
    fitted.field.write(&to)?;
    let size = std::fs::metadata(&to).map_or(0, |m| m.len()) as f64;
    let samples = 4.0 * target.grid.len() as f64;
    let frame = &fitted.field.frame;
    if !progress.quiet {
        let a = fitted.field.network.architecture();
        super::print(&format!(
            "{}: {}, {} parameters, {} instead of {} as 32-bit numbers: {} times smaller\n\
             error {} % (relative L2), largest {}{}; {} steps in {} s\n",
            to.display(),
            store::layers(a),
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
        let resume = format!("the same command with --resume (checkpoint in {})", file.path().display());
        return Err(FwiError::Interrupted { resume });
    }
    file.remove();
    match args.error {
        Some(asked) if frame.relative_l2 > asked => {
            Err(FwiError::Inaccurate { path: to, found: frame.relative_l2, asked })
        }
        _ => Ok(()),
    }
}
