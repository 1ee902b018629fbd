//! The fields of a trace header: name, first byte, type and meaning.
//!
//! Names are those of Seismic Unix.
//!
//! # Source
//! SEG-Y revision 2.1, table 3, "Standard trace header".

use crate::number_type::NumberType::{self, I16, I32, U16};

/// One row of the table of fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FieldDefinition {
    /// Its name, such as `sx`.
    pub name: &'static str,
    /// Its first byte in the trace header, counted from 1.
    pub byte: usize,
    /// The type of its number.
    pub number: NumberType,
    /// Its meaning.
    pub meaning: &'static str,
}

macro_rules! fields {
    ($($variant:ident $name:literal $byte:literal $number:ident $meaning:literal;)*) => {
        /// A field of a trace header.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Field {
            $(#[doc = $meaning] $variant,)*
        }

        /// Every field, in the order of the bytes.
        pub const FIELDS: [Field; [$(Field::$variant),*].len()] = [$(Field::$variant),*];

        const DEFINITIONS: [FieldDefinition; FIELDS.len()] =
            [$(FieldDefinition { name: $name, byte: $byte, number: $number, meaning: $meaning }),*];
    };
}

#[rustfmt::skip]
fields! {
    Tracl "tracl" 1 I32 "Number of the trace within its line";
    Tracr "tracr" 5 I32 "Number of the trace within the file";
    Fldr "fldr" 9 I32 "Original field record number (FFID)";
    Tracf "tracf" 13 I32 "Number of the trace within its field record (channel)";
    Ep "ep" 17 I32 "Energy source point number";
    Cdp "cdp" 21 I32 "Ensemble number (CDP, CMP, CRP)";
    Cdpt "cdpt" 25 I32 "Number of the trace within its ensemble";
    Trid "trid" 29 I16 "Trace identification code: 1 seismic, 2 dead";
    Nvs "nvs" 31 I16 "Number of vertically summed traces";
    Nhs "nhs" 33 I16 "Number of horizontally stacked traces";
    Duse "duse" 35 I16 "Data use: 1 production, 2 test";
    Offset "offset" 37 I32 "Distance from the source to the receiver group";
    Gelev "gelev" 41 I32 "Receiver group elevation, up";
    Selev "selev" 45 I32 "Surface elevation at the source, up";
    Sdepth "sdepth" 49 I32 "Source depth below the surface, down";
    Gdel "gdel" 53 I32 "Datum elevation at the receiver group";
    Sdel "sdel" 57 I32 "Datum elevation at the source";
    Swdep "swdep" 61 I32 "Water depth at the source";
    Gwdep "gwdep" 65 I32 "Water depth at the receiver group";
    Scalel "scalel" 69 I16 "Scalar of elevations and depths (bytes 41-68)";
    Scalco "scalco" 71 I16 "Scalar of coordinates (bytes 73-88 and 181-188)";
    Sx "sx" 73 I32 "Source coordinate X";
    Sy "sy" 77 I32 "Source coordinate Y";
    Gx "gx" 81 I32 "Receiver group coordinate X";
    Gy "gy" 85 I32 "Receiver group coordinate Y";
    Counit "counit" 89 I16 "Units of coordinates: 1 length, 2 arc seconds, 3 degrees, 4 DMS";
    Wevel "wevel" 91 I16 "Weathering velocity";
    Swevel "swevel" 93 I16 "Subweathering velocity";
    Sut "sut" 95 I16 "Uphole time at the source, ms";
    Gut "gut" 97 I16 "Uphole time at the receiver group, ms";
    Sstat "sstat" 99 I16 "Source static correction, ms";
    Gstat "gstat" 101 I16 "Receiver group static correction, ms";
    Tstat "tstat" 103 I16 "Total static applied, ms";
    Laga "laga" 105 I16 "Lag time A, ms";
    Lagb "lagb" 107 I16 "Lag time B, ms";
    Delrt "delrt" 109 I16 "Delay recording time, ms";
    Muts "muts" 111 I16 "Mute time, start, ms";
    Mute "mute" 113 I16 "Mute time, end, ms";
    Ns "ns" 115 U16 "Number of samples in this trace";
    Dt "dt" 117 U16 "Sample interval of this trace, microseconds";
    Gain "gain" 119 I16 "Gain type of field instruments";
    Igc "igc" 121 I16 "Instrument gain constant, dB";
    Igi "igi" 123 I16 "Instrument early or initial gain, dB";
    Corr "corr" 125 I16 "Correlated: 1 no, 2 yes";
    Sfs "sfs" 127 I16 "Sweep frequency at start, Hz";
    Sfe "sfe" 129 I16 "Sweep frequency at end, Hz";
    Slen "slen" 131 I16 "Sweep length, ms";
    Styp "styp" 133 I16 "Sweep type";
    Stas "stas" 135 I16 "Sweep trace taper length at start, ms";
    Stae "stae" 137 I16 "Sweep trace taper length at end, ms";
    Tatyp "tatyp" 139 I16 "Taper type";
    Afilf "afilf" 141 I16 "Alias filter frequency, Hz";
    Afils "afils" 143 I16 "Alias filter slope, dB/octave";
    Nofilf "nofilf" 145 I16 "Notch filter frequency, Hz";
    Nofils "nofils" 147 I16 "Notch filter slope, dB/octave";
    Lcf "lcf" 149 I16 "Low-cut frequency, Hz";
    Hcf "hcf" 151 I16 "High-cut frequency, Hz";
    Lcs "lcs" 153 I16 "Low-cut slope, dB/octave";
    Hcs "hcs" 155 I16 "High-cut slope, dB/octave";
    Year "year" 157 I16 "Year data recorded";
    Day "day" 159 I16 "Day of year";
    Hour "hour" 161 I16 "Hour of day";
    Minute "minute" 163 I16 "Minute of hour";
    Sec "sec" 165 I16 "Second of minute";
    Timbas "timbas" 167 I16 "Time basis code";
    Trwf "trwf" 169 I16 "Trace weighting factor";
    Grnors "grnors" 171 I16 "Geophone group number of roll switch position one";
    Grnofr "grnofr" 173 I16 "Geophone group number of the first trace of the field record";
    Grnlof "grnlof" 175 I16 "Geophone group number of the last trace of the field record";
    Gaps "gaps" 177 I16 "Gap size";
    Otrav "otrav" 179 I16 "Over travel of the taper";
    Cdpx "cdpx" 181 I32 "Coordinate X of the ensemble position";
    Cdpy "cdpy" 185 I32 "Coordinate Y of the ensemble position";
    Iline "iline" 189 I32 "In-line number";
    Xline "xline" 193 I32 "Cross-line number";
    Sp "sp" 197 I32 "Shotpoint number";
    Scalsp "scalsp" 201 I16 "Scalar of the shotpoint number";
    Trunit "trunit" 203 I16 "Unit of the samples";
    Tdcm "tdcm" 205 I32 "Transduction constant, mantissa";
    Tdcp "tdcp" 209 I16 "Transduction constant, power of ten";
    Tdunit "tdunit" 211 I16 "Transduction units";
    Triden "triden" 213 I16 "Device or trace identifier";
    Sctrh "sctrh" 215 I16 "Scalar of times (bytes 95-114)";
    Stype "stype" 217 I16 "Source type and orientation";
    Sedv "sedv" 219 I16 "Source energy direction, vertical, tenths of a degree";
    Sedx "sedx" 221 I16 "Source energy direction, cross-line, tenths of a degree";
    Sedi "sedi" 223 I16 "Source energy direction, in-line, tenths of a degree";
    Smm "smm" 225 I32 "Source measurement, mantissa";
    Sme "sme" 229 I16 "Source measurement, power of ten";
    Smunit "smunit" 231 I16 "Source measurement unit";
    Uint1 "uint1" 233 I32 "Unassigned, or the first half of the name of the header (revision 2)";
    Uint2 "uint2" 237 I32 "Unassigned, or the second half of the name of the header (revision 2)";
}

/// Other names in use.
const ALIASES: [(&str, Field); 12] = [
    ("ffid", Field::Fldr),
    ("chan", Field::Tracf),
    ("il", Field::Iline),
    ("inline", Field::Iline),
    ("xl", Field::Xline),
    ("crossline", Field::Xline),
    ("cdp_x", Field::Cdpx),
    ("cdp_y", Field::Cdpy),
    ("shotpoint", Field::Sp),
    ("source_x", Field::Sx),
    ("source_y", Field::Sy),
    ("receiver_x", Field::Gx),
];

impl Field {
    /// Its row of the table.
    #[must_use]
    pub const fn definition(self) -> &'static FieldDefinition {
        &DEFINITIONS[self as usize]
    }

    /// Its name, such as `sx`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.definition().name
    }

    /// The field of a name; capitals do not matter, and common other names are known.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        let known = FIELDS.into_iter().find(|field| field.name() == name);
        known.or_else(|| ALIASES.iter().find(|(alias, _)| *alias == name).map(|(_, field)| *field))
    }
}

impl std::fmt::Display for Field {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The fields fill the 240 bytes without gaps or overlaps.
    #[test]
    fn fields_fill_the_header() {
        let mut byte = 1;
        for field in FIELDS {
            assert_eq!(field.definition().byte, byte, "{field}");
            byte += field.definition().number.size();
        }
        assert_eq!(byte, 241);
    }

    #[test]
    fn names_are_found() {
        assert_eq!(Field::named("FFID"), Some(Field::Fldr));
        assert_eq!(Field::named("gx"), Some(Field::Gx));
        assert_eq!(Field::named("gz"), None);
        let bytes =
            [(Field::Fldr, 9), (Field::Trid, 29), (Field::Scalco, 71), (Field::Sx, 73), (Field::Gy, 85)];
        for (field, byte) in
            bytes.into_iter().chain([(Field::Ns, 115), (Field::Dt, 117), (Field::Sctrh, 215)])
        {
            assert_eq!(field.definition().byte, byte);
        }
    }
}
