//! Prints a file for comparison with other programs: its headers, then the fields and samples of every trace as numbers.
//!
//! `cargo run --example dump -- FILE [--format F] [--interval S] [--samples N] [--segy] [--su]`

use std::io::Write;
use std::path::Path;

use segy::{FIELDS, File, Kind, NonFinite, ReadOptions, SampleFormat};

fn main() {
    if let Err(error) = run() {
        eprintln!("{error}");
        std::process::exit(1);
    }
}

fn run() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().ok_or("give a file")?;
    let mut options = ReadOptions { non_finite: NonFinite::Keep, ..ReadOptions::default() };
    while let Some(argument) = arguments.next() {
        match &*argument {
            "--segy" => options.kind = Some(Kind::SegY),
            "--su" => options.kind = Some(Kind::Su),
            "--partial" => options.partial = true,
            "--format" => options.format = SampleFormat::named(&arguments.next().ok_or("which format?")?),
            "--interval" => options.interval = Some(arguments.next().ok_or("which interval?")?.parse()?),
            "--samples" => options.samples = Some(arguments.next().ok_or("how many?")?.parse()?),
            other => return Err(format!("no option {other}").into()),
        }
    }
    let file = File::open(Path::new(&path), &options)?;
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let [least, most] = file.samples_range();
    writeln!(
        out,
        "{} {} {} {} {least} {most}",
        file.kind(),
        file.byte_order(),
        file.format(),
        file.traces()
    )?;
    writeln!(out, "{:e} {}", file.interval(), file.extended_texts())?;
    for trace in 0..file.traces() {
        for field in FIELDS {
            write!(out, "{} ", file.header(trace, field)?)?;
        }
        writeln!(out)?;
        let mut samples = vec![0.0; file.samples(trace)];
        file.trace(trace, &mut samples)?;
        for sample in samples {
            write!(out, "{:08x} ", sample.to_bits())?;
        }
        writeln!(out)?;
    }
    for warning in file.warnings() {
        eprintln!("{warning}");
    }
    Ok(())
}
