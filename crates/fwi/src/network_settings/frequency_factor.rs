//! A frequency factor of a scenario: a number or `auto`.

use schemars::Schema;
use serde::{Deserialize, Deserializer, Serializer};
use serde_json::json;

/// What may be written.
#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    Number(f32),
    Word(Auto),
}

#[derive(Deserialize)]
enum Auto {
    #[serde(rename = "auto")]
    Auto,
}

/// Reads a number, or `auto` as `None`.
pub(super) fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Option<f32>, D::Error> {
    Ok(match Option::<Written>::deserialize(from)? {
        Some(Written::Number(number)) => Some(number),
        Some(Written::Word(Auto::Auto)) | None => None,
    })
}

/// Writes `None` as `auto`.
#[expect(clippy::ref_option, reason = "serde gives a reference to the field")]
pub(super) fn write<S: Serializer>(factor: &Option<f32>, to: S) -> Result<S::Ok, S::Error> {
    match factor {
        Some(number) => to.serialize_f32(*number),
        None => to.serialize_str("auto"),
    }
}

/// Adds `auto` to the schema of a number that may be absent.
pub(super) fn or_auto(schema: &mut Schema) {
    schema.insert("type".to_owned(), json!(["number", "string", "null"]));
    schema.insert("pattern".to_owned(), json!("^auto$"));
}

#[cfg(test)]
mod tests {
    use crate::network_settings::NetworkSettings;

    /// A number stays one, `auto` and nothing are the same, and both are written so that they are read again.
    #[test]
    fn round_trip() {
        let read = |text: &str| serde_json::from_str::<NetworkSettings>(text);
        for (text, expected) in [
            (r#"{"width": 4, "layers": 2, "w0_first": 7.5}"#, Some(7.5)),
            (r#"{"width": 4, "layers": 2, "w0_first": "auto"}"#, None),
            (r#"{"width": 4, "layers": 2}"#, None),
        ] {
            let network = read(text).unwrap();
            assert_eq!(network.w0_first, expected, "{text}");
            let written = serde_json::to_string(&network).unwrap();
            assert_eq!(read(&written).unwrap().w0_first, expected, "{written}");
            assert_eq!(network.architecture(1).unwrap().w0_first, expected.unwrap_or(30.0));
        }
        assert!(read(r#"{"width": 4, "layers": 2, "w0_first": "much"}"#).is_err());
    }
}
