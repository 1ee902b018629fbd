//! Memory and CPU time that this process has used.

/// CPU time of all threads of this process, s.
#[must_use]
pub fn cpu_seconds() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    time.tv_sec as f64 + 1e-9 * time.tv_nsec as f64
}

/// Peak resident memory of this process, bytes; 0 if the system does not report it.
#[must_use]
pub fn peak_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|l| l.trim().trim_end_matches("kB").trim().parse::<u64>().ok()).map_or(0, |kb| kb * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Work takes CPU time, and a process has pages in memory.
    #[test]
    fn usage_grows() {
        let before = cpu_seconds();
        let mut x = 1.0_f64;
        while cpu_seconds() < before + 0.01 {
            x = (x + 1.0).sqrt();
        }
        assert!(x > 1.0 && cpu_seconds() > before);
        #[cfg(target_os = "linux")]
        assert!(peak_bytes() > 1 << 20);
    }
}
