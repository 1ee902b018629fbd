//! Options of writing traces.

use segy::{ByteOrder, SampleFormat};

use crate::import::segy::parse_byte_order;

/// Which traces of a run are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum What {
    /// The observed data.
    Observed,
    /// Those of the result.
    Synthetic,
    /// Synthetic less observed.
    Residual,
}

impl std::fmt::Display for What {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Observed => "observed",
            Self::Synthetic => "synthetic",
            Self::Residual => "residual",
        })
    }
}

/// Options of traces.
#[derive(Debug, Clone, Default, PartialEq, clap::Args)]
#[command(next_help_heading = "Traces in SEG-Y, SU and VTK images")]
pub struct TraceOptions {
    /// Traces of a run: observed, synthetic or residual (synthetic less observed)
    #[arg(long, value_enum, value_name = "WHAT")]
    pub what: Option<What>,
    /// The recorded field of a file with several, such as pressure
    #[arg(long, value_name = "NAME")]
    pub field: Option<String>,
    /// Format of the samples: f32 (IEEE) or ibm [default: f32]
    #[arg(long, value_parser = parse_format, value_name = "FORMAT")]
    pub format: Option<SampleFormat>,
    /// Byte order of an SU file: big or little [default: that of this processor]
    #[arg(long, value_parser = parse_byte_order, value_name = "ORDER")]
    pub byte_order: Option<ByteOrder>,
}

fn parse_format(text: &str) -> Result<SampleFormat, String> {
    match text {
        "f32" | "ieee" => Ok(SampleFormat::Ieee32),
        "ibm" => Ok(SampleFormat::Ibm32),
        _ => Err(format!("traces are not written with samples of format `{text}`; expected f32 or ibm")),
    }
}
