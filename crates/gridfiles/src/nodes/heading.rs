//! The names of columns: which are coordinates, and their units.

use super::fault::NodesFault;
use crate::cf::{Role, metres_in};

/// A column of numbers.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Column {
    /// Its name, without the unit.
    pub name: String,
    /// Its unit, as the file writes it.
    pub unit: Option<String>,
    /// Which coordinate its name can be.
    pub role: Option<Role>,
}

/// Units that stand behind a name and a `_`, with `_per_` for `/`.
const UNITS: [&str; 11] =
    ["m/s", "km/s", "ft/s", "s2/m2", "s2/km2", "kg/m3", "kg/m^3", "g/cm3", "g/cm^3", "Pa", "GPa"];

impl Column {
    /// The column of a heading: `vp (km/s)`, `vp [km/s]`, `x_m`, `vp_m_per_s`.
    pub(super) fn named(heading: &str) -> Self {
        let heading = heading.trim().trim_matches('"').trim();
        let (name, unit) = split(heading);
        Self { role: Role::named(&name), name, unit }
    }
}

fn split(heading: &str) -> (String, Option<String>) {
    for (open, close) in [('(', ')'), ('[', ']')] {
        if let Some((name, unit)) = heading.strip_suffix(close).and_then(|rest| rest.split_once(open)) {
            return (name.trim().to_owned(), Some(unit.trim().to_owned()));
        }
    }
    for (at, _) in heading.match_indices('_') {
        let unit = heading[at + 1..].replace("_per_", "/");
        if metres_in(&unit).is_some() || UNITS.contains(&unit.as_str()) {
            return (heading[..at].to_owned(), Some(unit));
        }
    }
    (heading.to_owned(), None)
}

/// The columns of a file without names, of which so many are there; `None` for a number that has no usual meaning.
pub(super) fn usual(count: usize, coordinates: Option<&[Role]>) -> Option<Vec<Column>> {
    let roles = match (count, coordinates) {
        (_, Some(roles)) => roles,
        (3, None) => &[Role::X, Role::Z],
        (4, None) => &[Role::X, Role::Y, Role::Z],
        _ => return None,
    };
    let name = |role: &Role| match role {
        Role::X => "x",
        Role::Y => "y",
        Role::Z => "z",
    };
    let of = |name: &str, role| Column { name: name.to_owned(), unit: None, role };
    let mut columns: Vec<Column> = roles.iter().map(|role| of(name(role), Some(*role))).collect();
    columns.push(of("value", None));
    (columns.len() == count).then_some(columns)
}

/// The columns of the coordinates z, (y,) x: those named so, or the only one whose name means the coordinate.
pub(super) fn coordinates(columns: &[Column]) -> Result<Vec<usize>, NodesFault> {
    let present = || columns.iter().map(|column| column.name.clone()).collect();
    let find = |role: Role, letter: &str| {
        let exact = columns.iter().position(|column| column.name.eq_ignore_ascii_case(letter));
        let all: Vec<usize> = (0..columns.len()).filter(|i| columns[*i].role == Some(role)).collect();
        match (exact, &all[..]) {
            (Some(exact), _) => Ok(Some(exact)),
            (None, []) => Ok(None),
            (None, [one]) => Ok(Some(*one)),
            (None, _) => Err(NodesFault::Coordinates { present: present() }),
        }
    };
    let (z, y, x) = (find(Role::Z, "z")?, find(Role::Y, "y")?, find(Role::X, "x")?);
    if z.is_none() || x.is_none() {
        return Err(NodesFault::Coordinates { present: present() });
    }
    Ok([z, y, x].into_iter().flatten().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_units() {
        for (heading, name, unit) in [
            ("x_m", "x", Some("m")),
            ("vp_m_per_s", "vp", Some("m/s")),
            (" \"vs (km/s)\" ", "vs", Some("km/s")),
            ("Depth [km]", "Depth", Some("km")),
            ("rho_kg_per_m3", "rho", Some("kg/m3")),
            ("vp_x_per_s", "vp_x_per_s", None),
            ("Q", "Q", None),
        ] {
            let column = Column::named(heading);
            assert_eq!((column.name.as_str(), column.unit.as_deref()), (name, unit), "{heading}");
        }
        let columns: Vec<Column> = ["x", "cdp", "Depth", "vp"].map(Column::named).into();
        assert_eq!(coordinates(&columns).unwrap(), [2, 0]);
        let columns: Vec<Column> = ["cmp", "cdp", "Depth", "vp"].map(Column::named).into();
        assert!(coordinates(&columns).is_err());
        assert_eq!(usual(5, None), None);
        assert_eq!(usual(4, Some(&[Role::X, Role::Z])), None);
    }
}
