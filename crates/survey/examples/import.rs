//! Imports a SEG-Y or SU file and prints how long it took: `import IN.sgy OUT.h5`.

use std::path::Path;
use std::time::Instant;

use survey::import::segy::{SegyOptions, import};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let paths: Vec<String> = std::env::args().skip(1).collect();
    let [from, to] = &paths[..] else { return Err("expected two arguments: IN.sgy OUT.h5".into()) };
    let started = Instant::now();
    let found = import(Path::new(from), &SegyOptions::default(), Path::new(to))?;
    let (seconds, bytes) = (started.elapsed().as_secs_f64(), std::fs::metadata(from)?.len());
    print!("{}", found.report);
    println!("{seconds:.1} s, {:.0} MB/s", bytes as f64 / 1e6 / seconds);
    Ok(())
}
