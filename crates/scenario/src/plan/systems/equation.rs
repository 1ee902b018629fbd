//! The equation of `physics.waves`: a row of the catalogue, or one that is typed.

use document::{Fault, KeyPath};
use fd::program::{Numerics, Program};
use pde::{Dimension, PdeError, System};

use super::problems::{BadEquation, JoinedLines, NoSuchName};

/// The name of an equation that is typed.
pub(super) const OWN: &str = "own equation";

/// The equation of the catalogue with this name, or the one that the text declares, with the line of its first equation.
pub(super) fn system(
    at: &KeyPath,
    equation: &str,
    dimension: Dimension,
) -> Result<(System, Option<usize>), Fault> {
    let row = pde::systems().iter().find(|row| row.name == equation.trim());
    match row.map(|row| (row.declare)(dimension)) {
        Some(Some(system)) => Ok((system, None)),
        None if equation.trim().contains('\n') => own(at, equation, dimension),
        None if equation.contains(['[', '=', '(']) => Err(Fault::new(at, JoinedLines)),
        _ => {
            let here = pde::systems().iter().filter(|row| (row.declare)(dimension).is_some());
            let (known, found) = (here.map(|row| row.name.to_owned()).collect(), equation.trim().to_owned());
            Err(Fault::new(at, NoSuchName { what: "equation of the catalogue", found, known }))
        }
    }
}

/// The equation of a text.
fn own(at: &KeyPath, text: &str, dimension: Dimension) -> Result<(System, Option<usize>), Fault> {
    let bad = |error: &PdeError, line: Option<usize>| Fault::new(at, BadEquation::new(error, line));
    let (own, lines) = System::parse_with_lines(OWN, dimension, text).map_err(|error| bad(&error, None))?;
    if let Some((line, error)) =
        (0..lines.len()).find_map(|k| own.solvable(k).err().map(|error| (lines[k], error)))
    {
        return Err(bad(&error, Some(line)));
    }
    // What cannot be stepped on any grid.
    let numerics = Numerics { spacing: [1.0; 3], step: 1e-9, order: 2, free_surface: false };
    let line = lines.first().copied();
    Program::new(&own, &numerics).map_err(|error| Fault::new(at, BadEquation::unstable(&error, line)))?;
    Ok((checked(at, own, text)?, line))
}

/// Checks the names of a typed equation: those of the axes are the coordinates in files, and given fields have to act on something.
fn checked(at: &KeyPath, own: System, text: &str) -> Result<System, Fault> {
    let bad = |error: String, name: &str| {
        let declares = |line: &str| {
            let before = line.split('[').next().unwrap_or_default();
            before.split_whitespace().last() == Some(name) && line.contains('[')
        };
        let line = text.lines().position(declares).map(|line| line + 1);
        Fault::new(at, BadEquation::name(error, line))
    };
    let axis = own.symbols().find(|symbol| ["x", "y", "z", "t"].contains(&symbol.name.as_str()));
    if let Some(symbol) = axis {
        let error = format!("`{}` is the name of a coordinate; call the symbol something else", symbol.name);
        return Err(bad(error, &symbol.name));
    }
    let acts = |symbol: &&pde::Symbol| own.resolved().iter().any(|residual| residual.contains(&symbol.name));
    match own.given.iter().find(|symbol| !acts(symbol)) {
        Some(symbol) => Err(bad(format!("the given `{}` appears in no residual", symbol.name), &symbol.name)),
        None => Ok(own),
    }
}
