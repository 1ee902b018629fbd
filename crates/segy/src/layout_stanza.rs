//! The layout stanza of extended text headers, `((SEG:Layout...))`: where the fields of trace headers are, as XML.
//!
//! Its entries are `<entry name="sht_x" byte="73" type="coor4"/>`. Those directly in `<segy-layout>` are of the standard trace header,
//! and replace it: a field without an entry is not there. Those in `<extension name="...">` are of additional headers.
//!
//! # Source
//! SEG-Y revision 2.1, appendix D-8, "Trace header mapping".

use crate::extension;
use crate::field::Field::{self, *};
use crate::layout::{Layout, Position, TRACE_HEADER};
use crate::number_type::NumberType::{self, F32, F64, I8, I16, I32, I64, Ibm, U8, U16, U32};

/// The beginning of the stanza, without spaces and in capitals.
pub(crate) const START: &str = "((SEG:LAYOUT";
/// The end of its XML.
pub(crate) const END: &str = "</segy-layout>";
/// The additional header whose layout is that of the standard.
const EXTENSION_1: &str = "SEG00001";

/// The fields by the names of the stanza, in the order of the standard header.
#[rustfmt::skip]
const NAMES: [(&str, Field); 88] = [
    ("linetrc", Tracl), ("reeltrc", Tracr), ("ffid", Fldr), ("chan", Tracf), ("espnum", Ep), ("cdp", Cdp), ("cdptrc", Cdpt),
    ("trctype", Trid), ("vstack", Nvs), ("fold", Nhs), ("rectype", Duse), ("offset", Offset), ("relev", Gelev), ("selev", Selev),
    ("sdepth", Sdepth), ("rdatum", Gdel), ("sdatum", Sdel), ("wdepthso", Swdep), ("wdepthrc", Gwdep), ("ed_scal", Scalel),
    ("co_scal", Scalco), ("sht_x", Sx), ("sht_y", Sy), ("rec_x", Gx), ("rec_y", Gy), ("coorunit", Counit), ("wvel", Wevel),
    ("subwvel", Swevel), ("shuphole", Sut), ("rcuphole", Gut), ("shstat", Sstat), ("rcstat", Gstat), ("stapply", Tstat),
    ("lagtimea", Laga), ("lagtimeb", Lagb), ("delay", Delrt), ("mutestrt", Muts), ("muteend", Mute), ("nsamps", Ns), ("dt", Dt),
    ("gaintype", Gain), ("ingconst", Igc), ("initgain", Igi), ("corrflag", Corr), ("sweepsrt", Sfs), ("sweepend", Sfe),
    ("sweeplng", Slen), ("sweeptyp", Styp), ("sweepstp", Stas), ("sweepetp", Stae), ("tapertyp", Tatyp), ("aliasfil", Afilf),
    ("aliaslop", Afils), ("notchfil", Nofilf), ("notchslp", Nofils), ("lowcut", Lcf), ("highcut", Hcf), ("lowcslop", Lcs),
    ("hicslop", Hcs), ("year", Year), ("day", Day), ("hour", Hour), ("minute", Minute), ("second", Sec), ("timebase", Timbas),
    ("trweight", Trwf), ("rstaswp1", Grnors), ("rstatrc1", Grnofr), ("rstatrcn", Grnlof), ("gapsize", Gaps), ("overtrvl", Otrav),
    ("cdp_x", Cdpx), ("cdp_y", Cdpy), ("iline", Iline), ("xline", Xline), ("sp", Sp), ("sp_scal", Scalsp), ("samp_unit", Trunit),
    ("trans_const", Tdcm), ("trans_unit", Tdunit), ("dev_id", Triden), ("tm_scal", Sctrh), ("src_type", Stype), ("src_dir1", Sedv),
    ("src_dir2", Sedx), ("src_dir3", Sedi), ("smeasure", Smm), ("sm_unit", Smunit),
];

/// The types of numbers by their names, and whether the scalar of the field is applied.
const TYPES: [(&str, NumberType, bool); 20] = [
    ("int1", I8, false),
    ("int2", I16, false),
    ("int4", I32, false),
    ("int8", I64, false),
    ("uint1", U8, false),
    ("uint2", U16, false),
    ("uint4", U32, false),
    ("uint8", I64, false),
    ("ibmfp", Ibm, false),
    ("ieee32", F32, false),
    ("ieee64", F64, false),
    ("linetrc", I32, false),
    ("reeltrc", I32, false),
    ("linetrc8", I64, false),
    ("reeltrc8", I64, false),
    ("coor4", I32, true),
    ("elev4", I32, true),
    ("time2", I16, true),
    ("spnum4", I32, true),
    // Mantissa and power of ten.
    ("scale6", I32, true),
];

/// Why a layout stanza is not used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StanzaError {
    /// The XML does not begin.
    #[error("no `<segy-layout>`")]
    NoRoot,
    /// The XML does not end.
    #[error("no `{END}`")]
    NoEnd,
    /// There are no entries.
    #[error("no entry with a known name")]
    NoEntries,
    /// An entry lacks an attribute.
    #[error("`<{entry}>` has no `{attribute}`")]
    NoAttribute {
        /// The entry.
        entry: String,
        /// The attribute.
        attribute: &'static str,
    },
    /// The first byte of a number is not within the header.
    #[error("`<{entry}>`: byte {found}, expected 1 to {last}")]
    Byte {
        /// The entry.
        entry: String,
        /// The byte.
        found: String,
        /// The last possible one.
        last: usize,
    },
    /// The type is unknown.
    #[error("`<{entry}>`: no type of numbers is called `{found}`; expected {}", TYPES.map(|(name, ..)| name).join(", "))]
    Type {
        /// The entry.
        entry: String,
        /// The type.
        found: String,
    },
}

/// A layout stanza.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Stanza {
    /// The layout of the standard header.
    pub layout: Layout,
    /// How many fields have an entry.
    pub fields: usize,
    /// Fields of which another header has a number, which is not read.
    pub elsewhere: Vec<Field>,
}

impl Stanza {
    /// Reads the text of a stanza.
    ///
    /// # Errors
    /// [`StanzaError`] for the first fault.
    pub(crate) fn read(text: &str) -> Result<Self, StanzaError> {
        let (mut layout, mut fields, mut elsewhere) = (Layout::empty(), 0, Vec::new());
        let (mut begun, mut extension) = (false, None);
        for tag in tags(text) {
            let name = tag.split_whitespace().next().unwrap_or("").trim_end_matches('/');
            match name {
                "segy-layout" => begun = true,
                "/segy-layout" if !begun => return Err(StanzaError::NoRoot),
                "/segy-layout" if fields == 0 => return Err(StanzaError::NoEntries),
                "/segy-layout" => return Ok(Self { layout, fields, elsewhere }),
                "extension" => extension = Some(attribute(tag, "name").unwrap_or("")),
                "/extension" => extension = None,
                "entry" if begun => {
                    let Some((field, position, scaled)) = entry(tag)? else { continue };
                    match extension {
                        None => {
                            layout.place(field, position, scaled);
                            fields += 1;
                        }
                        Some(EXTENSION_1) if extension::EXTENDED.contains(&(field, position)) => {}
                        // Of additional headers only the numbers of positions, samples and intervals are read.
                        Some(_) if extension::EXTENDED.iter().any(|(known, _)| *known == field) => {
                            elsewhere.push(field);
                        }
                        Some(_) => {}
                    }
                }
                _ => {}
            }
        }
        Err(if begun { StanzaError::NoEnd } else { StanzaError::NoRoot })
    }
}

/// A field with its place, and whether its scalar is applied; nothing where the name is unknown.
fn entry(tag: &str) -> Result<Option<(Field, Position, bool)>, StanzaError> {
    let whole = || tag.trim_end_matches('/').trim().to_owned();
    let required = |name: &'static str| {
        attribute(tag, name).ok_or_else(|| StanzaError::NoAttribute { entry: whole(), attribute: name })
    };
    let (name, byte, kind) = (required("name")?, required("byte")?, required("type")?);
    let Some(field) = NAMES.iter().find(|(known, _)| *known == name).map(|(_, field)| *field) else {
        return Ok(None);
    };
    let unknown = || StanzaError::Type { entry: whole(), found: kind.to_owned() };
    let (_, number, scaled) = *TYPES.iter().find(|(known, ..)| *known == kind).ok_or_else(unknown)?;
    // The standard has these without a sign, though it calls all numbers of two bytes alike.
    let number = if number == I16 && matches!(field, Ns | Dt) { U16 } else { number };
    let last = TRACE_HEADER + 1 - number.size();
    let found: Option<usize> = byte.trim().parse().ok().filter(|byte| (1..=last).contains(byte));
    let wrong = || StanzaError::Byte { entry: whole(), found: byte.to_owned(), last };
    Ok(Some((field, Position { byte: found.ok_or_else(wrong)?, number }, scaled)))
}

/// The texts between `<` and `>`, without comments.
fn tags(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        loop {
            rest = &rest[rest.find('<')? + 1..];
            let comment = rest.starts_with("!--");
            let (end, len) = if comment { (rest.find("-->")?, 3) } else { (rest.find('>')?, 1) };
            let tag = &rest[..end];
            rest = &rest[end + len..];
            if !comment {
                return Some(tag);
            }
        }
    })
}

/// The value of an attribute of a tag.
fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let mut rest = tag.split_once(char::is_whitespace)?.1;
    loop {
        let (key, value) = rest.split_once('=')?;
        let value = value.trim_start();
        let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
        let (found, after) = value[1..].split_once(quote)?;
        if key.trim() == name {
            return Some(found);
        }
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(entries: &str) -> Result<Stanza, StanzaError> {
        Stanza::read(&format!(
            "((SEG:Layout:text/xml)) <?xml version=\"1.0\"?><segy-layout name='a'>{entries}</segy-layout>"
        ))
    }

    #[test]
    fn entries_are_read() {
        let stanza = of(
            "<!-- <entry name=\"sht_y\" byte=\"1\" type=\"int2\"/> --><entry name=\"sht_x\" byte=\"201\" type=\"ieee64\"/>\
             <entry  type = 'coor4' byte='81' name='rec_x' /><entry name=\"ours\" byte=\"1\" type=\"int2\"/>\
             <extension name=\"SEG00001\"><entry name=\"sht_y\" byte=\"105\" type=\"ieee64\" if-non-zero=\"1\"/></extension>\
             <extension name=\"MINE\"><entry name=\"rec_y\" byte=\"1\" type=\"ieee64\"/></extension>",
        )
        .unwrap();
        assert_eq!((stanza.fields, &stanza.elsewhere[..]), (2, &[Gy][..]));
        let layout = stanza.layout;
        assert_eq!(layout.position(Sx), Position { byte: 201, number: F64 });
        assert_eq!(layout.position(Gx), Position { byte: 81, number: I32 });
        assert!(!layout.is_scaled(Sx) && layout.is_scaled(Gx));
        assert!(!layout.has(Sy) && !layout.has(Fldr));
    }

    #[test]
    fn faults_are_named() {
        for (entries, said) in [
            ("", "no entry with a known name"),
            (
                "<entry name=\"sht_x\" type=\"coor4\"/>",
                "`<entry name=\"sht_x\" type=\"coor4\">` has no `byte`",
            ),
            ("<entry name=\"sht_x\" byte=\"238\" type=\"coor4\"/>", "byte 238, expected 1 to 237"),
            ("<entry name=\"sht_x\" byte=\"-1\" type=\"coor4\"/>", "byte -1, expected 1 to 237"),
            ("<entry name=\"sht_x\" byte=\"1\" type=\"coor\"/>", "no type of numbers is called `coor`"),
            ("<!-- <entry name=\"sht_x\"", "no `</segy-layout>`"),
        ] {
            let error = of(entries).unwrap_err().to_string();
            assert!(error.contains(said), "{error}");
        }
        assert_eq!(Stanza::read("((SEG:Layout)) FFID AT 9"), Err(StanzaError::NoRoot));
    }

    /// Every name is that of one field, in the order of the standard header.
    #[test]
    fn names_are_in_the_order_of_the_header() {
        let bytes = NAMES.map(|(_, field)| field.definition().byte);
        assert!(bytes.is_sorted_by(|a, b| a < b));
    }
}
