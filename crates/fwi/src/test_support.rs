//! What the tests share: tables against folders, and a comparison to show.

pub(crate) mod sample;

/// Checks that the files of `src/<folder>` are the rows of its table.
pub(crate) fn folder_and_table(folder: &str, rows: impl Iterator<Item = &'static str>) {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(folder);
    let entries = std::fs::read_dir(folder).unwrap();
    let mut files: Vec<String> =
        entries.map(|e| e.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned()).collect();
    let mut rows: Vec<String> = rows.map(str::to_owned).collect();
    files.sort();
    rows.sort();
    assert_eq!(files, rows, "each file of the folder needs a row in the table, and each row a file");
}
