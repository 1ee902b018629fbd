//! Collections of VTK files over time (`.pvd`), which ParaView opens as one data set with a slider.
//!
//! # Source
//! ParaView documentation, "PVD File Format".

use crate::vti::escaped;

/// The text of a collection.
///
/// `files` are pairs of a time, in s, or a number of a stage, and a path relative to the collection.
#[must_use]
pub fn text(files: &[(f64, String)]) -> String {
    let mut text = String::from(
        "<?xml version=\"1.0\"?>\n<VTKFile type=\"Collection\" version=\"0.1\" byte_order=\"LittleEndian\">\n<Collection>\n",
    );
    for (time, file) in files {
        text += &format!("<DataSet timestep=\"{time}\" group=\"\" part=\"0\" file=\"{}\"/>\n", escaped(file));
    }
    text + "</Collection>\n</VTKFile>\n"
}

#[cfg(test)]
mod tests {
    /// The exact text; names are escaped.
    #[test]
    fn snapshot() {
        assert_eq!(
            super::text(&[(0.0, "a&b.vti".to_owned()), (0.5, "c.vti".to_owned())]),
            "<?xml version=\"1.0\"?>\n<VTKFile type=\"Collection\" version=\"0.1\" byte_order=\"LittleEndian\">\n\
             <Collection>\n<DataSet timestep=\"0\" group=\"\" part=\"0\" file=\"a&amp;b.vti\"/>\n\
             <DataSet timestep=\"0.5\" group=\"\" part=\"0\" file=\"c.vti\"/>\n</Collection>\n</VTKFile>\n"
        );
    }
}
