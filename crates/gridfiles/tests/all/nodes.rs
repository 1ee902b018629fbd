//! Text with one node a line: what is read, the faults with their lines, and damaged files.

use std::path::Path;

use gridfiles::cf::Role;
use gridfiles::nodes::File;
use proptest::prelude::*;

fn read(text: &str, coordinates: Option<&[Role]>) -> Result<File, String> {
    File::from_bytes(Path::new("a.csv"), text.into(), coordinates).map_err(|error| error.to_string())
}

/// The fault of a file, in reading it or its only column.
fn fault(text: &str) -> String {
    match read(text, None) {
        Err(error) => error,
        Ok(file) => {
            let name = file.names().next().unwrap().to_owned();
            file.array(&name).unwrap_err().to_string()
        }
    }
}

/// Names, units, separators, comments and any order of lines.
#[test]
fn texts_of_other_programs() {
    let expected = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
    for text in [
        "x_m,z_m,vp_m_per_s\n0,0,1\n5,0,2\n10,0,3\n0,2,4\n5,2,5\n10,2,6\n",
        "# a model\nDepth (m);x [m];vp (m/s)\n2;10;6\n2;5;5\n2;0;4\n\n0;10;3\n0;5;2\n0;0;1\n",
        "0 0 1\n0 2 4\n5 0 2\n5 2 5\n10 0 3\n10 2 6\n",
        "\u{feff}z\tx\tvp\r\n0\t0\t1\r\n0\t5\t2\r\n0\t10\t3\r\n2\t0\t4\r\n2\t5\t5\r\n2\t10\t6\r\n",
    ] {
        let file = read(text, None).unwrap();
        let name = file.names().next().unwrap().to_owned();
        let array = file.array(&name).unwrap();
        assert_eq!(array.values, expected, "{text}");
        let axes: Vec<_> =
            array.axes.iter().map(|axis| (axis.role, axis.origin, axis.spacing, axis.len)).collect();
        let (z, x) = ((Some(Role::Z), Some(0.0), Some(2.0), 2), (Some(Role::X), Some(0.0), Some(5.0), 3));
        assert_eq!(axes, [z, x], "{text}");
    }
    let turned = read("0 0 1\n0 5 2\n2 0 3\n2 5 4\n", Some(&[Role::Z, Role::X])).unwrap();
    assert_eq!(turned.array("value").unwrap().axes[0].spacing, Some(2.0));
    let volume = "x,y,z,rho,vp\n0,0,0,1,10\n1,0,0,2,20\n0,1,0,3,30\n1,1,0,4,40\n0,0,1,5,50\n1,0,1,6,60\n0,1,1,7,70\n1,1,1,8,80\n";
    let file = read(volume, None).unwrap();
    assert_eq!(file.names().collect::<Vec<_>>(), ["rho", "vp"]);
    assert_eq!(file.array("vp").unwrap().values, [10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0]);
}

#[test]
fn faults_name_the_line() {
    for (text, says) in [
        ("x,z,vp\n", "a.csv: no line with the coordinates"),
        ("1,2\n", "a.csv: line 1: 2 columns without names, expected x, z, value"),
        ("a,b,vp\n1,2,3\n", "a.csv: line 1: the columns are a, b, vp, expected one named x and one named z"),
        ("x,z,vp\n0,0,1\n0,1\n", "a.csv: line 3: 2 columns, expected 3"),
        ("x,z,vp\n0,0,1\n0,1,abc\n", "a.csv: line 3: `abc` in column 3 (vp), expected a finite number"),
        ("x,z,vp\n0,0,1\n0,1,\n", "a.csv: line 3: `` in column 3 (vp)"),
        ("x,z,vp\n0,0,1\n0,1,NaN\n", "a.csv: line 3: `NaN` in column 3 (vp)"),
        (
            "x;z;vp\n0;0;1,5\n",
            "a.csv: line 2: `1,5` in column 3 (vp), expected a finite number with a decimal point",
        ),
        ("x,z,vp\n0,0,1\n1,0,1\n0,1,1\n0,0,2\n", "a.csv: line 5: the same position as in line 2"),
        (
            "x,z,vp\n0,0,1\n1,0,1\n0,1,1\n",
            "a.csv: 3 lines of nodes, and none at z 1, x 1; expected every node of a grid of 2 x 2 (z, x)",
        ),
        ("x,z,vp\n0,0,1\n1,0,1\n3,0,1\n", "a.csv: line 3: x is 1, expected 1.5 on an even grid"),
    ] {
        let found = fault(text);
        assert!(found.starts_with(says), "{found}");
    }
    let file = read("x,z,vp\n0,0,1\n", None).unwrap();
    let absent = file.array("x").unwrap_err().to_string();
    assert_eq!(absent, "a.csv: no column x; the columns of values are vp");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    /// Any text is read or refused, and a grid that is written in any order comes back.
    #[test]
    fn any_text(text in "[xz0-9,;. \n-]{0,200}") {
        if let Ok(file) = read(&text, None) {
            let names: Vec<String> = file.names().map(str::to_owned).collect();
            names.iter().for_each(|name| drop(file.array(name)));
        }
    }

    #[test]
    fn damaged_text(at in prop::collection::vec((0_usize..80, any::<u8>()), 1..6)) {
        let mut bytes = b"x_m,z_m,vp_m_per_s\n0,0,1\n5,0,2\n10,0,3\n0,2,4\n5,2,5\n10,2,6\n".to_vec();
        for (place, byte) in at {
            if let Some(of) = bytes.get_mut(place) {
                *of = byte;
            }
        }
        if let Ok(file) = File::from_bytes(Path::new("a.csv"), bytes, None) {
            let names: Vec<String> = file.names().map(str::to_owned).collect();
            names.iter().for_each(|name| drop(file.array(name)));
        }
    }

    #[test]
    fn grids_come_back(order in Just((0..12_usize).collect::<Vec<_>>()).prop_shuffle(), dx in 0.01_f64..1e3, x in -1e5_f64..1e5) {
        let line = |i: &usize| format!("{},{},{}\n", x + dx * (i % 4) as f64, 2.5 * (i / 4) as f64, i);
        let text = format!("x,z,v\n{}", order.iter().map(line).collect::<String>());
        let array = read(&text, None).unwrap().array("v").unwrap();
        prop_assert_eq!(array.values, (0..12).map(f64::from).collect::<Vec<_>>());
    }
}
