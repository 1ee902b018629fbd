//! The time that a method takes, without the time for measuring it.

use std::time::{Duration, Instant};

use machine::usage::cpu_seconds;

/// Wall and CPU time since the start, including the time before an interruption.
pub struct Clock {
    started: Instant,
    cpu: f64,
    measuring: Duration,
    cpu_measuring: f64,
    before: [f64; 2],
}

impl Clock {
    /// A clock that continues from these times, in s.
    pub fn from(wall_s: f64, cpu_s: f64) -> Clock {
        Clock {
            started: Instant::now(),
            cpu: cpu_seconds(),
            measuring: Duration::ZERO,
            cpu_measuring: 0.0,
            before: [wall_s, cpu_s],
        }
    }

    /// Runs something whose time does not count.
    pub fn outside<T>(&mut self, measure: impl FnOnce() -> T) -> T {
        let (begun, cpu) = (Instant::now(), cpu_seconds());
        let measured = measure();
        self.measuring += begun.elapsed();
        self.cpu_measuring += cpu_seconds() - cpu;
        measured
    }

    /// Wall time, s.
    pub fn wall_s(&self) -> f64 {
        self.before[0] + (self.started.elapsed() - self.measuring).as_secs_f64()
    }

    /// CPU time of all threads, s.
    pub fn cpu_s(&self) -> f64 {
        self.before[1] + cpu_seconds() - self.cpu - self.cpu_measuring
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Time spent outside does not count; earlier times do.
    #[test]
    fn measuring_does_not_count() {
        let mut clock = Clock::from(100.0, 200.0);
        let ended = clock.outside(|| {
            std::thread::sleep(Duration::from_millis(200));
            Instant::now()
        });
        let wall = clock.wall_s();
        assert!(wall >= 100.0 && wall < 100.0 + ended.elapsed().as_secs_f64() + 0.1, "{wall}");
        assert!(clock.cpu_s() >= 200.0);
    }
}
