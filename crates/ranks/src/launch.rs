//! Whether a launcher of MPI has started this process.

/// How a launcher has started this process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Launched {
    /// How many processes it has started.
    pub count: usize,
    /// The number of this one.
    pub rank: usize,
}

/// Variables with the number of processes and with the number of this one: Open MPI, MPICH and Intel MPI, MVAPICH, Slurm with PMIx.
const VARIABLES: [[&str; 2]; 3] = [
    ["OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK"],
    ["PMI_SIZE", "PMI_RANK"],
    ["MV2_COMM_WORLD_SIZE", "MV2_COMM_WORLD_RANK"],
];

fn of(variable: &dyn Fn(&str) -> Option<String>) -> Option<Launched> {
    let number = |name: &str| variable(name)?.trim().parse::<usize>().ok();
    VARIABLES.iter().find_map(|[count, rank]| Some(Launched { count: number(count)?, rank: number(rank)? }))
}

/// How `mpirun` or another launcher of MPI has started this process, by the variables that it sets; `None` if none has.
#[must_use]
pub fn launched() -> Option<Launched> {
    of(&|name| std::env::var(name).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn launchers_are_recognised() {
        for [count, rank] in VARIABLES {
            let set = |name: &str| {
                [(count, "4"), (rank, "3")].iter().find(|(n, _)| *n == name).map(|v| v.1.to_owned())
            };
            assert_eq!(of(&set), Some(Launched { count: 4, rank: 3 }));
            // One of the two alone, or one that is no number, says nothing.
            assert_eq!(of(&|name| (name == count).then(|| "4".to_owned())), None);
            assert_eq!(of(&|_| Some("many".to_owned())), None);
        }
        assert_eq!(of(&|_| None), None);
    }
}
