//! Several processes on one run: any number of ranks finds the same models to the bit, a run that was stopped or killed goes on with
//! another number of ranks, and errors end all of them. With the feature `mpi`, and where there is `mpirun`.

use std::path::Path;
use std::process::{Command, Output};

use super::support::fwi;

#[cfg(feature = "mpi")]
mod ends;
#[cfg(feature = "mpi")]
mod models;

/// What `mpirun` of Open MPI needs in a container, and on a machine with fewer processors than ranks.
const OPEN_MPI: [(&str, &str); 4] = [
    ("OMPI_ALLOW_RUN_AS_ROOT", "1"),
    ("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1"),
    ("OMPI_MCA_rmaps_base_oversubscribe", "1"),
    ("PRTE_MCA_rmaps_default_mapping_policy", ":oversubscribe"),
];

fn mpirun() -> bool {
    let found = Command::new("mpirun").arg("--version").output().is_ok_and(|output| output.status.success());
    if !found {
        println!("skipped: no mpirun");
    }
    found
}

/// Starts so many ranks of the command with so many threads each.
fn ranks(folder: &Path, count: usize, threads: usize, arguments: &[&str]) -> Output {
    Command::new("mpirun")
        .args(["-n", &count.to_string()])
        .arg(fwi())
        .args(arguments)
        .envs(OPEN_MPI)
        .env("RAYON_NUM_THREADS", threads.to_string())
        .current_dir(folder)
        .output()
        .unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Programs that were built without MPI would all write to the same folder.
#[cfg(not(feature = "mpi"))]
#[test]
fn a_launcher_needs_mpi() {
    let folder = tempfile::tempdir().unwrap();
    let launched = |rank: &str| {
        let [count, own] = ["OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK"];
        let mut command = Command::new(fwi());
        command.args(["run", "none.yaml"]).current_dir(folder.path()).env(count, "3").env(own, rank);
        command.output().unwrap()
    };
    let first = launched("0");
    assert_eq!(first.status.code(), Some(2));
    let error = said(&first);
    assert!(error.contains("started 3 copies of a program that was built without MPI"), "{error}");
    assert!(error.contains("--features mpi"), "{error}");
    let second = launched("1");
    assert_eq!((second.status.code(), said(&second)), (Some(2), String::new()));
    if mpirun() {
        let error = said(&ranks(folder.path(), 2, 1, &["run", "none.yaml"]));
        assert_eq!(error.matches("built without MPI").count(), 1, "{error}");
    }
}
