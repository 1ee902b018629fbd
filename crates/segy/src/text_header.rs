//! Text headers: 40 lines of 80 characters in EBCDIC or ASCII.
//!
//! # Source
//! SEG-Y revision 2.1, section 4, "Textual file header", and section 6, "Extended textual file headers".

use crate::ebcdic;

/// Bytes of a text header.
pub(crate) const TEXT_HEADER: usize = 3200;
/// Characters of a line.
const WIDTH: usize = 80;
/// The end of extended text headers of unknown number, without spaces and in capitals.
const END: &str = "((SEG:ENDTEXT))";

/// The code of the characters of a text header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextEncoding {
    /// Extended binary-coded decimal interchange code, page 037.
    Ebcdic,
    /// ASCII; bytes from 128 on are read as Latin-1.
    Ascii,
}

/// A decoded text header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextHeader {
    /// Its code, told from the bytes.
    pub encoding: TextEncoding,
    /// Its 40 lines, without spaces at their ends.
    pub lines: Vec<String>,
}

impl TextEncoding {
    /// Whichever code makes more of the bytes letters, digits and spaces.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        let usual = |c: char| c == ' ' || c.is_ascii_alphanumeric();
        let score =
            |decode: fn(u8) -> char| bytes.iter().filter(|byte| **byte != 0 && usual(decode(**byte))).count();
        // Control characters are spaces once decoded, but speak for no code.
        let ebcdic = score(|byte| if byte < 0x40 { '\0' } else { ebcdic::decode(byte) });
        let ascii = score(char::from);
        if ebcdic >= ascii { Self::Ebcdic } else { Self::Ascii }
    }

    fn decode(self, byte: u8) -> char {
        match self {
            Self::Ebcdic => ebcdic::decode(byte),
            Self::Ascii if byte < 0x20 || (0x7f..0xa0).contains(&byte) => ' ',
            Self::Ascii => char::from(byte),
        }
    }
}

impl std::fmt::Display for TextEncoding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Ebcdic => "EBCDIC",
            Self::Ascii => "ASCII",
        })
    }
}

/// Whether nine tenths of some bytes are printed characters of one code, or the bytes begin as a stanza does.
pub(crate) fn is_text(bytes: &[u8]) -> bool {
    let stanza = [TextEncoding::Ascii, TextEncoding::Ebcdic]
        .into_iter()
        .any(|encoding| bytes.iter().take(2).all(|byte| encoding.decode(*byte) == '('));
    let ascii = bytes.iter().filter(|byte| matches!(byte, b'\t' | b'\n' | b'\r' | b' '..=b'~')).count();
    let ebcdic = bytes.iter().filter(|byte| **byte >= 0x40 && ebcdic::decode(**byte).is_ascii()).count();
    stanza || 10 * ascii.max(ebcdic) >= 9 * bytes.len()
}

impl TextHeader {
    /// The characters of a text header, with the spaces at the ends of its lines.
    pub(crate) fn characters(bytes: &[u8]) -> String {
        let encoding = TextEncoding::of(bytes);
        bytes.iter().map(|byte| encoding.decode(*byte)).collect()
    }

    /// Decodes a text header; its code is told from its bytes.
    #[must_use]
    pub fn decode(bytes: &[u8]) -> Self {
        let encoding = TextEncoding::of(bytes);
        let line = |line: &[u8]| {
            let text: String = line.iter().map(|byte| encoding.decode(*byte)).collect();
            text.trim_end().to_owned()
        };
        Self { encoding, lines: bytes.chunks(WIDTH).map(line).collect() }
    }

    /// Encodes up to 40 lines as EBCDIC. Each begins with `C` and its number, which is added where it is absent. Longer lines are
    /// cut at 80 characters; lines without text, and the rest, are empty but for their numbers.
    #[must_use]
    pub fn encode(lines: &[String]) -> [u8; TEXT_HEADER] {
        let mut bytes = [ebcdic::encode(' '); TEXT_HEADER];
        for (index, place) in bytes.chunks_mut(WIDTH).enumerate() {
            let text = lines.get(index).map_or("", String::as_str);
            let number = text.strip_prefix('C').and_then(|rest| rest.get(..2)?.trim().parse().ok());
            let numbered = number == Some(index + 1);
            let text = if numbered { text.to_owned() } else { format!("C{:>2} {text}", index + 1) };
            for (byte, character) in place.iter_mut().zip(text.chars()) {
                *byte = ebcdic::encode(character);
            }
        }
        bytes
    }

    /// Whether the text says that the extended text headers end with it.
    pub(crate) fn is_end(&self) -> bool {
        self.has_stanza(END)
    }

    /// Whether the text has a stanza that begins like this, in capitals and without spaces.
    pub(crate) fn has_stanza(&self, start: &str) -> bool {
        let text: String = self.lines.concat().chars().filter(|c| !c.is_whitespace()).collect();
        text.to_ascii_uppercase().contains(start)
    }

    /// Whether the text begins a stanza.
    pub(crate) fn is_stanza(&self) -> bool {
        self.lines.first().is_some_and(|line| line.starts_with("(("))
    }

    /// Whether the text contains some words, whatever the capitals.
    pub(crate) fn mentions(&self, words: &str) -> bool {
        self.lines.iter().any(|line| line.to_ascii_lowercase().replace('-', " ").contains(words))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_come_back() {
        let lines = vec!["C01 CLIENT".to_owned(), "AREA (1,5) m".to_owned(), "x".repeat(100)];
        let header = TextHeader::decode(&TextHeader::encode(&lines));
        assert_eq!(header.encoding, TextEncoding::Ebcdic);
        assert_eq!(header.lines.len(), 40);
        assert_eq!(header.lines[..2], ["C01 CLIENT", "C 2 AREA (1,5) m"]);
        assert_eq!(header.lines[2], format!("C 3 {}", "x".repeat(76)));
        assert_eq!(header.lines[39], "C40");
    }

    #[test]
    fn codes_are_told_from_bytes() {
        let mut ascii = [b' '; TEXT_HEADER];
        ascii[..9].copy_from_slice(b"C01 HELLO");
        ascii[80] = 0;
        let header = TextHeader::decode(&ascii);
        assert_eq!(header.encoding, TextEncoding::Ascii);
        assert_eq!(header.lines[..2], ["C01 HELLO", ""]);
        assert_eq!(TextEncoding::of(&[0; TEXT_HEADER]), TextEncoding::Ebcdic);
        assert_eq!(TextEncoding::of(&[0x40; TEXT_HEADER]), TextEncoding::Ebcdic);
    }

    #[test]
    fn the_end_of_extended_headers_is_found() {
        let of = |text: &str| TextHeader::decode(&TextHeader::encode(&[text.to_owned()]));
        assert!(of("((SEG: EndText))").is_end());
        assert!(of("((seg:endtext))").is_end());
        assert!(!of("((SEG: Layout))").is_end());
        assert!(of("Little-Endian IEEE").mentions("little endian"));
    }
}
