//! The metrics of every kind of study, in the order of tables.

use super::metric::{COST, Metric, parameter_of, well_of};
use super::summary::Summary;
use figures::tables::{Better, Format};
use scenario::Kind;

/// The metrics of inversions.
pub const INVERSIONS: &[Metric] = &[
    Metric::percent("velocity_relative_l2", "velocity error", Better::Lower),
    Metric::new("velocity_mae", "mean error", "m/s", Format::Significant(3), Better::Lower),
    Metric::new("ssim", "SSIM", "", Format::Decimals(3), Better::Higher),
    Metric::new("psnr_db", "PSNR", "dB", Format::Decimals(1), Better::Higher),
    Metric::new("edge_sharpness", "edge sharpness", "", Format::Decimals(2), Better::Higher),
    Metric::percent("false_steps", "false steps", Better::Lower),
    Metric::new("radius_half_contrast_m", "disc radius", "m", Format::Decimals(1), Better::Neither).nearest(),
    Metric::new("median_velocity_in_disc", "disc velocity", "m/s", Format::Decimals(0), Better::Neither)
        .nearest(),
    Metric::percent("data_misfit_relative", "data misfit", Better::Lower),
    Metric::percent("noise", "noise taken", Better::Neither),
    Metric::percent("wavefield_relative_l2", "wavefield error", Better::Lower),
    Metric::count("pde_solves", "PDE solves"),
    Metric::new(
        "exchanged_bytes",
        "messages of an iteration",
        "bytes",
        Format::Significant(3),
        Better::Neither,
    ),
];

/// The metrics of fits.
pub const FITS: &[Metric] = &[
    Metric::new("psnr_db", "PSNR", "dB", Format::Decimals(1), Better::Higher),
    Metric::new(
        "psnr_but_harmonic_db",
        "PSNR up to a harmonic function",
        "dB",
        Format::Decimals(1),
        Better::Higher,
    ),
    Metric::new("ssim", "SSIM", "", Format::Decimals(3), Better::Higher),
    Metric::percent("relative_l2", "value error", Better::Lower),
    Metric::percent("gradient_relative_l2", "gradient error", Better::Lower),
    Metric::percent("laplacian_relative_l2", "Laplacian error", Better::Lower),
    Metric::count("parameters", "parameters"),
    Metric::new("compression", "compression", "", Format::Factor, Better::Neither),
];

/// The metrics of wavefields.
pub const WAVEFIELDS: &[Metric] = &[
    Metric::percent("wavefield_relative_l2", "wavefield error", Better::Lower),
    Metric::percent("residual", "PDE residual", Better::Neither),
    Metric::percent("data_misfit_relative", "data misfit", Better::Neither),
    Metric::count("unknowns", "unknowns"),
];

/// The metrics of waves in time.
pub const EVOLUTIONS: &[Metric] = &[
    Metric::percent("wavefield_relative_l2", "wavefield error", Better::Lower),
    Metric::new("residual", "PDE residual", "", Format::Significant(3), Better::Neither),
    Metric::count("unknowns", "unknowns"),
];

const fn number(key: &'static str, name: &'static str) -> Metric {
    Metric::new(key, name, "", Format::Significant(3), Better::Neither)
}

/// The metrics of networks as they start.
pub const ACTIVATIONS: &[Metric] = &[
    number("deviation_of_layer_2", "layer 2"),
    number("deviation_of_last_layer", "last layer"),
    number("from_normal", "KS N(0,1)"),
    number("from_own_normal", "KS normal"),
    number("activation_deviation", "activation"),
    number("from_arcsine", "KS arcsine"),
    number("gradient_ratio", "gradient"),
    Metric::count("parameters", "parameters"),
];

/// The metrics of a summary, with the errors of parameters and those at wells after that of the velocity, and time and steps at the end.
#[must_use]
pub fn of(summary: &Summary) -> Vec<Metric> {
    let own = match summary.kind {
        Kind::Inversions => INVERSIONS,
        Kind::Fits => FITS,
        Kind::Evolutions => EVOLUTIONS,
        Kind::Wavefields => WAVEFIELDS,
        Kind::Statistics => ACTIVATIONS,
    };
    let mut parameters: Vec<Metric> = Vec::new();
    for name in summary.metrics.iter().filter_map(|described| parameter_of(&described.key)) {
        parameters.push(Metric::error_of(name));
    }
    for name in summary.metrics.iter().filter_map(|described| well_of(&described.key)) {
        parameters.push(Metric::error_at(name));
    }
    let (first, others) = own.split_at(1);
    [first, &parameters, others, &COST].concat()
}
