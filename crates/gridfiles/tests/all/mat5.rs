//! MATLAB files: the exact bytes, and names and types that are refused.

use gridfiles::mat5::{Variable, write};
use gridfiles::{Array, Axis, NumberType};

/// vp(z, x) of 2 x 3 singles: the first index is the fastest in the file.
#[test]
fn snapshot() {
    let array =
        Array::new(vec![Axis::of_len(2), Axis::of_len(3)], vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]).unwrap();
    let mut bytes = Vec::new();
    write(&mut bytes, &[Variable { name: "vp", array: &array, number: NumberType::F32 }]).unwrap();
    assert!(bytes.starts_with(b"MATLAB 5.0 MAT-file"));
    assert_eq!(bytes[124..128], *b"\x00\x01IM");
    let words: Vec<u32> =
        bytes[128..].chunks(4).map(|word| u32::from_le_bytes(word.try_into().unwrap())).collect();
    let name = u32::from_le_bytes(*b"vp\0\0");
    let numbers = [1.0_f32, 4.0, 2.0, 5.0, 3.0, 6.0].map(f32::to_bits);
    let head = [14, 80, 6, 8, 7, 0, 5, 8, 2, 3, 1, 2, name, 0, 7, 24];
    assert_eq!(words, [&head[..], &numbers].concat());
}

#[test]
fn refused() {
    let array = Array::new(vec![Axis::of_len(1)], vec![1.0]).unwrap();
    let say = |names: &[&str], number| {
        let variables: Vec<Variable<'_>> =
            names.iter().map(|name| Variable { name, array: &array, number }).collect();
        write(Vec::new(), &variables).unwrap_err().to_string()
    };
    let expected = "MATLAB: variable \"1vp\": the name \"1vp\", expected a letter and at most 62 more letters, digits or underscores";
    assert_eq!(say(&["1vp"], NumberType::F64), expected);
    assert!(say(&["a", "a"], NumberType::F64).ends_with("occurs twice"));
    assert!(say(&["a"], NumberType::I8).ends_with("numbers of type i8, expected f32 or f64"));
}
