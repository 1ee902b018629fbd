//! The names of files in a run directory, which no member of a study may have.

/// Files of a run beside the folders of its members, of every kind of study.
pub const FILES: [&str; 15] = [
    "summary.json",
    "report.html",
    "scenario.yaml",
    "as-typed.yaml",
    "run.json",
    "facts.json",
    "true.h5",
    "initial.h5",
    "true-wavefield.h5",
    "observed-gather.h5",
    "initial-gather.h5",
    "wells.csv",
    "fitted-value.png",
    "fitted-gradient.png",
    "fitted-laplacian.png",
];

/// Begins the name of a folder with an earlier run.
pub const EARLIER: &str = "earlier-";

/// The folder of a run with the models along wells.
pub const WELLS: &str = "wells";

/// The folder of a run with mean and standard deviation of repeated inversions.
pub const SPREAD: &str = "spread";

/// Folders in a run directory besides those of members: the wells of the run, and what later commands write.
pub const FOLDERS: [&str; 4] = [WELLS, SPREAD, "migration", "resolution"];

/// Whether a member cannot have this name, because a file of the run has it or may be taken for it.
#[must_use]
pub fn is_reserved(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    FILES.contains(&name.as_str())
        || FOLDERS.contains(&name.as_str())
        || name.starts_with(EARLIER)
        || matches!(ending, "h5" | "json" | "html" | "yaml" | "png" | "csv")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_a_run_are_reserved() {
        for name in ["true.h5", "summary.json", "Report.HTML", "earlier-1", "mine.h5", "wells"] {
            assert!(is_reserved(name), "{name}");
        }
        for name in ["joint", "w0-30.5", "earlier", "h5"] {
            assert!(!is_reserved(name), "{name}");
        }
    }
}
