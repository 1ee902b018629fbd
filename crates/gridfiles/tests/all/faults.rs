//! Files with one fault each: the exact error.

use std::path::Path;

use gridfiles::netcdf::{Missing, Version};
use gridfiles::vti::Encoding;
use gridfiles::{Axis, GridFileError, NumberType, netcdf, raw, rsf, vti};

use super::logs::{UNWRAPPED, open};
use super::made::array;

fn read_rsf(bytes: &[u8]) -> String {
    let file = rsf::File::from_bytes(Path::new("a.rsf"), bytes.to_vec(), &rsf::ReadOptions::default());
    file.and_then(|file| file.read()).unwrap_err().to_string()
}

#[test]
fn rsf() {
    let mut good = Vec::new();
    rsf::write(&mut good, &array(&[2, 3], NumberType::F32), &rsf::WriteOptions::default()).unwrap();
    let with = |text: &str| {
        let mut bytes = format!("n1=3 n2=2 {text} ").into_bytes();
        bytes.extend(b"\x0c\x0c\x04");
        bytes.extend([0; 24]);
        bytes
    };
    let rows: &[(&[u8], &str)] = &[
        (b"", "a.rsf: the file is empty"),
        (
            b"\x89HDF\r\n\x1a\n\0\0\0",
            "a.rsf: byte 7: byte 0x1a in the text of the header; an RSF file begins with `key=value` pairs, and this is another kind of file",
        ),
        (
            &good[..good.len() - 1],
            "a.rsf: 23 bytes of numbers, expected 24 for [3, 2] numbers (n1 first) of 4 bytes",
        ),
        (
            b"n1=3 d1=1",
            "a.rsf: in: the header has no numbers behind it and names no file with them; expected in=\"FILE\", or the bytes 0x0c 0x0c 0x04 and the numbers",
        ),
        (
            b"\n\nin='/nowhere/b.bin'\nn1=3",
            "a.rsf: line 3: in: in=\"/nowhere/b.bin\" cannot be opened: No such file or directory (os error 2); copy the file with the numbers there, or correct `in`",
        ),
        (b"label=\"a", "a.rsf: line 1: the quotation mark \" does not end"),
        (
            b"d1=3 \x0c\x0c\x04abcd",
            "a.rsf: n1: missing; an RSF header has the lengths n1, n2, ... of the axes",
        ),
        (&with("n2=-4"), "a.rsf: line 1: n2: found \"-4\", expected a whole number from 1 on"),
        (
            &with("n1=18446744073709551615 n2=9"),
            "a.rsf: 24 bytes of numbers, expected more than can be counted for [18446744073709551615, 9] numbers (n1 first) of 4 bytes",
        ),
        (&with("o1=here"), "a.rsf: line 1: o1: found \"here\", expected a finite number"),
        (&with("d2=0"), "a.rsf: line 1: d2: found \"0\", expected a finite number other than 0"),
        (
            &with("data_format=native_half"),
            "a.rsf: line 1: data_format: data_format \"native_half\", expected native_, xdr_ or ascii_ with float, double, int, short or uchar, such as native_float",
        ),
        (
            &with("data_format=native_complex esize=8"),
            "a.rsf: line 1: data_format: data_format \"native_complex\": complex numbers are not read here, expected real ones; take a part with `sfreal` or `sfimag`",
        ),
        (
            &with("esize=8"),
            "a.rsf: line 1: esize: esize=8, but data_format \"native_float\" has 4 bytes for a number; correct one of them",
        ),
        (
            b"n1=2 data_format=ascii_float \x0c\x0c\x04 1.5 x",
            "a.rsf: number 1 (counted from 0) is \"x\", expected a number such as 1500.0",
        ),
        (b"n1=2 data_format=ascii_float \x0c\x0c\x04 1.5 2 3", "a.rsf: 3 numbers in text, expected 2"),
        (
            b"n1=900 data_format=ascii_float \x0c\x0c\x04 1.5 2",
            "a.rsf: 6 bytes of numbers, expected 1800 for [900] numbers (n1 first) of 4 bytes",
        ),
        (
            b"n1=2 data_format=ascii_float \x0c\x0c\x04 1.5 nan",
            "a.rsf: value NaN at index [1] of the shape [2], expected a finite number",
        ),
    ];
    for (bytes, expected) in rows {
        assert_eq!(read_rsf(bytes), *expected);
    }
    assert!(
        read_rsf(&vec![b' '; 1 << 21]).starts_with("a.rsf: the header does not end within 1048576 bytes")
    );
    // A file of the same name beside the header is proposed.
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("b.bin"), [0; 12]).unwrap();
    std::fs::write(folder.path().join("a.rsf"), "n1=3 in=/nowhere/b.bin").unwrap();
    let error = rsf::File::open(&folder.path().join("a.rsf"), &rsf::ReadOptions::default()).unwrap_err();
    assert!(error.to_string().ends_with("b.bin: correct it"), "{error}");
    let bad = rsf::header_of(&array(&[2, 3], NumberType::F32), &rsf::WriteOptions::default(), Some("a\"'b"));
    let expected =
        "RSF: \"a\\\"'b\" has both kinds of quotation marks or a line end, which an RSF header cannot hold";
    assert_eq!(bad.unwrap_err().to_string(), expected);
}

#[test]
fn raw() {
    let read = |bytes: usize, description: &raw::Description| {
        raw::from_bytes(Path::new("vp.bin"), vec![0; bytes], description).unwrap_err().to_string()
    };
    let of = |shape: [usize; 2]| raw::Description::new(shape.map(Axis::of_len).to_vec());
    assert_eq!(
        read(96, &of([3, 5])),
        "vp.bin: 96 bytes, expected 60 for [3, 5] numbers of type f32; these would fit: the shape [3, 8], a header of 36 bytes in front"
    );
    assert_eq!(
        read(120, &of([3, 5])),
        "vp.bin: 120 bytes, expected 60 for [3, 5] numbers of type f32; these would fit: the shape [6, 5], the shape [3, 10], the type f64, a header of 60 bytes in front"
    );
    assert_eq!(
        read(68, &of([3, 5])),
        "vp.bin: 68 bytes, expected 60 for [3, 5] numbers of type f32; these would fit: the record marks of Fortran (4 bytes in front and 4 behind)"
    );
    assert_eq!(
        read(4, &of([usize::MAX, 5])),
        "vp.bin: 4 bytes, expected more than can be counted for [18446744073709551615, 5] numbers of type f32"
    );
    assert_eq!(
        read(4, &raw::Description { skip: 5, ..of([1, 1]) }),
        "vp.bin: 5 bytes are to be left out, but the file has 4"
    );
    assert_eq!(read(0, &of([1, 1])), "vp.bin: the file is empty");
    let nan = raw::from_bytes(Path::new("vp.bin"), f32::NAN.to_le_bytes().to_vec(), &of([1, 1])).unwrap_err();
    assert_eq!(
        nan.to_string(),
        "vp.bin: value NaN at index [0, 0] of the shape [1, 1], expected a finite number"
    );
}

fn read_netcdf(bytes: Vec<u8>) -> Result<Vec<f64>, GridFileError> {
    netcdf::File::from_bytes(Path::new("a.nc"), bytes)?.array("vp", Missing::Refuse).map(|array| array.values)
}

#[test]
fn netcdf() {
    let good = super::netcdf::written(Version::Cdf1, NumberType::F32, &array(&[2, 3], NumberType::F32));
    assert!(read_netcdf(good.clone()).is_ok());
    let changed = |at: usize, bytes: &[u8]| {
        let mut changed = good.clone();
        changed[at..at + bytes.len()].copy_from_slice(bytes);
        read_netcdf(changed).unwrap_err().to_string()
    };
    let find = |what: &[u8]| good.windows(what.len()).position(|window| window == what).unwrap();
    let say = |bytes: &[u8]| read_netcdf(bytes.to_vec()).unwrap_err().to_string();
    assert_eq!(say(b""), "a.nc: the file is empty");
    assert_eq!(
        say(b"\x89HDF\r\n"),
        "a.nc: begins with the bytes [89, 48, 44, 46], expected 43 44 46 (CDF) and 1, 2 or 5; this is HDF5 or netCDF-4, which the importer `hdf5` reads"
    );
    assert_eq!(
        say(b"text"),
        "a.nc: begins with the bytes [74, 65, 78, 74], expected 43 44 46 (CDF) and 1, 2 or 5; this is no netCDF file"
    );
    assert_eq!(
        say(&good[..90]),
        "a.nc: byte 91: the header needs 4 more bytes here, but the file has 0: it is truncated; copy it again"
    );
    assert_eq!(
        say(&good[..good.len() - 4]),
        format!(
            "a.nc: variable vp: shape [2, 3] ends at byte {}, but the file has {} bytes: it is truncated; copy it again",
            good.len(),
            good.len() - 4
        )
    );
    assert_eq!(
        changed(8, &[0, 0, 0, 9]),
        "a.nc: byte 9: mark 0x9, expected 0xa or 0 before a list of dimensions; the file is damaged"
    );
    let most = (good.len() - 16) / 8;
    assert_eq!(
        changed(12, &[0x7f, 0, 0, 0]),
        format!(
            "a.nc: byte 13: 2130706432 dimensions, expected at most {most}, which is what the file has space for"
        )
    );
    // The length of z: 2000000002 instead of 2.
    let z = find(b"z\0\0\0") + 4;
    assert!(
        changed(z, &0x7735_9402_u32.to_be_bytes())
            .starts_with("a.nc: variable z: shape [2000000002] ends at byte 1600000")
    );
    let coordinates = find(&5.0_f64.to_be_bytes());
    assert_eq!(
        changed(coordinates, &7.5_f64.to_be_bytes()),
        "a.nc: variable z: coordinate 0 of z is 7.5, expected 7.5 on an even axis; resample the array to an even spacing"
    );
    let x = find(&650_000.25_f64.to_be_bytes()) + 8;
    assert_eq!(
        changed(x, &650_013.0_f64.to_be_bytes()),
        "a.nc: variable x: coordinate 1 of x is 650013, expected 650012.75 on an even axis; resample the array to an even spacing"
    );
    let first = find(&3.125_f32.to_be_bytes());
    assert_eq!(
        changed(first, &f32::NAN.to_be_bytes()),
        "a.nc: variable vp: value NaN at index [0, 0] of the shape [2, 3], expected a finite number"
    );
    let down = find(b"down");
    assert_eq!(
        changed(down, b"side"),
        "a.nc: variable z: attribute positive is \"side\", expected up or down"
    );
    let none = netcdf::File::from_bytes(Path::new("a.nc"), good.clone()).unwrap();
    let none = none.array("vs", Missing::Refuse).unwrap_err().to_string();
    assert_eq!(none, "a.nc: variable vs: does not exist; the file has z, x, vp");
    let small = super::netcdf::written(Version::Cdf5, NumberType::I16, &array(&[2, 3], NumberType::I16));
    let mut old = small;
    old[3] = 1;
    assert!(read_netcdf(old).is_err());
}

/// Missing values are counted, or NaN.
#[test]
fn missing_values() {
    let mut bytes = super::netcdf::written(Version::Cdf1, NumberType::F32, &array(&[2, 3], NumberType::F32));
    // `long_name` = "velocity" becomes `valid_max`, a double.
    let at = bytes.windows(9).position(|window| window == b"long_name").unwrap();
    bytes[at..at + 9].copy_from_slice(b"valid_max");
    bytes[at + 12..at + 16].copy_from_slice(&6_u32.to_be_bytes());
    bytes[at + 16..at + 20].copy_from_slice(&1_u32.to_be_bytes());
    bytes[at + 20..at + 28].copy_from_slice(&6.5_f64.to_be_bytes());
    let error = read_netcdf(bytes.clone()).unwrap_err().to_string();
    assert_eq!(
        error,
        "a.nc: variable vp: 2 of 6 values are missing (`_FillValue`, `missing_value` or outside the valid range), the first at index 4; fill them, or read them as NaN"
    );
    let file = netcdf::File::from_bytes(Path::new("a.nc"), bytes).unwrap();
    let values = file.array("vp", Missing::Nan).unwrap().values;
    assert_eq!(values[..4], [3.125, 4.125, 5.125, 6.125]);
    assert!(values[4].is_nan() && values[5].is_nan());
}

#[test]
fn vti() {
    let options = |encoding| vti::WriteOptions { encoding, compressed: false, number: NumberType::F32 };
    let text = |encoding| {
        let bytes = super::vti::written(&options(encoding), &array(&[2, 3], NumberType::F32));
        String::from_utf8_lossy(&bytes).into_owned()
    };
    let say = |bytes: &[u8]| {
        let file = vti::File::from_bytes(Path::new("a.vti"), bytes.to_vec());
        file.and_then(|file| file.array("vp", &vti::ReadOptions::default())).unwrap_err().to_string()
    };
    let ascii = text(Encoding::Ascii);
    let with = |from: &str, to: &str| {
        assert!(ascii.contains(from), "{from}");
        say(ascii.replace(from, to).as_bytes())
    };
    assert_eq!(say(b""), "a.vti: the file is empty");
    assert_eq!(
        say(b"x,y\n1,2\n"),
        "a.vti: not XML: no element; a .vti file is XML that begins with <VTKFile>"
    );
    assert_eq!(
        say(b"\x89PNG"),
        "a.vti: byte 1: not XML: a byte that is not UTF-8; a .vti file is XML that begins with <VTKFile>"
    );
    assert_eq!(
        say(b"<html></html>"),
        "a.vti: byte 1: the element <html>, expected <VTKFile>; this is another kind of file"
    );
    assert_eq!(
        with("\"ImageData\"", "\"PolyData\""),
        "a.vti: byte 23: type \"PolyData\", expected \"ImageData\": an even grid; resample it in ParaView (Resample To Image)"
    );
    assert_eq!(
        say(&ascii.as_bytes()[..300]),
        "a.vti: the file ends before </VTKFile>: it is truncated; copy it again"
    );
    assert_eq!(
        with("header_type=\"UInt64\"", "header_type=\"UInt16\""),
        "a.vti: byte 23: header_type=\"UInt16\", expected UInt32 or UInt64"
    );
    assert_eq!(
        with("header_type", "compressor=\"vtkLZ4DataCompressor\" header_type"),
        "a.vti: byte 23: compressor=\"vtkLZ4DataCompressor\", expected none or vtkZLibDataCompressor; write the file again with zlib or without compression"
    );
    let image = "a.vti: byte 111: ";
    assert_eq!(
        with("Origin=", "Direction=\"0 1 0 1 0 0 0 0 1\" Origin="),
        format!(
            "{image}Direction=\"0 1 0 1 0 0 0 0 1\", expected the identity: axes that are turned are not read; resample the image along x, y and z"
        )
    );
    assert_eq!(
        with("Spacing=\"12.5", "Spacing=\"-1"),
        format!("{image}Spacing=\"-1 12.5 2.5\", expected three finite numbers above 0")
    );
    assert_eq!(
        with(" Spacing=\"12.5 12.5 2.5\"", ""),
        format!("{image}<ImageData> has no attribute Spacing")
    );
    assert_eq!(
        with("WholeExtent=\"0 2", "WholeExtent=\"0 9999999999"),
        format!(
            "{image}WholeExtent=\"0 9999999999 0 0 0 1\", expected six whole numbers: first and last index of x, y and z"
        )
    );
    assert_eq!(
        with("WholeExtent=\"0 2", "WholeExtent=\"0 3"),
        "a.vti: the piece has the extent [[0, 2], [0, 0], [0, 1]], expected [[0, 3], [0, 0], [0, 1]] as WholeExtent"
    );
    assert_eq!(
        with(
            "<Piece Extent=\"0 2 0 0 0 1\">",
            "<Piece Extent=\"0 2 0 0 0 1\"/><Piece Extent=\"0 2 0 0 0 1\">"
        ),
        "a.vti: 2 pieces, expected 1 that has the whole extent; write the image as one piece"
    );
    assert_eq!(with("Name=\"vp\"", "Name=\"vs\""), "a.vti: array vp: does not exist; the file has vs, a<b");
    assert_eq!(
        with("Name=\"vp\"", "Name=\"vp\" NumberOfComponents=\"3\""),
        "a.vti: array vp: 3 numbers at each point, expected 1; take one component (Calculator in ParaView)"
    );
    assert_eq!(with("4.125", "4.125 5"), "a.vti: array vp: 7 numbers, expected 6 from the extent");
    assert_eq!(
        with("4.125", "four"),
        "a.vti: array vp: number 1 (counted from 0) is \"four\", expected a number"
    );
    assert_eq!(
        with("4.125", "nan"),
        "a.vti: array vp: value NaN at index [0, 0, 1] of the shape [2, 1, 3], expected a finite number"
    );
    assert_eq!(
        with("0 2 0 0 0 1", "0 2147483646 0 2147483646 0 2147483646"),
        "a.vti: array vp: a grid of [2147483647, 2147483647, 2147483647] points (z, y, x) has more than can be counted"
    );
    assert_eq!(
        with("0 2 0 0 0 1", "0 2147483646 0 2147483646 0 0"),
        "a.vti: array vp: 19 numbers, expected 4611686014132420609 from the extent"
    );
    let base64 = text(Encoding::Base64);
    let line = base64.lines().nth(6).unwrap();
    assert_eq!(
        say(base64.replace(line, "!!!!!!!!!!!!").as_bytes()),
        "a.vti: array vp: not base64: Invalid symbol 33, offset 0."
    );
    assert_eq!(
        say(base64.replace(line, &line[..20]).as_bytes()),
        "a.vti: array vp: 15 bytes are left, expected 32: the file is truncated or its header damaged"
    );
    let raw = super::vti::written(&options(Encoding::Raw), &array(&[2, 3], NumberType::F32));
    let begin = raw.windows(2).position(|window| window == b"\n_").unwrap() + 2;
    assert_eq!(
        say(&raw[..begin + 20]),
        "a.vti: array vp: 12 bytes are left, expected 24: the file is truncated or its header damaged"
    );
    let far = String::from_utf8_lossy(&raw[..begin]).replace("offset=\"0\"", "offset=\"999\"").into_bytes();
    assert_eq!(say(&far), "a.vti: array vp: begins at byte 999 of the appended data, which have 0");
    let packed = vti::WriteOptions { compressed: true, ..options(Encoding::Raw) };
    let packed = super::vti::written(&packed, &array(&[2, 3], NumberType::F32));
    let begin = packed.windows(2).position(|window| window == b"\n_").unwrap() + 2;
    let mut damaged = packed.clone();
    damaged[begin + 32] ^= 0xff;
    assert_eq!(
        say(&damaged),
        "a.vti: array vp: block 0 (counted from 0) does not decompress to 24 bytes; the file is damaged"
    );
    let mut damaged = packed;
    damaged[begin + 16] = 99;
    assert_eq!(say(&damaged), "a.vti: array vp: compressed blocks of 99 bytes in all, expected 24");
}

#[test]
fn las() {
    let with = |from: &str, to: &str| {
        assert!(UNWRAPPED.contains(from), "{from}");
        match open(&UNWRAPPED.replacen(from, to, 1)) {
            Ok(file) => file.log(None).unwrap_err().to_string(),
            Err(message) => message,
        }
    };
    let say = |text: &str| open(text).unwrap_err();
    assert_eq!(say(""), "a.las: the file is empty");
    assert_eq!(say("\u{1}\u{2}"), "a.las: byte 1: not text: it has bytes such as 0x01; expected a text file");
    assert_eq!(
        say("depth,vp\n1,2\n"),
        "a.las: line 1: begins with \"depth,vp\", expected a section such as ~VERSION: this is no LAS file"
    );
    assert_eq!(
        say(UNWRAPPED.split_once("~A").unwrap().0),
        "a.las: no section ~A; the file is truncated or no LAS file"
    );
    assert_eq!(
        with("2.0 :", "3.0 :"),
        "a.las: line 2: LAS version \"3.0\", expected 1.2 or 2.0; convert the file"
    );
    assert_eq!(with("NO :", "MAYBE :"), "a.las: line 3: WRAP is \"MAYBE\", expected YES or NO");
    assert_eq!(with("NULL.", "NONE."), "a.las: no entry NULL in the section ~W");
    assert_eq!(
        with(" STEP.FT           0.5 : STEP", " STEP"),
        "a.las: line 8: \"STEP\", expected MNEMONIC.UNIT VALUE : DESCRIPTION"
    );
    assert_eq!(with("100.0 ", "fast "), "a.las: line 20: \"fast\" in column 2 (DT), expected a number");
    assert_eq!(with("100.0 ", "100.0 7 "), "a.las: line 20: 4 values, expected 3, one for each column");
    assert_eq!(with("100.0 ", "-100.0 "), "a.las: line 20: DT is -100, expected a finite number above 0");
    assert_eq!(
        with(" DT  .US/FT", " DT  .S"),
        "a.las: the unit of DT is \"S\", expected us/ft, us/m, m/s, km/s or ft/s"
    );
    assert_eq!(with(" DT  .", " GR  ."), "a.las: no curve DT or VP; the file has DEPT, GR, RHOB");
    assert_eq!(
        with(" DEPT.FT", " DEPT.M "),
        "a.las: line 6: the unit of STRT is \"FT\", expected that of the first curve"
    );
    assert_eq!(with(" DEPT.FT", " TIME.MS"), "a.las: line 12: the unit of TIME is \"MS\", expected M or FT");
    assert_eq!(
        with(" 1001.0  80.0", " 999.0  80.0"),
        "a.las: line 22: depth 999 after 1000.5: depths have to grow or fall all the way"
    );
    assert_eq!(
        with(" 1002.0  40.0     2.8\n", ""),
        "a.las: line 23: the last depth is 1001.5, but the header has STOP = 1002: the file is truncated or its header wrong"
    );
    assert_eq!(
        say(&UNWRAPPED.replace("NO :", "YES :").replace("  40.0     2.8", "")),
        "a.las: line 24: 1 values, expected 3, one for each column"
    );
}

#[test]
fn paths_that_are_no_files() {
    let folder = tempfile::tempdir().unwrap();
    let none = folder.path().join("none");
    let errors = |path: &Path| {
        [
            rsf::File::open(path, &rsf::ReadOptions::default()).err(),
            raw::read(path, &raw::Description::new(vec![Axis::of_len(1)])).err(),
            netcdf::File::open(path).err(),
            vti::File::open(path).err(),
            gridfiles::log::las::File::open(path).err(),
            gridfiles::log::columns::read(path, &gridfiles::log::columns::ReadOptions::default()).err(),
        ]
    };
    for error in errors(&none) {
        assert!(error.unwrap().to_string().contains("none: cannot be opened: "));
    }
    for error in errors(folder.path()) {
        assert!(error.unwrap().to_string().ends_with(": is not a regular file"));
    }
}
