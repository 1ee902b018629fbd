//! Who the ranks are and what each of them computes, so that messages can name a rank that has died, and its work.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Mutex, OnceLock, PoisonError};

#[cfg(feature = "mpi")]
use crate::collect::collect_over;
use crate::team::team_of;
#[cfg(feature = "mpi")]
use crate::transport::Transport;
use crate::tree::own;

/// A rank as a process.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Process {
    host: String,
    id: u32,
}

static PROCESSES: OnceLock<Vec<Process>> = OnceLock::new();

/// The items that ranks share at present.
static DEALT: Mutex<Option<Dealt>> = Mutex::new(None);

/// Items that ranks share.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Dealt {
    /// What one is, such as `shot`.
    what: &'static str,
    /// The number of each item, from 1.
    numbers: Vec<usize>,
    /// Whether several ranks compute an item together.
    teams: bool,
}

impl Dealt {
    /// What one of so many ranks computes.
    fn work_of(&self, rank: usize, count: usize) -> String {
        let items = self.numbers.len();
        if !self.teams {
            return self.words(own(rank, count, items));
        }
        let item = (0..items).find(|item| team_of(*item, items, count).contains(&rank));
        item.map_or_else(|| self.words(0..0), |item| format!("shots of {}", self.words(item..item + 1)))
    }

    /// These items in words, such as `shots 3 to 5`.
    fn words(&self, range: Range<usize>) -> String {
        let Self { what, numbers, .. } = self;
        match &numbers[range] {
            [] => "nothing".to_owned(),
            [one] => format!("{what} {one}"),
            some => {
                let plural = if *what == "frequency" { "frequencies".to_owned() } else { format!("{what}s") };
                let [first, last] = [some[0], some[some.len() - 1]];
                if last.checked_sub(first) == Some(some.len() - 1) {
                    format!("{plural} {first} to {last}")
                } else {
                    let some: Vec<String> = some.iter().map(ToString::to_string).collect();
                    format!("{plural} {}", some.join(", "))
                }
            }
        }
    }
}

/// Tells all ranks the host and the process of each.
#[cfg(feature = "mpi")]
pub(crate) fn call(world: &dyn Transport, host: &str) {
    let letters = |add: &mut dyn FnMut(Vec<f64>)| {
        let id = f64::from(std::process::id());
        add(host.bytes().map(f64::from).chain([id]).collect());
        Ok::<(), std::convert::Infallible>(())
    };
    let lists = collect_over(world, world.count(), |_| 0, |_, add| letters(add)).unwrap_or_default();
    let process = |mut list: Vec<f64>| {
        let id = list.pop().unwrap_or(0.0) as u32;
        let letters: Vec<u8> = list.into_iter().map(|letter| letter as u8).collect();
        Process { host: String::from_utf8_lossy(&letters).into_owned(), id }
    };
    // A second call changes nothing.
    let _ = PROCESSES.set(lists.into_iter().map(process).collect());
}

/// Notes what ranks share from now on: items of a kind, such as `shot`, with their numbers from 1.
pub fn share(what: &'static str, numbers: Vec<usize>) {
    *DEALT.lock().unwrap_or_else(PoisonError::into_inner) = Some(Dealt { what, numbers, teams: false });
}

/// The same for more ranks than items: a team of ranks computes each of them together.
pub fn share_in_teams(what: &'static str, numbers: Vec<usize>) {
    *DEALT.lock().unwrap_or_else(PoisonError::into_inner) = Some(Dealt { what, numbers, teams: true });
}

/// What a rank computes at present, such as `shots 3 to 5`; `None` if nothing has been shared.
#[must_use]
pub fn work_of(rank: usize) -> Option<String> {
    let dealt = DEALT.lock().unwrap_or_else(PoisonError::into_inner);
    Some(dealt.as_ref()?.work_of(rank, crate::count()))
}

/// The name of an item of those that are shared, such as `shot 3`; empty if there is no such item.
#[must_use]
pub fn item(index: usize) -> String {
    let dealt = DEALT.lock().unwrap_or_else(PoisonError::into_inner);
    match &*dealt {
        Some(dealt) if index < dealt.numbers.len() => dealt.words(index..index + 1),
        _ => String::new(),
    }
}

/// A rank with its host, such as `rank 3 on node7`.
#[must_use]
pub fn name(rank: usize) -> String {
    let process = PROCESSES.get().and_then(|all| all.get(rank));
    process.map_or_else(|| format!("rank {rank}"), |process| format!("rank {rank} on {}", process.host))
}

/// Whether a process of this host has ended.
fn has_ended(id: u32) -> bool {
    let Ok(status) = std::fs::read_to_string(format!("/proc/{id}/stat")) else {
        // Systems without `/proc` say nothing.
        return std::path::Path::new("/proc/self/stat").exists();
    };
    // After the name, which is in brackets and can contain anything: Z and X are processes that have ended.
    status.rsplit_once(')').is_some_and(|(_, rest)| rest.trim_start().starts_with(['Z', 'X']))
}

/// The ranks that have ended on the host of this one, if this one is the lowest there that has not: the others leave it to that one.
fn ended_by(processes: &[Process], here: usize, has_ended: impl Fn(u32) -> bool) -> Vec<usize> {
    let Some(own) = processes.get(here) else { return Vec::new() };
    let on_host = processes.iter().enumerate().filter(|(_, process)| process.host == own.host);
    let by_state: BTreeMap<usize, bool> =
        on_host.map(|(rank, process)| (rank, rank != here && has_ended(process.id))).collect();
    let speaks = by_state.iter().find(|(_, ended)| !**ended).is_some_and(|(rank, _)| *rank == here);
    by_state.into_iter().filter(|(_, ended)| speaks && *ended).map(|(rank, _)| rank).collect()
}

/// The ranks that have died on the host of this one, with what they computed, as a message; `None` if there are none, or if another
/// rank of this host says it.
#[must_use]
pub fn deaths() -> Option<String> {
    let ended = ended_by(PROCESSES.get()?, crate::rank(), has_ended);
    let of = |rank: usize| {
        let work = work_of(rank).map_or_else(String::new, |work| format!(" while it computed {work}"));
        format!("{} of {} died{work}", name(rank), crate::count())
    };
    (!ended.is_empty()).then(|| ended.into_iter().map(of).collect::<Vec<_>>().join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_in_words() {
        let of = |what, numbers: &[usize]| {
            let dealt = Dealt { what, numbers: numbers.to_vec(), teams: false };
            dealt.words(0..numbers.len())
        };
        let teams = Dealt { what: "frequency", numbers: vec![1, 2, 3], teams: true };
        let works = [0, 1, 2, 3, 4].map(|rank| teams.work_of(rank, 5));
        assert_eq!(works, [1, 2, 2, 3, 3].map(|number| format!("shots of frequency {number}")));
        assert_eq!(of("shot", &[3, 4, 5]), "shots 3 to 5");
        assert_eq!(of("shot", &[3, 5, 4]), "shots 3, 5, 4");
        assert_eq!(of("shot", &[7]), "shot 7");
        assert_eq!(of("frequency", &[1, 2]), "frequencies 1 to 2");
        assert_eq!(of("shot", &[]), "nothing");
    }

    /// Of the ranks of a host that live, the lowest one names those that do not.
    #[test]
    fn one_rank_of_a_host_speaks() {
        let process = |(host, id): (&str, u32)| Process { host: host.to_owned(), id };
        let all: Vec<Process> = [("a", 10), ("a", 11), ("b", 10), ("b", 12), ("a", 13)].map(process).to_vec();
        let dead = |id: u32| [10, 13].contains(&id);
        // As each host sees it: its own processes only.
        assert_eq!(ended_by(&all, 1, dead), [0, 4]);
        assert_eq!(ended_by(&all, 3, dead), [2]);
        assert_eq!(ended_by(&all, 4, |id| id == 10), Vec::<usize>::new(), "rank 1 says it");
        assert_eq!(ended_by(&all, 0, |_| false), Vec::<usize>::new());
    }

    #[test]
    fn a_process_that_has_ended() {
        assert!(!has_ended(std::process::id()));
        let mut child = std::process::Command::new("true").spawn().unwrap();
        let id = child.id();
        child.wait().unwrap();
        assert_eq!(has_ended(id), std::path::Path::new("/proc/self/stat").exists());
    }
}
