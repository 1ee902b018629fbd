//! What can be wrong with a VTK image file.

/// What is wrong with a VTK image file.
///
/// # Units
/// Bytes; indices count from 0.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VtiFault {
    /// The text is no XML.
    #[error("not XML: {problem}; a .vti file is XML that begins with <VTKFile>")]
    Xml {
        /// The message of the XML reader.
        problem: String,
    },
    /// The file is another kind of VTK file, or of XML.
    #[error("the element <{found}>, expected <{expected}>; this is another kind of file")]
    Element {
        /// The element.
        found: String,
        /// The expected one.
        expected: &'static str,
    },
    /// The type of the file is another one.
    #[error(
        "type {found:?}, expected \"ImageData\": an even grid; resample it in ParaView (Resample To Image)"
    )]
    Kind {
        /// The type.
        found: String,
    },
    /// The file ends within an element.
    #[error("the file ends before {expected}: it is truncated; copy it again")]
    Truncated {
        /// What is missing.
        expected: &'static str,
    },
    /// An attribute is missing.
    #[error("<{element}> has no attribute {attribute}")]
    NoAttribute {
        /// The element.
        element: &'static str,
        /// The attribute.
        attribute: &'static str,
    },
    /// An attribute has something else than expected.
    #[error("{attribute}=\"{found}\", expected {expected}")]
    Attribute {
        /// The attribute.
        attribute: &'static str,
        /// Its text.
        found: String,
        /// What is expected.
        expected: &'static str,
    },
    /// The axes of the grid are turned.
    #[error(
        "Direction=\"{found}\", expected the identity: axes that are turned are not read; resample the image along x, y and z"
    )]
    Direction {
        /// The matrix.
        found: String,
    },
    /// The compression is not one that is read.
    #[error(
        "compressor=\"{found}\", expected none or vtkZLibDataCompressor; write the file again with zlib or without compression"
    )]
    Compressor {
        /// The compressor.
        found: String,
    },
    /// There is more than one piece, or none.
    #[error("{found} pieces, expected 1 that has the whole extent; write the image as one piece")]
    Pieces {
        /// Their number.
        found: usize,
    },
    /// The piece is a part of the image.
    #[error("the piece has the extent {found:?}, expected {expected:?} as WholeExtent")]
    Part {
        /// Its extent: first and last index of x, y and z.
        found: [[i64; 2]; 3],
        /// The extent of the image.
        expected: [[i64; 2]; 3],
    },
    /// There is no array with that name.
    #[error("does not exist; the file has {}", if present.is_empty() { "no arrays".to_owned() } else { present.join(", ") })]
    NoArray {
        /// The names of the arrays.
        present: Vec<String>,
    },
    /// The array is a vector at each point.
    #[error("{found} numbers at each point, expected 1; take one component (Calculator in ParaView)")]
    Components {
        /// Numbers at each point.
        found: usize,
    },
    /// The grid has too many points.
    #[error("a grid of {shape:?} points (z, y, x) has more than can be counted")]
    Uncountable {
        /// The shape.
        shape: Vec<usize>,
    },
    /// There are too few or too many numbers.
    #[error("{found} numbers, expected {expected} from the extent")]
    Count {
        /// Numbers there are, or at least so many.
        found: u64,
        /// Numbers of the extent.
        expected: u64,
    },
    /// A word among numbers in text.
    #[error("number {index} (counted from 0) is {found:?}, expected a number")]
    Word {
        /// Which number.
        index: usize,
        /// The word.
        found: String,
    },
    /// The text is no base64.
    #[error("not base64: {problem}")]
    Base64 {
        /// The message of the reader.
        problem: String,
    },
    /// The bytes end before the numbers do.
    #[error("{found} bytes are left, expected {expected}: the file is truncated or its header damaged")]
    Short {
        /// Bytes there are.
        found: u64,
        /// Bytes needed.
        expected: u64,
    },
    /// The array is behind the end of the appended data, or there are none.
    #[error("begins at byte {offset} of the appended data, which have {size}")]
    Offset {
        /// Its place.
        offset: u64,
        /// Bytes of the appended data.
        size: u64,
    },
    /// The blocks of compressed data do not have the size of the numbers.
    #[error("compressed blocks of {found} bytes in all, expected {expected}")]
    Blocks {
        /// Bytes in all, or the largest number.
        found: u64,
        /// Bytes of the numbers.
        expected: u64,
    },
    /// A block cannot be decompressed to its size.
    #[error("block {index} (counted from 0) does not decompress to {expected} bytes; the file is damaged")]
    Block {
        /// Which block.
        index: usize,
        /// The size of the block.
        expected: u64,
    },
    /// An image cannot be written.
    #[error(
        "axes {found:?}, expected distinct x, y and z as the names or roles of one to three axes with origin and spacing, x last and z first"
    )]
    Axes {
        /// The names of the axes.
        found: Vec<String>,
    },
    /// An array to be written has another shape than the first.
    #[error("the array {name:?} has other axes than the first; one image has one grid")]
    OtherAxes {
        /// Its name.
        name: String,
    },
}
