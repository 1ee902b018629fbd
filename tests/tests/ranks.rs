//! Several processes on one run: any number of ranks finds the same models to the bit, an interrupted run goes on with another number
//! of ranks, and errors end all of them. With the feature `mpi`, and where there is `mpirun`.

use std::path::Path;
use std::process::{Command, Output};

use super::support::fwi;

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

#[cfg(feature = "mpi")]
mod with_mpi {
    use std::collections::BTreeMap;
    use std::time::Duration;

    use studies::spine::Summary;
    use survey::model::Model;

    use super::*;
    use crate::support::{read, succeed};

    /// `quick-time.yaml`, shorter, with inversions that use shots in turn, encoded, and all at once.
    fn scenario() -> String {
        let text = read("scenarios/quick-time.yaml");
        let (start, inversions) = text.split_once("inversions:\n").unwrap();
        let start = start.replace("../data/quick-time.h5", "data.h5").replace("../docs", "docs");
        let (grid, rest) = inversions.split_once("  - name: implicit\n").unwrap();
        let (implicit, _) = rest.split_once("  # Wavefield and velocity as networks.").unwrap();
        let grid = grid.replace("iterations: 4", "iterations: 2").replace("iterations: 6", "iterations: 3");
        let implicit = implicit.replace("iterations: 60", "iterations: 8");
        let other = |name: &str, more: &str| {
            format!(
                "  - name: {name}\n    method: {{grid: {{}}}}\n    stages: [{{iterations: 4}}]\n    misfit: {{l2: {{}}}}\n    \
                 bounds: [1700, 2700]\n    region: *region\n{more}"
            )
        };
        let turns = other("turns", "    optimizer: {adam: {learning_rate: 0.01}}\n    batch: {shots: 3}\n");
        let newton = other("newton", "    optimizer: {gauss_newton: {}}\n");
        format!("{start}inversions:\n{grid}{turns}{newton}  - name: implicit\n{implicit}")
    }

    fn models(run: &Path) -> BTreeMap<String, Model> {
        let summary = Summary::read(&run.join("summary.json")).unwrap();
        let model = |name: &str| Model::read(&run.join(name).join("model.h5")).unwrap();
        summary.members.iter().map(|member| (member.name.clone(), model(&member.name))).collect()
    }

    /// 1 to 4 ranks with one or two threads find the same models to the bit; each writes one folder and says one table.
    #[test]
    fn any_number_of_ranks_finds_the_same_models() {
        if !mpirun() {
            return;
        }
        let folder = tempfile::tempdir().unwrap();
        let here = folder.path();
        std::fs::write(here.join("quick.yaml"), scenario()).unwrap();
        succeed(here, &["run", "quick.yaml", "-o", "alone", "--quiet"]);
        let expected = models(&here.join("alone"));
        assert_eq!(expected.len(), 4);
        for (count, threads) in [(2, 1), (3, 2), (4, 1)] {
            let name = format!("of-{count}");
            let output = ranks(here, count, threads, &["run", "quick.yaml", "-o", &name, "--quiet"]);
            assert!(output.status.success(), "{count} ranks: {}", said(&output));
            let table = String::from_utf8_lossy(&output.stdout).into_owned();
            assert_eq!(table.matches("report: ").count(), 1, "{table}");
            assert_eq!(models(&here.join(&name)), expected, "{count} ranks with {threads} threads");
        }
    }

    /// A signal to one rank ends all of them with a checkpoint, and another number of ranks goes on to the same model.
    #[test]
    fn stopped_and_resumed_with_other_ranks() {
        if !mpirun() {
            return;
        }
        let folder = tempfile::tempdir().unwrap();
        let here = folder.path();
        let text = scenario()
            .replace("iterations: 3}", "iterations: 60}")
            .replace("iterations: 2}", "iterations: 30}");
        std::fs::write(here.join("long.yaml"), text).unwrap();
        succeed(here, &["run", "long.yaml", "-o", "alone", "--quiet", "--only", "grid"]);
        let mut stops = 0;
        for (count, delay) in [(2, 200), (3, 900), (2, 2500)] {
            let name = format!("stopped-{delay}");
            let mut child = Command::new("mpirun")
                .args(["-n", &count.to_string()])
                .arg(fwi())
                .args(["run", "long.yaml", "-o", &name, "--quiet", "--only", "grid"])
                .envs(OPEN_MPI)
                .env("RAYON_NUM_THREADS", "1")
                .current_dir(here)
                .spawn()
                .unwrap();
            while !here.join(&name).join("facts.json").exists() && child.try_wait().unwrap().is_none() {
                std::thread::sleep(Duration::from_millis(5));
            }
            std::thread::sleep(Duration::from_millis(delay));
            // One rank, the last: the children of mpirun are its ranks.
            let line = format!("for p in $(pgrep -P {}); do last=$p; done; kill -TERM $last", child.id());
            Command::new("sh").args(["-c", &line]).status().unwrap();
            stops += usize::from(!child.wait().unwrap().success());
            let output = ranks(
                here,
                5 - count,
                1,
                &["run", "long.yaml", "-o", &name, "--quiet", "--only", "grid", "--resume"],
            );
            assert!(output.status.success(), "{}", said(&output));
            assert_eq!(
                models(&here.join(&name)),
                models(&here.join("alone")),
                "{count} ranks after {delay} ms"
            );
        }
        assert!(stops > 0, "no run was stopped before its end");
    }

    /// Faults are said once and end all ranks.
    #[test]
    fn faults_end_all_ranks() {
        if !mpirun() {
            return;
        }
        let folder = tempfile::tempdir().unwrap();
        let here = folder.path();
        std::fs::write(here.join("quick.yaml"), scenario()).unwrap();
        let error = said(&ranks(here, 5, 1, &["run", "quick.yaml", "--quiet"]));
        assert!(error.contains("5 ranks, but 4 shots"), "{error}");
        let error = said(&ranks(here, 2, 1, &["run", "none.yaml"]));
        assert_eq!(error.matches("none.yaml: cannot be read").count(), 1, "{error}");
        // One that lacks the file: the second program runs in another folder.
        let elsewhere = tempfile::tempdir().unwrap();
        let one =
            |at: &Path| format!("-n 1 -wdir {} {} run quick.yaml --quiet", at.display(), fwi().display());
        let line = format!("mpirun {} : {}", one(here), one(elsewhere.path()));
        let output = Command::new("sh").args(["-c", &line]).envs(OPEN_MPI).output().unwrap();
        let error = said(&output);
        assert!(
            !output.status.success() && error.contains("rank 1: error: quick.yaml: cannot be read"),
            "{error}"
        );
        // Another scenario of the same name.
        std::fs::write(elsewhere.path().join("quick.yaml"), scenario().replace("2300", "2310")).unwrap();
        let output = Command::new("sh").args(["-c", &line]).envs(OPEN_MPI).output().unwrap();
        let error = said(&output);
        assert!(
            error.contains("rank 1 runs another version of the program, or reads another scenario"),
            "{error}"
        );
        // Commands for one process are done by one.
        let output = ranks(here, 2, 1, &["check", "quick.yaml"]);
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(
            output.status.success() && printed.matches("quick.yaml").count() == 1,
            "{printed}{}",
            said(&output)
        );
    }
}
