//! A place in a text.

/// A part of one line. Line and column count from 1, in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column of the first character, from 1.
    pub column: usize,
    /// Number of characters, at least 1.
    pub width: usize,
}

impl Position {
    /// The first character of a text.
    pub const START: Position = Position { line: 1, column: 1, width: 1 };

    /// The position of the character at a byte of a text.
    #[must_use]
    pub fn of_byte(text: &str, byte: usize) -> Position {
        let before = &text[..text.floor_char_boundary(byte)];
        let line = before.rsplit('\n').next().unwrap_or_default();
        Position { line: before.matches('\n').count() + 1, column: line.chars().count() + 1, width: 1 }
    }
}
