//! A fit in `summary.json`.

use crate::spine::Member;
use experiments::fits::Quantity;
use experiments::fits::outcome::FitSummary;
use experiments::fits::score::Score;

/// A fit from its entry in `summary.json`.
#[must_use]
pub fn from_member(member: &Member, quantity: Quantity) -> FitSummary {
    FitSummary {
        name: member.name.clone(),
        quantity,
        status: member.status,
        steps: member.iterations,
        stopped_because: member.stopped_because.clone(),
        wall_s: member.wall_s,
        cpu_s: member.cpu_s,
        device: member.device.clone(),
        parameters: member.value("parameters").unwrap_or(0.0) as u64,
        compression: member.value("compression").unwrap_or(f64::NAN),
        metrics: Score {
            psnr_db: member.value("psnr_db"),
            psnr_but_harmonic_db: member.value("psnr_but_harmonic_db"),
            ssim: member.value("ssim"),
            relative_l2: member.value("relative_l2"),
            largest: member.value("largest"),
            gradient_relative_l2: member.value("gradient_relative_l2"),
            laplacian_relative_l2: member.value("laplacian_relative_l2"),
        },
    }
}
