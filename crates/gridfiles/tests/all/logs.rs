//! Well logs: LAS of both versions, wrapped and not, and columns of text.

use std::path::Path;

use gridfiles::log::las::{File, write};
use gridfiles::log::{DepthUnit, Log, Quantity, columns};

pub(crate) const UNWRAPPED: &str = "~VERSION INFORMATION
 VERS.                  2.0 :   CWLS LOG ASCII STANDARD - VERSION 2.0
 WRAP.                   NO :   ONE LINE PER DEPTH STEP
# a comment
~WELL INFORMATION
 STRT.FT        1000.0 : START DEPTH
 STOP.FT        1002.0 : STOP DEPTH
 STEP.FT           0.5 : STEP
 NULL.         -999.25 : NULL VALUE
 WELL.   ANY ET AL A:9 : WELL
~CURVE INFORMATION
 DEPT.FT               : 1 DEPTH
 DT  .US/FT   60 520 32 : 2 SONIC
 RHOB.G/C3             : 3 DENSITY
~PARAMETER INFORMATION
 BHT .DEGC        35.5 : TEMPERATURE
~OTHER
 free text: without any rule
~A  DEPTH  DT  RHOB
 1000.0  100.0    2.5
 1000.5  -999.25  2.6
 1001.0  80.0     -999.25
 1001.5  50.0     2.7
 1002.0  40.0     2.8
";

pub(crate) fn open(text: &str) -> Result<File, String> {
    File::from_bytes(Path::new("a.las"), text.as_bytes().to_vec()).map_err(|error| error.to_string())
}

#[test]
fn las() {
    let file = open(UNWRAPPED).unwrap();
    assert_eq!(file.curves().len(), 3);
    assert_eq!(file.well()[4].value, "ANY ET AL A:9");
    assert_eq!(file.parameters()[0].unit, "DEGC");
    let sonic = file.log(None).unwrap();
    assert_eq!((sonic.quantity, sonic.unit.as_str(), sonic.missing), (Quantity::PVelocity, "m/s", 1));
    let depths = [1000.0, 1001.0, 1001.5, 1002.0].map(|feet| feet * 0.3048);
    assert_eq!(sonic.depth_m, depths);
    // 100 us/ft are 3048 m/s.
    let expected = [3048.0, 3810.0, 6096.0, 7620.0];
    assert!(sonic.values.iter().zip(expected).all(|(found, expected)| (found - expected).abs() < 1e-9));
    let density = file.log(Some("rhob")).unwrap();
    assert_eq!((density.values, density.unit.as_str()), (vec![2500.0, 2600.0, 2700.0, 2800.0], "kg/m3"));
}

/// Samples over several lines, version 1.2, slowness per metre, depths that fall.
#[test]
fn wrapped() {
    let text = "~V\nVERS. 1.2:\nWRAP. YES:\n~W\nSTRT.M 20:\nSTOP.M 10:\nSTEP.M -10:\nNULL. -9999:\n~C\nDEPTH.M :\nA.:\nDTC.us/m:\n~A\n20\n1 200\n10\n2\n400\n";
    let log = open(text).unwrap().log(None).unwrap();
    assert_eq!((log.depth_m, log.values), (vec![10.0, 20.0], vec![2500.0, 5000.0]));
}

#[test]
fn written_logs_are_read_back() {
    let log = |quantity, unit: &str| Log {
        depth_m: vec![10.0, 10.5, 11.0],
        values: vec![1500.0, 1600.125, 1.0 / 3.0],
        quantity,
        unit: unit.to_owned(),
        missing: 0,
    };
    let (vp, rho) = (log(Quantity::PVelocity, "m/s"), log(Quantity::Density, "kg/m3"));
    let mut bytes = Vec::new();
    write(&mut bytes, "A: 1", &[("VP", &vp), ("RHOB", &rho)]).unwrap();
    let file = File::from_bytes(Path::new("a.las"), bytes).unwrap();
    assert_eq!((file.log(None).unwrap(), file.log(Some("RHOB")).unwrap()), (vp, rho));
    assert!(write(Vec::new(), "w", &[]).is_err());
}

#[test]
fn columns_of_text() {
    let read = |text: &str, options: &columns::ReadOptions| {
        columns::from_bytes(Path::new("a.csv"), text.as_bytes().to_vec(), options)
            .map(|log| (log.depth_m, log.values))
            .map_err(|error| error.to_string())
    };
    let plain = columns::ReadOptions::default();
    let expected = Ok((vec![1.0, 3.0], vec![1500.0, 2000.0]));
    assert_eq!(read("depth_m,vp_m_per_s\n1,1500\n2,\n3,2000\n", &plain), expected);
    assert_eq!(read("\u{feff}# made by hand\nMD (m);Vp [km/s]\n1;1.5\n2;NaN\n3;2\n", &plain), expected);
    assert_eq!(
        read("gr\tdepth_m\tdt_us/m\n7\t3\t500\n7\t1\t666.6666666666666\n", &plain).unwrap().0,
        [1.0, 3.0]
    );
    let given = columns::ReadOptions {
        depth: Some("along".to_owned()),
        value: Some("C".to_owned()),
        depth_unit: Some(DepthUnit::Foot),
        value_unit: Some("anything".to_owned()),
        null: Some(-1.0),
        si_units: false,
    };
    assert_eq!(read("along,c\n10,5\n20,-1\n", &given), Ok((vec![3.048], vec![5.0])));
    let si = columns::ReadOptions { si_units: true, ..plain.clone() };
    assert_eq!(read("depth,vp\n1,1500\n", &si), Ok((vec![1.0], vec![1500.0])));
    assert_eq!(read("depth_ft,vp (km/s)\n10,1.5\n", &si), Ok((vec![3.048], vec![1500.0])));
    let fault = |text: &str| read(text, &plain).unwrap_err();
    assert_eq!(
        fault("depth,vp_m/s\n1,2\n"),
        "a.csv: line 1: the unit of depth is \"\", expected m or ft in its name, such as depth_m"
    );
    assert_eq!(
        fault("depth_m,vp\n1,2\n"),
        "a.csv: the unit of vp is \"\", expected us/ft, us/m, m/s, km/s or ft/s"
    );
    assert_eq!(fault("depth_m,gr\n1,2\n"), "a.csv: line 1: no column vp or dt; the file has depth, gr");
    assert_eq!(fault("depth_m,vp_m/s\n1,2,3\n"), "a.csv: line 2: 3 values, expected 2, one for each column");
    assert_eq!(fault("depth_m,vp_m/s\n1,x\n"), "a.csv: line 2: \"x\" in column 2 (vp), expected a number");
    assert_eq!(fault("depth_m,vp_m/s\n1,-5\n"), "a.csv: line 2: vp is -5, expected a finite number above 0");
    assert_eq!(
        fault("depth_m,vp_m/s\n1,5\n1,6\n"),
        "a.csv: line 3: depth 1 after 1: depths have to grow or fall all the way"
    );
    assert_eq!(fault("depth_m,vp_m/s\nNaN,5\n"), "a.csv: line 2: depth NaN, expected a finite number");
    assert_eq!(fault("depth_m,vp_m/s\n1,\n"), "a.csv: no samples with a value of vp (1 without)");
}
