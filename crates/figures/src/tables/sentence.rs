//! A sentence about a member.

/// One sentence of the verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    /// The member it is about; empty when it is about none.
    pub about: String,
    /// The rest of the sentence.
    pub text: String,
}

impl std::fmt::Display for Sentence {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{}", self.about, self.text)
    }
}
