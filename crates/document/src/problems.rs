//! Problems that the settings of any subject can have.

mod files;
mod keys;
mod lists;
mod names;
mod numbers;
mod text;
mod version;
mod wrong_type;

pub use files::MissingFile;
pub use keys::{BadKey, BadMerge, DuplicateKey, MissingKey, UnknownChoice, UnknownKey};
pub use lists::{EmptyList, WrongLength};
pub use names::{BadName, DuplicateName};
pub use numbers::{EmptyRange, NotPositive, NotRising, OutOfRange};
pub use text::{Empty, NotUtf8, Syntax, Tagged, TooDeep, TooLong, TooManyAliases, Unreadable};
pub use version::UnknownVersion;
pub use wrong_type::WrongType;
