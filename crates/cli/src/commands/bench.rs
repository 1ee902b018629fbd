//! `fwi bench`

use crate::bench::bench;
use crate::cli::BenchArgs;
use crate::output::print;
use scenario::error::FwiError;
use studies::progress_args::ProgressArgs;

pub(super) fn execute(args: &BenchArgs, _progress: ProgressArgs) -> Result<(), FwiError> {
    bench(args.case.as_deref(), args.threads, &args.device, |case, r| {
        if args.json {
            let line = serde_json::to_string(r).unwrap_or_default();
            return print(&format!("{line}\n"));
        }
        print(&format!(
            "{:<22} {:>2} threads  {:>9.2} ms wall  {:>9.2} ms cpu  {:>9.3e} points/s  {}\n",
            r.case,
            r.threads,
            1e3 * r.wall_s,
            1e3 * r.cpu_s,
            r.rate,
            case.about
        ))
    })
}
