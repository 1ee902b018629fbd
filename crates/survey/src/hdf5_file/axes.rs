//! The axes of a two-dimensional array: their order, direction and coordinates, from dimension scales and their attributes.
//!
//! # Source
//! HDF5 Dimension Scale Specification, The HDF Group 2005; NetCDF Climate and Forecast (CF) Metadata Conventions 1.11,
//! chapters 4 (coordinate types, attributes `axis` and `positive`) and 5.

use hdf5::types::VarLenArray;
use hdf5::{Dataset, ObjectReference1, ReferencedObject};

use gridfiles::cf::{self, Role};

use super::{Hdf5Reader, failing};
use crate::axis_rules::{AxisOrder, AxisSettings, Positive, direction, metres, order};
use crate::data_error::DataError;

/// The position and orientation of a two-dimensional array.
#[derive(Debug, Clone, PartialEq)]
pub struct Axes {
    /// Whether the axes in the file are `[x, z]`.
    pub turned: bool,
    /// Whether x and depth decrease in the order of the file.
    reversed: [bool; 2],
    /// Number of nodes along x and z.
    counts: [usize; 2],
    /// Smallest coordinates `[x, z]`, m.
    pub origin: Option<[f64; 2]>,
    /// Distance between nodes `[dx, dz]`, m.
    pub spacing: Option<[f64; 2]>,
    /// Whether the file or the user specifies the order of the axes.
    pub named: bool,
}

impl Axes {
    /// Reads the axes of a dataset.
    ///
    /// # Errors
    /// [`DataError`] for labels that contradict each other or `given`, unknown units, or uneven coordinates.
    pub fn of(file: &Hdf5Reader, set: &Dataset, name: &str, given: AxisSettings) -> Result<Axes, DataError> {
        let shape = set.shape();
        let [first, second] = shape[..] else {
            return Err(file.wrong_shape(name, "z, x", shape, "two axes"));
        };
        Axes::of_last_two(file, set, name, [first, second], given)
    }

    /// Reads the last two axes of a dataset, which have this shape.
    ///
    /// # Errors
    /// As [`Axes::of`].
    pub fn of_last_two(
        file: &Hdf5Reader,
        set: &Dataset,
        name: &str,
        shape: [usize; 2],
        given: AxisSettings,
    ) -> Result<Axes, DataError> {
        let labels = labels(file, set, shape)?;
        let names = labels.each_ref().map(|label| label.name.as_deref());
        let order = order(&file.path, name, names, labels.each_ref().map(Label::vertical), given.order)?;
        let turned = order == Some(AxisOrder::Xz);
        let [z, x] = if turned { [1, 0] } else { [0, 1] };
        let counts = [shape[x], shape[z]];
        let mut axes = Axes {
            turned,
            reversed: [false; 2],
            counts,
            origin: None,
            spacing: None,
            named: order.is_some(),
        };
        let mut nodes = [None; 2];
        for (a, label) in [(0, &labels[x]), (1, &labels[z])] {
            let Some(scale) = &label.scale else { continue };
            let (mut first, mut step) = even(file, scale, counts[a], given.scale)?;
            if a == 1
                && label.positive(file, [first, first + step * (counts[1] - 1) as f64], given)?
                    == Positive::Up
            {
                (first, step) = (-first, -step);
            }
            axes.reversed[a] = step < 0.0;
            let last = first + step * (counts[a] - 1) as f64;
            nodes[a] = Some([first.min(last), step.abs()]);
        }
        if let [Some(x), Some(z)] = nodes {
            (axes.origin, axes.spacing) = (Some([x[0], z[0]]), Some([x[1], z[1]]));
        }
        Ok(axes)
    }

    /// `[nz, nx]`.
    pub fn shape(&self) -> [usize; 2] {
        [self.counts[1], self.counts[0]]
    }

    /// Reorders values from the order of the file to `[z, x]`, both increasing.
    pub fn arrange<T: Copy>(&self, values: Vec<T>) -> Vec<T> {
        if !self.turned && self.reversed == [false; 2] {
            return values;
        }
        let [nx, nz] = self.counts;
        let along = |i: usize, n: usize, reversed: bool| if reversed { n - 1 - i } else { i };
        let at = |iz: usize, ix: usize| {
            let (iz, ix) = (along(iz, nz, self.reversed[1]), along(ix, nx, self.reversed[0]));
            values[if self.turned { ix * nz + iz } else { iz * nx + ix }]
        };
        (0..nz).flat_map(|iz| (0..nx).map(move |ix| (iz, ix))).map(|(iz, ix)| at(iz, ix)).collect()
    }
}

/// The labels of one axis.
#[derive(Default)]
struct Label {
    /// Its name.
    name: Option<String>,
    /// The dataset of its coordinates.
    scale: Option<Dataset>,
    /// Which direction of space it is, if that is known.
    role: Option<Role>,
    /// Whether its name means elevation.
    elevation: bool,
}

impl Label {
    /// Whether it is the vertical axis of a section, if that is known.
    fn vertical(&self) -> Option<bool> {
        match self.role {
            Some(Role::Z) => Some(true),
            Some(Role::X) => Some(false),
            _ => None,
        }
    }

    /// The direction of a vertical axis with these first and last coordinates.
    fn positive(
        &self,
        file: &Hdf5Reader,
        ends: [f64; 2],
        given: AxisSettings,
    ) -> Result<Positive, DataError> {
        direction(&file.path, self.said(file)?, ends, &given)
    }

    /// The direction of a vertical axis that its attribute or its name tells.
    fn said(&self, file: &Hdf5Reader) -> Result<Option<Positive>, DataError> {
        let said = match &self.scale {
            Some(scale) => match file.text(scale, "positive")? {
                Some(word) => match word.to_lowercase().as_str() {
                    "up" => Some(Positive::Up),
                    "down" => Some(Positive::Down),
                    _ => {
                        return Err(file.wrong_attribute(
                            scale,
                            "positive",
                            format!("\"{word}\""),
                            "up or down",
                        ));
                    }
                },
                None => None,
            },
            None => None,
        };
        Ok(said.or(self.elevation.then_some(Positive::Up)))
    }
}

/// The axes of a dataset of three axes, in the order of the file, in m. `metres` is the option `--scale`.
///
/// # Errors
/// [`DataError`] for coordinates that are of another number or not even, and attributes that cannot be read.
pub fn axes_of_volume(
    file: &Hdf5Reader,
    set: &Dataset,
    shape: [usize; 3],
    metres: f64,
) -> Result<Vec<gridfiles::Axis>, DataError> {
    let mut axes = Vec::new();
    for (label, len) in labels(file, set, shape)?.into_iter().zip(shape) {
        let mut axis =
            gridfiles::Axis { name: label.name.clone(), role: label.role, len, ..Default::default() };
        if let Some(scale) = &label.scale {
            // An axis of one node has no spacing.
            let (first, step) = if len > 1 { even(file, scale, len, metres)? } else { (0.0, 0.0) };
            (axis.origin, axis.spacing) = (Some(first), Some(step).filter(|_| len > 1));
            axis.positive = label.said(file)?.map(|said| match said {
                Positive::Up => cf::Positive::Up,
                Positive::Down => cf::Positive::Down,
            });
        }
        axes.push(axis);
    }
    Ok(axes)
}

/// The labels of the axes, in the order of the file.
fn labels<const N: usize>(
    file: &Hdf5Reader,
    set: &Dataset,
    shape: [usize; N],
) -> Result<[Label; N], DataError> {
    let mut labels: [Label; N] = std::array::from_fn(|_| Label::default());
    if file.has_attribute(set, "DIMENSION_LIST")? {
        let doing = format!("read the axes of {}", set.name());
        let list = set.attr("DIMENSION_LIST").and_then(|a| a.read_raw::<VarLenArray<ObjectReference1>>());
        let list = list.map_err(failing(&file.path, &doing))?;
        // Axes before the last ones are those of other quantities, such as time.
        for (label, references) in labels.iter_mut().rev().zip(list.iter().rev()) {
            let Some(reference) = references.first() else { continue };
            let scale = match file.file.dereference(reference).map_err(failing(&file.path, &doing))? {
                ReferencedObject::Dataset(scale) => scale,
                _ => continue,
            };
            label.name = scale.name().rsplit('/').next().map(str::to_owned);
            // A netCDF dimension without coordinates has a scale of zeros.
            let empty =
                file.text(&scale, "NAME")?.is_some_and(|name| name.starts_with("This is a netCDF dimension"));
            label.scale = (!empty).then_some(scale);
        }
    } else {
        beside(file, set, shape, &mut labels)?;
    }
    for label in &mut labels {
        let name = label.name.as_deref().unwrap_or_default().to_lowercase();
        label.elevation = cf::Positive::named(&name) == Some(cf::Positive::Up);
        label.role = Role::named(&name);
        let Some(scale) = &label.scale else { continue };
        if let Some(axis) = file.text(scale, "axis")? {
            label.role = Role::of_attribute(&axis).or(label.role);
        }
        if file.has_attribute(scale, "positive")? {
            label.role = Some(Role::Z);
        }
    }
    Ok(labels)
}

/// Labels from the attribute `axes`, and coordinates in datasets of these names, or of `z` and `x`, in the same group.
fn beside<const N: usize>(
    file: &Hdf5Reader,
    set: &Dataset,
    shape: [usize; N],
    labels: &mut [Label; N],
) -> Result<(), DataError> {
    let full = set.name();
    let group = full.rsplit_once('/').map_or("", |(group, _)| group);
    let scale = |name: &str| {
        let full = format!("{group}/{name}");
        if file.has_dataset(&full) { file.dataset(&full).map(Some) } else { Ok(None) }
    };
    let axes = file.text(set, "axes")?;
    let named: Vec<&str> =
        axes.as_deref().map_or_else(Vec::new, |axes| axes.split(',').map(str::trim).collect());
    let names: Vec<String> = if named.len() >= N {
        named[named.len() - N..].iter().map(|name| (*name).to_owned()).collect()
    } else {
        let usual: &[&str] = if N == 2 { &["z", "x"] } else { &["z", "y", "x"] };
        let mut sizes = Vec::new();
        for name in usual {
            let Some(scale) = scale(name)? else { return Ok(()) };
            sizes.push(scale.size());
        }
        let turned = sizes != shape && sizes.iter().rev().eq(&shape);
        let of = |name: &&str| (*name).to_owned();
        if turned { usual.iter().rev().map(of).collect() } else { usual.iter().map(of).collect() }
    };
    for (label, name) in labels.iter_mut().zip(names) {
        label.scale = scale(&name)?;
        label.name = Some(name);
    }
    Ok(())
}

/// First coordinate and spacing of an axis, in m. The spacing is negative if the coordinates decrease.
fn even(file: &Hdf5Reader, scale: &Dataset, count: usize, given: f64) -> Result<(f64, f64), DataError> {
    let name = scale.name();
    let (at, shape) = file.reals(&name, &["index"])?;
    if shape != [count] || count < 2 {
        let expected = if count < 2 { "at least [2]".to_owned() } else { format!("[{count}]") };
        return Err(file.wrong_shape(&name, "node", shape, expected));
    }
    let unit = file.text(scale, "units")?;
    let Some(metres) = metres(&file.path, &name, unit.as_deref(), given)? else {
        let found = format!("\"{}\"", unit.unwrap_or_default());
        return Err(file.wrong_attribute(scale, "units", found, "m, km, cm or mm"));
    };
    let (first, step) = cf::even(&at).map_err(|cf::Uneven { index, found, expected }| DataError::Range {
        path: file.path.clone(),
        what: format!("coordinate {index} of {name}"),
        found: found * metres,
        unit: "m",
        expected: format!("{} on an even grid", crate::ticks::six_digits(expected * metres)),
        advice: "resample the model to an even spacing".to_owned(),
    })?;
    Ok((first * metres, step * metres))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every combination of order and direction puts each value at its coordinates.
    #[test]
    fn values_are_arranged() {
        let [nx, nz] = [3, 2];
        for turned in [false, true] {
            for reversed in [[false, false], [true, false], [false, true], [true, true]] {
                let axes =
                    Axes { turned, reversed, counts: [nx, nz], origin: None, spacing: None, named: true };
                let [outer, inner] = if turned { [nx, nz] } else { [nz, nx] };
                let stored: Vec<[usize; 2]> = (0..outer)
                    .flat_map(|a| (0..inner).map(move |b| (a, b)))
                    .map(|(a, b)| {
                        let [ix, iz] = if turned { [a, b] } else { [b, a] };
                        let along = |i: usize, n: usize, r: bool| if r { n - 1 - i } else { i };
                        [along(ix, nx, reversed[0]), along(iz, nz, reversed[1])]
                    })
                    .collect();
                let expected: Vec<[usize; 2]> =
                    (0..nz).flat_map(|iz| (0..nx).map(move |ix| [ix, iz])).collect();
                assert_eq!(axes.arrange(stored), expected, "{turned} {reversed:?}");
            }
        }
    }
}
