//! Reads the text of a system.

use crate::error::PdeError;
use crate::expr::Expr;
use crate::lower::unit_of;
use crate::parse::parse;
use crate::symbol::{Axis, Dimension, Symbol};
use crate::system::{Condition, Derived, System};
use crate::unit::Unit;

impl System {
    /// The system that a text declares, one statement a line; what follows `#` is a comment.
    ///
    /// ```text
    /// unknown u [Pa]
    /// parameter vp [m/s]
    /// parameter damping [1/s]
    /// given f [Pa/m^2]
    /// let m [s^2/m^2] = 1/vp^2
    /// m dtt(u) + m damping dt(u) - dxx(u) - dzz(u) = f
    /// ```
    ///
    /// Unknowns and given fields depend on space and time, parameters on space; `constant given` and `constant parameter` are
    /// numbers. `let` declares a coefficient that follows from what is declared before it. `surface p, q` names the unknowns
    /// that vanish at a free surface at the top. `require 3 vp^2 - 4 vs^2 > 0: vs has to be below 0.866 vp` is a condition that a
    /// medium has to satisfy, with `>` or `>=`, and what a user is told.
    ///
    /// # Errors
    /// [`PdeError::Line`] with the number of the line and what is wrong with it; what [`System::check`] finds.
    ///
    /// ```
    /// use pde::{Dimension, System};
    /// let text = "unknown u [Pa]\nparameter vp [m/s]\ndtt(u) - vp^2 dxx(u) = 0\n";
    /// let system = System::parse("string", Dimension::One, text)?;
    /// assert_eq!(system.to_string(), text);
    /// # Ok::<(), pde::PdeError>(())
    /// ```
    pub fn parse(name: &str, dimension: Dimension, text: &str) -> Result<System, PdeError> {
        Ok(System::parse_with_lines(name, dimension, text)?.0)
    }

    /// The same, and the line of each residual, from 1.
    ///
    /// # Errors
    /// As [`System::parse`].
    pub fn parse_with_lines(
        name: &str,
        dimension: Dimension,
        text: &str,
    ) -> Result<(System, Vec<usize>), PdeError> {
        let mut lines = Vec::new();
        let mut system = System {
            name: name.to_owned(),
            dimension,
            unknowns: Vec::new(),
            parameters: Vec::new(),
            given: Vec::new(),
            derived: Vec::new(),
            residuals: Vec::new(),
            surface: Vec::new(),
            conditions: Vec::new(),
        };
        for (index, line) in text.lines().enumerate() {
            let line = line.split('#').next().unwrap_or_default();
            if line.trim().is_empty() {
                continue;
            }
            let before = system.residuals.len();
            let on_line = |error: PdeError| PdeError::Line { line: index + 1, error: Box::new(error) };
            statement(&mut system, line).map_err(on_line)?;
            let names: Vec<&str> = system.symbols().map(|symbol| symbol.name.as_str()).collect();
            let twice = |(k, name): (usize, &&str)| names[..k].contains(name).then(|| (*name).to_owned());
            if let Some(name) = names.iter().enumerate().find_map(twice) {
                return Err(on_line(PdeError::NameTwice { name }));
            }
            lines.extend((before..system.residuals.len()).map(|_| index + 1));
        }
        system.check()?;
        Ok((system, lines))
    }
}

fn statement(system: &mut System, line: &str) -> Result<(), PdeError> {
    let indent = line.len() - line.trim_start().len();
    let (words, constant) = match line.trim_start().strip_prefix("constant ") {
        Some(rest) => (rest.trim_start(), true),
        None => (line.trim_start(), false),
    };
    let (keyword, rest) = words.split_once(' ').unwrap_or((words, ""));
    if constant && !matches!(keyword, "parameter" | "given") {
        return Err(PdeError::Parse {
            column: indent + 1,
            expected: "`constant parameter` or `constant given`".to_owned(),
            found: line.trim().to_owned(),
        });
    }
    let space = system.dimension.axes();
    let space_and_time = [space, &[Axis::T]].concat();
    match keyword {
        "unknown" => {
            system.unknowns.push(declared(rest, |name, unit| Symbol::unknown(name, &space_and_time, unit))?);
        }
        "parameter" => {
            let axes = if constant { &[][..] } else { space };
            system.parameters.push(declared(rest, |name, unit| Symbol::parameter(name, axes, unit))?);
        }
        "given" => {
            let axes = if constant { &[][..] } else { &space_and_time[..] };
            system.given.push(declared(rest, |name, unit| Symbol::coefficient(name, axes, unit))?);
        }
        "let" => {
            let (left, right) = sides(line, indent)?;
            let declaration = left.trim_start().strip_prefix("let").unwrap_or_default();
            let symbol = declared(declaration, |name, unit| Symbol::coefficient(name, space, unit))?;
            let derived = Derived { symbol, value: expression(system, line, right)? };
            derived.check()?;
            system.derived.push(derived);
        }
        "require" if rest.contains('>') => {
            let (condition, says) = rest.split_once(':').unwrap_or((rest, ""));
            let (left, right) = condition.split_once('>').unwrap_or((condition, ""));
            let (right, or_zero) = right.strip_prefix('=').map_or((right, false), |right| (right, true));
            if right.trim() != "0" {
                let before = right.as_ptr() as usize - line.as_ptr() as usize;
                return Err(PdeError::Parse {
                    column: line[..before].chars().count() + 1,
                    expected: "`0`: a condition compares with zero".to_owned(),
                    found: right.trim().to_owned(),
                });
            }
            let value = expression(system, line, left)?;
            unit_of(&value)?;
            system.conditions.push(Condition { value, or_zero, says: says.trim().to_owned() });
        }
        "surface" if !line.contains('=') => {
            for name in rest.split(',').map(str::trim) {
                if system.unknown(name).is_none() {
                    let before = name.as_ptr() as usize - line.as_ptr() as usize;
                    let column = line[..before].chars().count() + 1;
                    let known = system.unknown_names();
                    return Err(PdeError::UnknownSymbol { column, name: name.to_owned(), known });
                }
                system.surface.push(name.to_owned());
            }
        }
        _ => {
            let (left, right) = sides(line, indent)?;
            let residual = expression(system, line, left)? - expression(system, line, right)?;
            unit_of(&residual)?;
            system.residuals.push(residual);
        }
    }
    Ok(())
}

/// `NAME [UNIT]`.
fn declared(text: &str, make: impl Fn(&str, &str) -> Symbol) -> Result<Symbol, PdeError> {
    let wrong = || PdeError::Declaration { found: text.trim().to_owned() };
    let (name, rest) = text.trim().split_once('[').ok_or_else(wrong)?;
    let unit = rest.trim_end().strip_suffix(']').ok_or_else(wrong)?;
    let name = name.trim();
    let letters = |c: char| c.is_alphanumeric() || c == '_';
    if !name.starts_with(char::is_alphabetic) || !name.chars().all(letters) || name == "i" || name == "sqrt" {
        return Err(wrong());
    }
    Unit::parse(unit)?;
    Ok(make(name, unit))
}

/// The two sides of `left = right`.
fn sides(line: &str, indent: usize) -> Result<(&str, &str), PdeError> {
    line.split_once('=').ok_or_else(|| PdeError::Parse {
        column: indent + 1,
        expected: "`unknown`, `parameter`, `given`, `let`, or an equation with `=`".to_owned(),
        found: line.trim().to_owned(),
    })
}

/// A part of a line as an expression; columns are those of the line.
fn expression(system: &System, line: &str, part: &str) -> Result<Expr, PdeError> {
    let symbols: Vec<Symbol> = system.symbols().cloned().collect();
    let before = part.as_ptr() as usize - line.as_ptr() as usize;
    let before = line[..before].chars().count();
    parse(part, &symbols).map_err(|error| match error {
        PdeError::Parse { column, expected, found } => {
            PdeError::Parse { column: column + before, expected, found }
        }
        PdeError::UnknownSymbol { column, name, known } => {
            PdeError::UnknownSymbol { column: column + before, name, known }
        }
        other => other,
    })
}
