//! Tables of named choices with settings, as written in a scenario: `misfit: {l2: {}}`.

/// Declares a table of choices: one row per name, `name => SettingsStruct`, all behind one trait.
///
/// The enum is externally tagged in YAML (`{name: {settings}}`), lists its names in `NAMES` and dispatches through
/// `as_dyn`. A settings struct derives `Clone`, `Debug`, `Serialize`, `Deserialize` and `JsonSchema`, and rejects unknown
/// keys with `#[serde(deny_unknown_fields)]`. The name of a row is the snake case of its struct; the compiler checks it.
///
/// # Example
/// ```
/// use schemars::JsonSchema;
/// use serde::{Deserialize, Serialize};
///
/// /// A shape with an area.
/// pub trait Shape {
///     /// Area in m^2.
///     fn area(&self) -> f64;
/// }
///
/// /// A square.
/// #[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
/// #[serde(deny_unknown_fields)]
/// pub struct Square {
///     /// Side in m.
///     pub side: f64,
/// }
///
/// impl Shape for Square {
///     fn area(&self) -> f64 {
///         self.side * self.side
///     }
/// }
///
/// document::choices! {
///     /// The shapes there are.
///     pub enum ShapeChoice: dyn Shape {
///         square => Square,
///     }
/// }
///
/// let shape: ShapeChoice = serde_json::from_str(r#"{"square": {"side": 3.0}}"#).unwrap();
/// assert_eq!(shape.as_dyn().area(), 9.0);
/// assert_eq!((shape.name(), ShapeChoice::NAMES), ("square", &["square"][..]));
/// ```
#[macro_export]
macro_rules! choices {
    (
        $(#[$meta:meta])*
        $vis:vis enum $choice:ident: dyn $interface:path {
            $( $(#[$row_meta:meta])* $name:ident => $settings:ident ),+ $(,)?
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, ::serde::Serialize, ::serde::Deserialize, ::schemars::JsonSchema)]
        #[serde(rename_all = "snake_case")]
        $vis enum $choice {
            $(
                #[doc = concat!("`", stringify!($name), "`: see [`", stringify!($settings), "`].")]
                $(#[$row_meta])*
                $settings($settings),
            )+
        }

        impl $choice {
            /// The names as a scenario writes them, in the order of the table.
            pub const NAMES: &'static [&'static str] = &[$(stringify!($name)),+];

            /// The name of this choice as a scenario writes it.
            #[must_use]
            pub const fn name(&self) -> &'static str {
                match self { $(Self::$settings(_) => stringify!($name)),+ }
            }

            /// The settings as their trait.
            #[must_use]
            pub fn as_dyn(&self) -> &(dyn $interface + 'static) {
                match self { $(Self::$settings(settings) => settings),+ }
            }
        }

        $(
            const _: () = assert!(
                $crate::choices::is_snake_case_of(stringify!($name), stringify!($settings)),
                "the name of a row must be the snake case of its settings struct"
            );
        )+
    };
}

/// Whether `snake` is `camel` in snake case by serde's rule: an underscore before every capital but the first.
#[must_use]
pub const fn is_snake_case_of(snake: &str, camel: &str) -> bool {
    let (snake, camel) = (snake.as_bytes(), camel.as_bytes());
    let mut at = 0;
    let mut i = 0;
    while i < camel.len() {
        if camel[i].is_ascii_uppercase() && i > 0 {
            if at >= snake.len() || snake[at] != b'_' {
                return false;
            }
            at += 1;
        }
        if at >= snake.len() || snake[at] != camel[i].to_ascii_lowercase() {
            return false;
        }
        at += 1;
        i += 1;
    }
    at == snake.len()
}

/// Asserts that a table of choices has one row for each file of its folder, for the test of a table.
///
/// `folder` is the folder of the rows, for example `concat!(env!("CARGO_MANIFEST_DIR"), "/src/wavelet")`.
///
/// # Panics
/// If a file has no row, a row has no file, or the folder cannot be read.
pub fn assert_rows_have_files<'a>(folder: &str, rows: impl IntoIterator<Item = &'a str>) {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{folder}: {error}"));
    let name = |path: std::path::PathBuf| path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    let mut files: Vec<String> = entries.flatten().filter_map(|entry| name(entry.path())).collect();
    let mut rows: Vec<&str> = rows.into_iter().collect();
    files.sort();
    rows.sort_unstable();
    assert_eq!(files, rows, "each file of the folder needs a row in the table, and each row a file");
}

#[cfg(test)]
mod tests {
    use super::is_snake_case_of;

    #[test]
    fn names_follow_serde_snake_case() {
        assert!(is_snake_case_of("l2", "L2"));
        assert!(is_snake_case_of("total_variation", "TotalVariation"));
        assert!(!is_snake_case_of("totalvariation", "TotalVariation"));
        assert!(!is_snake_case_of("l2", "L2Misfit"));
    }
}
