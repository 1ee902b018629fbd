//! The memory that this process can still allocate, limited by the machine, by `ulimit -v`, by the control group and by a budget.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

/// The budget of this process in bytes, 0 for none.
static BUDGET: AtomicUsize = AtomicUsize::new(0);

/// Sets a budget: [`available`] is then never more than what it leaves.
pub fn limit_to(bytes: usize) {
    BUDGET.store(bytes.max(1), Ordering::Relaxed);
}

/// Memory in bytes that this process can still allocate; `None` if the system does not report it.
///
/// This is the smallest of four numbers: the available memory by the estimate of Linux (`MemAvailable`), the address space that
/// `ulimit -v` (RLIMIT_AS) leaves, the memory that the control groups of a container or a batch system leave, and what the budget of
/// [`limit_to`] leaves beside the resident memory.
#[must_use]
pub fn available() -> Option<usize> {
    let read = |path: &str| std::fs::read_to_string(path).ok();
    let machine = read("/proc/meminfo").and_then(|text| kilobytes(&text, "MemAvailable:"));
    let of_process = |name: &str| read("/proc/self/status").and_then(|text| kilobytes(&text, name));
    let space = read("/proc/self/limits").and_then(|text| address_space(&text));
    let space = space.and_then(|limit| Some(limit.saturating_sub(of_process("VmSize:")?)));
    let group = read("/proc/self/cgroup").and_then(|text| control_groups(&text, Path::new("/sys/fs/cgroup")));
    let budget = Some(BUDGET.load(Ordering::Relaxed)).filter(|budget| *budget > 0);
    let budget = budget.map(|budget| budget.saturating_sub(of_process("VmRSS:").unwrap_or(0)));
    [machine, space, group, budget].into_iter().flatten().min()
}

/// The value of a line `name   123 kB`, in bytes.
fn kilobytes(text: &str, name: &str) -> Option<usize> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.trim().strip_suffix("kB")?.trim().parse::<usize>().ok()?.checked_mul(1024)
}

/// The soft limit of the address space in `/proc/self/limits`, in bytes; `None` for no limit.
fn address_space(text: &str) -> Option<usize> {
    let line = text.lines().find_map(|line| line.strip_prefix("Max address space"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// The memory that the memory controllers leave, including those of all parent groups.
///
/// `text` is `/proc/self/cgroup`: lines `hierarchy:controllers:path`. Version 2 has one hierarchy, number 0, without
/// controllers; version 1 has one named `memory`. In a container the path can be that of the host: then only the root of
/// the mounted hierarchy is there.
fn control_groups(text: &str, mount: &Path) -> Option<usize> {
    let mut least = None;
    for line in text.lines() {
        let mut fields = line.splitn(3, ':');
        let (Some(hierarchy), Some(controllers), Some(path)) = (fields.next(), fields.next(), fields.next())
        else {
            continue;
        };
        let (root, names) = match controllers {
            "" if hierarchy == "0" => (mount.to_owned(), ["memory.max", "memory.current"]),
            list if list.split(',').any(|name| name == "memory") => {
                (mount.join("memory"), ["memory.limit_in_bytes", "memory.usage_in_bytes"])
            }
            _ => continue,
        };
        let mut folder: PathBuf = root.join(path.trim_start_matches('/'));
        while folder.starts_with(&root) {
            least = [least, left(&folder, names)].into_iter().flatten().min();
            if !folder.pop() {
                break;
            }
        }
    }
    least
}

/// The memory that one control group leaves: its limit minus its usage. File caches do not count as usage, because they can be freed.
fn left(folder: &Path, [limit, usage]: [&str; 2]) -> Option<usize> {
    let number = |name: &str| std::fs::read_to_string(folder.join(name)).ok()?.trim().parse::<usize>().ok();
    let (limit, usage) = (number(limit)?, number(usage)?);
    let statistics = std::fs::read_to_string(folder.join("memory.stat")).unwrap_or_default();
    let of = |name: &str| {
        let line = statistics.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.and_then(|value| value.trim().parse::<usize>().ok())
    };
    let caches = of("total_inactive_file").or_else(|| of("inactive_file")).unwrap_or(0);
    Some(limit.saturating_sub(usage.saturating_sub(caches)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lines of `/proc` as Linux writes them.
    #[test]
    fn texts_of_the_kernel() {
        let text = "MemTotal:       24576000 kB\nMemFree:  1 kB\nMemAvailable:   20000 kB\n";
        assert_eq!(kilobytes(text, "MemAvailable:"), Some(20_480_000));
        assert_eq!(kilobytes("MemTotal: 1 kB", "MemAvailable:"), None);
        let limits = "Limit                     Soft Limit           Hard Limit           Units     \n\
                      Max address space         2048000000           unlimited            bytes     \n";
        assert_eq!(address_space(limits), Some(2_048_000_000));
        assert_eq!(
            address_space("Max address space         unlimited            unlimited            bytes"),
            None
        );
        #[cfg(target_os = "linux")]
        assert!(available().unwrap() > 1 << 20);
    }

    /// The tightest of nested groups counts, caches that can be dropped do not, and `max` is no limit; for both versions.
    #[test]
    fn groups() {
        let mount = tempfile::tempdir().unwrap();
        let put = |folder: &str, name: &str, text: &str| {
            let folder = mount.path().join(folder);
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(folder.join(name), text).unwrap();
        };
        put("a", "memory.max", "1000\n");
        put("a", "memory.current", "700\n");
        put("a", "memory.stat", "anon 100\ninactive_file 400\n");
        put("a/b", "memory.max", "max\n");
        put("a/b", "memory.current", "600\n");
        assert_eq!(control_groups("0::/a/b\n", mount.path()), Some(700));
        assert_eq!(control_groups("0::/elsewhere\n", mount.path()), None);
        put("memory", "memory.limit_in_bytes", "5000\n");
        put("memory", "memory.usage_in_bytes", "4500\n");
        assert_eq!(control_groups("3:cpu:/x\n4:hugetlb,memory:/docker/1\n0::/\n", mount.path()), Some(500));
    }
}
