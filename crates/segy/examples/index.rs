//! Measures opening a file and reading it shot by shot: `cargo run --release --example index -- FILE [--make TRACES SAMPLES]`.

use std::io::BufWriter;
use std::path::Path;
use std::time::Instant;

use segy::{
    ByteOrder, File, GeometryOptions, Kind, ReadOptions, SampleFormat, Scalars, TraceFacts, WriteOptions,
    Writer,
};

/// Traces of a shot.
const RECORD: usize = 240;

fn facts(trace: usize) -> TraceFacts {
    let (shot, channel) = (trace / RECORD, trace % RECORD);
    TraceFacts {
        record: shot as i32 + 1,
        channel: channel as i32 + 1,
        ensemble: 0,
        ensemble_at: None,
        dead: false,
        source: [25.0 * shot as f64, 0.0, 5.0],
        receiver: [25.0 * shot as f64 + 12.5 * channel as f64, 0.0, 8.0],
        start: 0.0,
        others: Vec::new(),
    }
}

fn make(path: &str, traces: usize, samples: usize) -> Result<(), Box<dyn std::error::Error>> {
    let options = WriteOptions {
        kind: Kind::SegY,
        su_byte_order: ByteOrder::NATIVE,
        format: SampleFormat::Ibm32,
        interval: 0.002,
        samples,
        record_traces: RECORD,
        scalars: Scalars::of((0..traces).flat_map(|trace| [facts(trace).source, facts(trace).receiver]))?,
        text: Vec::new(),
    };
    let mut writer = Writer::new(BufWriter::new(std::fs::File::create(path)?), &options)?;
    let wave: Vec<f32> = (0..samples).map(|sample| (0.02 * sample as f32).sin()).collect();
    for trace in 0..traces {
        writer.trace(&facts(trace), &wave)?;
    }
    writer.finish()?;
    Ok(())
}

/// The largest resident memory so far in MiB, where the system tells it.
fn peak() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib: Option<f64> = line.and_then(|line| line.trim().trim_end_matches("kB").trim().parse().ok());
    kib.unwrap_or(f64::NAN) / 1024.0
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let path = arguments.first().ok_or("give a file")?;
    if let [_, option, traces, samples] = &arguments[..]
        && option == "--make"
    {
        let began = Instant::now();
        make(path, traces.parse()?, samples.parse()?)?;
        println!("written in {:.3} s", began.elapsed().as_secs_f64());
    }
    let began = Instant::now();
    let file = File::open(Path::new(path), &ReadOptions::default())?;
    println!(
        "{} traces, {} bytes: index in {:.3} s",
        file.traces(),
        file.size(),
        began.elapsed().as_secs_f64()
    );
    let began = Instant::now();
    let geometry = file.geometry(&GeometryOptions::default())?;
    println!("{} shots: geometry in {:.3} s", geometry.shots.len(), began.elapsed().as_secs_f64());
    let began = Instant::now();
    let mut sum = 0.0;
    for shot in &geometry.shots {
        let traces: Vec<usize> = shot.traces.iter().map(|trace| trace.index).collect();
        let mut gather = vec![0.0; traces.len() * file.samples(traces[0])];
        file.gather(&traces, &mut gather)?;
        sum += f64::from(gather[gather.len() - 1]);
    }
    println!("all samples in {:.3} s (last ones add up to {sum})", began.elapsed().as_secs_f64());
    println!("at most {:.0} MiB in memory", peak());
    Ok(())
}
