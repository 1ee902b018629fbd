//! The name of a file in a scenario.

use std::path::{Path, PathBuf};

/// The path of a file as a scenario in a folder has it: relative below the folder, otherwise the whole path.
#[must_use]
pub fn seen_from(folder: &Path, file: &Path) -> PathBuf {
    let whole = |path: &Path| {
        let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
        path.canonicalize().unwrap_or_else(|_| path.to_owned())
    };
    // A link keeps its own name.
    let file = whole(file.parent().unwrap_or(file)).join(file.file_name().unwrap_or_default());
    file.strip_prefix(whole(folder)).map(Path::to_owned).unwrap_or(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_below_the_folder_are_relative() {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        std::fs::create_dir_all(at.join("a/b")).unwrap();
        for name in ["a/here.h5", "a/b/below.h5", "beside.h5"] {
            std::fs::write(at.join(name), "").unwrap();
        }
        let seen = |name: &str| seen_from(&at.join("a"), &at.join("a/b/..").join(name));
        assert_eq!(seen("here.h5"), Path::new("here.h5"));
        assert_eq!(seen("b/below.h5"), Path::new("b/below.h5"));
        assert_eq!(seen("../beside.h5"), at.canonicalize().unwrap().join("beside.h5"));
    }
}
