//! Parser for the text of an expression, in the language of its `Display`.
//!
//! ```text
//! sum     = ["-"] term { ("+" | "-") term }
//! term    = factor { ["*" | "/"] factor }          a missing sign multiplies; left to right: a/b c = (a/b) c
//! factor  = primary [ "^" ["-"] integer ]
//! primary = number | "i" | symbol | "d" axes "(" sum ")" | "sqrt(" sum ")" | "(" sum ")"      dxz(u) = dx(dz(u))
//! ```

use num_complex::Complex64;

use crate::error::PdeError;
use crate::expr::Expr;
use crate::symbol::{Axis, Symbol};

/// The expression that a text represents, in terms of the declared symbols.
///
/// # Errors
/// [`PdeError::Parse`] with column, expected and found; [`PdeError::UnknownSymbol`] with the known names.
///
/// ```
/// use pde::{Axis, Symbol, parse};
/// let symbols = [Symbol::unknown("u", &[Axis::X], "Pa"), Symbol::parameter("m", &[Axis::X], "s^2/m^2")];
/// assert_eq!(parse("dx(2 dx(u)) + 3*m*u/m", &symbols)?.to_string(), "2 dxx(u) + 3 u");
/// assert_eq!(parse("dx(u", &symbols).unwrap_err().to_string(), "column 5: expected `)`, found end of text");
/// # Ok::<(), pde::PdeError>(())
/// ```
pub fn parse(text: &str, symbols: &[Symbol]) -> Result<Expr, PdeError> {
    let mut parser = Parser { text: text.chars().collect(), at: 0, symbols, depth: 0 };
    let expr = parser.sum()?;
    match parser.peek() {
        None => Ok(expr),
        Some(_) => Err(parser.error("an operator or the end of the text")),
    }
}

/// The deepest nesting and the highest order in one name. They bound the stack and a [`crate::MultiIndex`].
const DEEPEST: usize = 30;
const HIGHEST: usize = 8;

struct Parser<'a> {
    text: Vec<char>,
    at: usize,
    symbols: &'a [Symbol],
    depth: usize,
}

impl Parser<'_> {
    fn peek(&mut self) -> Option<char> {
        while self.text.get(self.at).is_some_and(|c| c.is_whitespace()) {
            self.at += 1;
        }
        self.text.get(self.at).copied()
    }

    fn accept(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        self.at += usize::from(found);
        found
    }

    fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> String {
        let rest = &self.text[self.at..];
        let taken: String = rest.iter().copied().take_while(|&c| wanted(c)).collect();
        self.at += taken.chars().count();
        taken
    }

    fn error(&mut self, expected: &str) -> PdeError {
        let found = self.peek().map_or_else(|| "end of text".to_owned(), |c| format!("`{c}`"));
        PdeError::Parse { column: self.at + 1, expected: expected.to_owned(), found }
    }

    fn sum(&mut self) -> Result<Expr, PdeError> {
        let first = if self.accept('-') { -self.term()? } else { self.term()? };
        let mut terms = vec![first];
        loop {
            match self.peek() {
                Some('+') => {
                    self.at += 1;
                    terms.push(self.term()?);
                }
                Some('-') => {
                    self.at += 1;
                    terms.push(-self.term()?);
                }
                _ => return Ok(Expr::sum(terms)),
            }
        }
    }

    fn term(&mut self) -> Result<Expr, PdeError> {
        let mut factors = vec![self.factor()?];
        loop {
            match self.peek() {
                Some('*') => {
                    self.at += 1;
                    factors.push(self.factor()?);
                }
                Some('/') => {
                    self.at += 1;
                    let start = self.at;
                    let divisor = self.factor()?;
                    if divisor.is_zero() {
                        self.at = start;
                        return Err(self.error("a divisor other than 0"));
                    }
                    factors.push(divisor.powi(-1));
                }
                Some(c) if c.is_alphanumeric() || c == '(' => factors.push(self.factor()?),
                _ => return Ok(Expr::product(factors)),
            }
        }
    }

    fn factor(&mut self) -> Result<Expr, PdeError> {
        let base = self.primary()?;
        if !self.accept('^') {
            return Ok(base);
        }
        let sign = if self.accept('-') { "-" } else { "" };
        self.peek();
        let start = self.at;
        let digits = self.take_while(|c| c.is_ascii_digit());
        format!("{sign}{digits}").parse().map(|power| base.powi(power)).map_err(|_| {
            self.at = start;
            self.error("an integer power")
        })
    }

    fn primary(&mut self) -> Result<Expr, PdeError> {
        match self.peek() {
            Some('(') => {
                self.at += 1;
                self.closed()
            }
            Some(c) if c.is_ascii_digit() || c == '.' => self.number(),
            Some(c) if c.is_alphabetic() => self.name(),
            _ => Err(self.error("a number, a symbol, a derivative or `(`")),
        }
    }

    /// The expression before a closing parenthesis.
    fn closed(&mut self) -> Result<Expr, PdeError> {
        if self.depth == DEEPEST {
            return Err(self.error(&format!("at most {DEEPEST} nested parentheses")));
        }
        self.depth += 1;
        let inner = self.sum()?;
        self.depth -= 1;
        if self.accept(')') { Ok(inner) } else { Err(self.error("`)`")) }
    }

    fn number(&mut self) -> Result<Expr, PdeError> {
        let start = self.at;
        let mut text = self.take_while(|c| c.is_ascii_digit() || c == '.');
        let rest = &self.text[self.at..];
        let sign = usize::from(matches!(rest.get(1), Some('+' | '-')));
        if matches!(rest.first(), Some('e' | 'E')) && rest.get(1 + sign).is_some_and(char::is_ascii_digit) {
            text.extend(&rest[..=sign]);
            self.at += 1 + sign;
            text += &self.take_while(|c| c.is_ascii_digit());
        }
        let Ok(value) = text.parse::<f64>() else {
            self.at = start;
            return Err(self.error("a number"));
        };
        let unit_follows = self.text.get(self.at) == Some(&'i')
            && !self.text.get(self.at + 1).is_some_and(|c| c.is_alphanumeric() || *c == '_');
        self.at += usize::from(unit_follows);
        Ok(Expr::constant(if unit_follows { Complex64::new(0.0, value) } else { value.into() }))
    }

    fn name(&mut self) -> Result<Expr, PdeError> {
        let start = self.at;
        let name = self.take_while(|c| c.is_alphanumeric() || c == '_');
        if self.text.get(self.at) == Some(&'(') && name == "sqrt" {
            self.at += 1;
            return Ok(self.closed()?.sqrt());
        }
        if self.text.get(self.at) == Some(&'(')
            && let Some(axes) = derivative_axes(&name)
        {
            self.at += 1;
            let known = |axis: &Axis| self.symbols.iter().any(|symbol| symbol.depends_on.contains(axis));
            if let Some(foreign) = axes.iter().find(|axis| !known(axis)) {
                let found = format!("`{name}`: no symbol depends on {}", foreign.letter());
                let axes = Axis::ALL.into_iter().filter(known).map(|axis| axis.letter().to_string());
                let expected = format!("derivatives along {}", axes.collect::<Vec<_>>().join(", "));
                return Err(PdeError::Parse { column: start + 1, expected, found });
            }
            let inner = self.closed()?;
            return Ok(axes.iter().rev().fold(inner, |inner, &axis| inner.d(axis)));
        }
        match self.symbols.iter().find(|symbol| symbol.name == name) {
            Some(symbol) => Ok(Expr::symbol(symbol)),
            None if name == "i" => Ok(Expr::constant(Complex64::I)),
            None => Err(PdeError::UnknownSymbol {
                column: start + 1,
                name,
                known: self.symbols.iter().map(|symbol| symbol.name.clone()).collect(),
            }),
        }
    }
}

/// The axes of `dx`, `dxx`, `dxz`, .. up to order [`HIGHEST`].
fn derivative_axes(name: &str) -> Option<Vec<Axis>> {
    let letters = name.strip_prefix('d').filter(|letters| (1..=HIGHEST).contains(&letters.len()))?;
    letters.chars().map(Axis::from_letter).collect()
}
