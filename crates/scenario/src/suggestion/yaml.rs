//! The text of a suggested scenario, with comments that say what each value follows from.

use std::fmt::Write;
use std::path::Path;

use document::numbers::{precise, short};

use super::extent::ORDER;
use super::settings::{Mute, Settings};
use super::velocity::StartingVelocity;

/// Shots beyond which a part of them in each iteration is recommended.
const MANY_SHOTS: usize = 100;

/// The text.
pub(super) fn text(of: &Settings, name: &str, source: &str, data: &Path) -> String {
    let mut out = Yaml(String::new());
    out.line(&format!(
        "# Suggested by `fwi import` for {}. Every value is a start: look at the data, and change it.",
        one_line(source)
    ));
    out.line("schema: 1");
    out.line(&format!("name: {name}"));
    physics(&mut out, of);
    grid(&mut out, of);
    model(&mut out, of);
    survey(&mut out, of);
    out.line("\ndata:");
    out.line(&format!("  file: {}", quoted(&data.to_string_lossy())));
    if of.masked {
        out.line("  # Dead and missing traces are zero in the file.");
        out.line("  mask_dead_traces: true");
    }
    processing(&mut out, of);
    inversion(&mut out, of);
    out.0
}

struct Yaml(String);

impl Yaml {
    fn line(&mut self, line: &str) {
        writeln!(self.0, "{line}").expect("writing to a String cannot fail");
    }
}

fn physics(out: &mut Yaml, of: &Settings) {
    let times = of.times;
    out.line("\nphysics:");
    out.line("  acoustic:");
    out.line(&format!("    duration: {} # s, of the records", precise(times.duration)));
    let step = times.interval / times.steps as f64;
    let why = format!("stable up to {} m/s, the fastest of `bounds`", short(of.velocity.bounds[1]));
    out.line(&format!("    step: {step} # s, {why}"));
    out.line(&format!("    interval: {} # s, that of the records", times.interval));
}

fn grid(out: &mut Yaml, of: &Settings) {
    let extent = &of.extent;
    out.line("\ngrid:");
    let names = fd::coordinate_names(extent.sides.len());
    for (name, side) in names.iter().zip(&extent.sides) {
        let why = if *name == "z" {
            let third = format!("a third of the largest offset, {} m", short(extent.offset));
            format!("down to {third}, and 40 cells or more")
        } else {
            "sources and receivers with a margin".to_owned()
        };
        out.line(&format!("  {name}: {} # m, {why}", pair(*side)));
    }
    let waves = format!(
        "{:.1} nodes for the shortest wave, {} Hz at {} m/s",
        extent.nodes_per_wave,
        short(extent.highest),
        short(of.velocity.slowest())
    );
    out.line(&format!("  spacing: {} # m, {waves}", precise(extent.spacing)));
    out.line(&format!("  order: {ORDER}"));
    out.line("  boundary:");
    let cells = if extent.is_volume() { 10 } else { 20 };
    if extent.free_surface {
        out.line("    # All sources and receivers are below z = 0, which reflects as the sea surface does.");
        out.line(&format!("    cpml: {{cells: {cells}, free_surface: true}}"));
    } else {
        out.line("    # Sources or receivers are at or above z = 0, where the pressure of a free surface would be zero.");
        out.line(&format!("    cpml: {{cells: {cells}}}"));
    }
}

fn model(out: &mut Yaml, of: &Settings) {
    let velocity = &of.velocity;
    out.line("\nmodel:");
    out.line("  initial:");
    match &velocity.fitted {
        Some(wave) => {
            let [picked, unclear] = velocity.picks;
            let all = picked + unclear;
            let error = 1e3 * wave.error;
            out.line(&format!("    # From the first breaks of {picked} of {all} traces: t = t0 + 2/k asinh(k x / (2 v0)) with v0 = {:.0} m/s,", wave.top));
            out.line(&format!("    # k = {:.3} 1/s and t0 = {:.3} s has a mean error of {error:.0} ms. Waves to the largest offset turn", wave.growth, wave.delay));
            out.line(&format!(
                "    # at a depth of {:.0} m; below that the gradient is a continuation.",
                velocity.turning
            ));
            let half = 500.0 / of.bands.stages[0];
            out.line(&format!("    # Waves that are more than half a period of the first stage, {half:.0} ms, too early or late are fitted to the wrong cycle."));
        }
        None => out.line("    # A guess: there were too few clear first breaks to fit a velocity to."),
    }
    let (top, bottom) = (short(velocity.top), short(velocity.bottom));
    match velocity.water {
        Some(depth) => {
            out.line("    # The depth of the water is that of the headers (swdep), its velocity a common one.");
            let water = format!("{{depth: {}, velocity: {}}}", precise(depth), short(StartingVelocity::of_water()));
            out.line(&format!("    gradient: {{top: {top}, bottom: {bottom}, water: {water}}} # m/s, m"));
        }
        None => out.line(&format!("    gradient: {{top: {top}, bottom: {bottom}}} # m/s; at sea, add water: {{depth: ..., velocity: 1500}}")),
    }
}

fn survey(out: &mut Yaml, of: &Settings) {
    out.line("\nsurvey:");
    out.line("  sources: {from_data: {}}");
    out.line("  receivers: {from_data: {}}");
    out.line("  source:");
    out.line("    wavelet:");
    out.line("      # `estimate_wavelet` finds the wavelet of the data at the frequencies of this one.");
    let ricker = of.bands.ricker();
    out.line(&format!(
        "      ricker: {{frequency: {}}} # Hz, half of its peak at the last stage's {} Hz",
        precise(ricker),
        precise(of.bands.last())
    ));
}

/// What is done with suspicious traces.
fn processing(out: &mut Yaml, of: &Settings) {
    if let Some(corner) = of.swell {
        out.line("  processing:");
        out.line("    # Swell below this frequency is about as strong as the waves. First breaks were picked above it.");
        out.line(&format!("    - band_pass: {{low: {}}} # Hz", precise(corner)));
    }
    if of.processing.is_empty() {
        return;
    }
    out.line(
        "  # Suspicious traces by the quality control; look at them in its page, and take out what is none. Signs are for you to decide.",
    );
    let mut text = of.processing.yaml("  ");
    if of.swell.is_some() {
        // The key is there already.
        text = text.split_once('\n').map(|(_, entries)| entries.to_owned()).unwrap_or_default();
    }
    let signs = text.lines().position(|line| line.trim_start().starts_with("- polarity"));
    let signs = signs.unwrap_or(usize::MAX);
    let heading = if of.swell.is_some() { usize::MAX - 1 } else { 1 };
    for (i, line) in text.lines().enumerate() {
        // A sign is changed only by somebody who has looked.
        if i >= signs || signs == heading { out.line(&format!("  # {}", &line[2..])) } else { out.line(line) }
    }
}

fn inversion(out: &mut Yaml, of: &Settings) {
    let (bands, extent) = (&of.bands, &of.extent);
    out.line("\ninversions:");
    out.line("  - name: grid");
    out.line("    method: {grid: {}}");
    match bands.usable {
        Some([low, peak, high]) => {
            let noise = if bands.noise_windows > 0 {
                format!(
                    "four times the power of the noise before the first breaks of {} traces",
                    bands.noise_windows
                )
            } else {
                "no noise was measured; 2 % of the largest amplitude".to_owned()
            };
            out.line(&format!(
                "    # Usable frequencies: {} to {} Hz, largest at {} Hz ({noise}).",
                short(low),
                short(high),
                short(peak)
            ));
        }
        None => {
            out.line("    # Guessed frequencies: the spectrum of the data is not above that of their noise.");
        }
    }
    out.line("    # Higher frequencies need a finer grid: raise the last stage, the wavelet and `spacing` together.");
    out.line("    stages:");
    for high in &bands.stages {
        out.line(&format!(
            "      - {{band: {{low: {}, high: {}}}, iterations: 10}} # Hz",
            precise(bands.low),
            precise(*high)
        ));
    }
    out.line("    misfit: {l2: {}}");
    out.line("    regularizers: [{total_variation: {weight: 1e-5}}]");
    out.line("    conditioning: [{illumination: {}}]");
    out.line("    optimizer: {lbfgs: {}}");
    out.line("    estimate_wavelet: {}");
    if let Some(Mute { time, velocity, taper }) = of.mute {
        out.line("    # Noise before the first breaks: a line below the picks, a period of the first stage and the taper earlier.");
        let line = format!("time: {time:.3}, velocity: {velocity:.0}, taper: {taper:.3}");
        out.line(&format!("    mutes: [{{top: {{{line}}}}}] # s, m/s"));
    }
    if of.shots > MANY_SHOTS {
        out.line(&format!("    # With {} shots, `batch` takes a part of them in each iteration (with `optimizer: {{adam: ...}}`).", of.shots));
    }
    let [low, high] = of.velocity.bounds.map(short);
    out.line(&format!("    bounds: [{low}, {high}] # m/s"));
    let last = extent.sides.len() - 1;
    let top = of.velocity.water.or_else(|| extent.below());
    if let Some(top) = top {
        let names = fd::coordinate_names(extent.sides.len());
        let mut sides: Vec<String> = names[..last]
            .iter()
            .zip(&extent.sides)
            .map(|(name, side)| format!("{name}: {}", pair(*side)))
            .collect();
        sides.push(format!("z: {}", pair([top, extent.sides[last][1]])));
        let why = if of.velocity.water.is_some() { "below the water" } else { "below sources and receivers" };
        out.line(&format!("    region: {{{}}} # m, {why}", sides.join(", ")));
    }
}

fn pair([low, high]: [f64; 2]) -> String {
    format!("[{low}, {high}]")
}

/// A text in double quotes.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A text without line ends, for a comment.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
