//! Every exporter writes valid files, and rejects what it must.

use super::*;
use survey::model::Model;

/// Each format writes one complete file; a model with NaN writes none.
#[test]
fn every_format_writes() {
    let grid = fd::Grid::new([0.0; 2], [10.0; 2], [13, 11]).unwrap();
    let good = Model::from_fn(grid, |x, z| 1500.0 + x + z);
    let mut bad = good.clone();
    bad.values[5] = f64::NAN;
    for e in EXPORTERS {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(format!("m.{}", e.extension));
        assert!(matches!(export(&bad.clone().into(), e.name, &path), Err(DataError::NotFinite { .. })));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        export(&good.clone().into(), e.name, &path).unwrap();
        assert!(std::fs::metadata(&path).unwrap().len() > 100, "{}", e.name);
        let blocked = path.join("inside-a-file.h5");
        assert!(
            matches!(export(&good.clone().into(), e.name, &blocked), Err(DataError::Unwritable { .. })),
            "{}",
            e.name
        );
    }
}

#[test]
fn unknown_formats_list_the_known() {
    let error = exporter("gocad").unwrap_err().to_string();
    assert_eq!(
        error,
        "unknown export format \"gocad\"; known: hdf5, npy, csv, vti, segy, rsf, raw, netcdf, mat, mat73, png"
    );
}

/// Every exporter's file is in the table, and every row has a file.
#[test]
fn the_table_lists_the_folder() {
    document::choices::assert_rows_have_files(
        concat!(env!("CARGO_MANIFEST_DIR"), "/../survey/src/exporters"),
        EXPORTERS.iter().map(|e| e.name).filter(|name| *name != "png"),
    );
}
