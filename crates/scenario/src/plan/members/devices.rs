//! The devices of an inversion: of its waves in time, and of its networks.

use document::{Fault, KeyPath};
use fd::program::WaveDevice;
use fd::time::Mesh;
use fd::{DeviceError, FdError, Grid};
use fields::FieldsError;

use super::super::device::{NoDevice, NoWaveDevice};
use super::problems::OnlyFor;
use crate::{InversionBlock, MethodChoice};
use fwi::unknowns::Unknown;
use fwi::waves_plan::TransientPlan;

/// What steps the waves of an inversion, and the device of its networks by its name on this machine.
pub(super) struct Devices {
    pub(super) waves: WaveDevice,
    pub(super) networks: String,
}

impl Devices {
    /// The devices that a block means. One name is for both: a GPU steps waves if this build has CUDA, and computes networks if it has
    /// LibTorch with CUDA; the processor does what the other build would. A name of which nothing can be used is refused.
    pub(super) fn of(at: &KeyPath, block: &InversionBlock, in_time: bool) -> Result<Self, Fault> {
        let at = at.key("device");
        let name = block.device.as_str();
        let has_networks = block.method.as_dyn().has_networks();
        let networks = || fields::device::parse(name).map(|device| fields::device::name(&device));
        let no_device = |error| Fault::new(&at, NoDevice(error));
        let cpu = || "cpu".to_owned();
        match name {
            "cpu" => Ok(Self { waves: WaveDevice::default(), networks: cpu() }),
            "auto" => Ok(Self {
                waves: if in_time { WaveDevice::fastest() } else { WaveDevice::default() },
                networks: if has_networks { networks().map_err(no_device)? } else { cpu() },
            }),
            _ if in_time && (name == "cuda-cpu" || name.starts_with("cuda:")) => {
                let networks = (has_networks && name != "cuda-cpu").then(networks);
                match (WaveDevice::parse(name), networks) {
                    (Ok(waves), Some(Ok(networks))) => Ok(Self { waves, networks }),
                    (Ok(waves), _) => Ok(Self { waves, networks: cpu() }),
                    (Err(FdError::Device(error)), Some(Ok(networks)))
                        if matches!(*error, DeviceError::NotBuilt { .. }) =>
                    {
                        Ok(Self { waves: WaveDevice::default(), networks })
                    }
                    (Err(error), _) => Err(Fault::new(&at, NoWaveDevice { error, has_networks })),
                }
            }
            _ if has_networks && name != "cuda-cpu" => {
                Ok(Self { waves: WaveDevice::default(), networks: networks().map_err(no_device)? })
            }
            _ => Err(match networks() {
                Err(error @ FieldsError::UnknownDevice { .. }) if name != "cuda-cpu" => no_device(error),
                _ => Fault::new(&at, only_for(block, in_time)),
            }),
        }
    }
}

/// Checks that a shot of an inversion fits on the device of its waves.
pub(super) fn fits(
    at: &KeyPath,
    device: &WaveDevice,
    waves: &TransientPlan,
    (grid, order): (&Grid, usize),
    (block, unknowns): (&InversionBlock, &[Unknown]),
) -> Result<(), Fault> {
    let (mesh, settings) = (Mesh::from(grid), waves.settings(order, 1, 1));
    let mut names: Vec<&str> = unknowns.iter().map(|unknown| unknown.quantity.name.as_str()).collect();
    let checked = match &waves.system {
        // Networks of waves need the shots forward only.
        _ if matches!(block.method, MethodChoice::Joint(_)) => return Ok(()),
        Some(system) => fd::program::check_room(&system.system, &mesh, &settings, &names, device),
        None => {
            let density = waves.density.is_some();
            names = if density { vec!["vp", "rho"] } else { vec!["vp"] };
            let system = fd::time::acoustic(grid.dims(), density);
            fd::program::check_room(&system, &mesh, &settings, &names, device)
        }
    };
    checked.map_err(|error| Fault::new(at.key("device"), NoWaveDevice { error, has_networks: false }))
}

/// A device that nothing of an inversion can use.
fn only_for(block: &InversionBlock, in_time: bool) -> OnlyFor {
    let method = block.method.name();
    match in_time {
        true => OnlyFor {
            what: "networks",
            method,
            because: ", which has no network",
            expected: "auto, cpu, cuda:0 or cuda-cpu, which step waves in time",
            key: "device",
        },
        false => OnlyFor {
            what: "networks and waves in time",
            method,
            because: " at frequencies",
            expected: "auto or cpu: waves at frequencies are computed on the processor",
            key: "device",
        },
    }
}
