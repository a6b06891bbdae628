//! Pages of lists.

/// How many items a page has at most: 1 to 100, by default 20.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit(u8);

impl Limit {
    pub const MAX: i64 = 100;

    /// As many as a page may have.
    pub const HIGHEST: Self = Self(100);

    /// `None` outside of 1 to 100.
    pub fn new(value: i64) -> Option<Self> {
        let value = u8::try_from(value).ok()?;
        (1..=Self::MAX).contains(&i64::from(value)).then_some(Self(value))
    }

    pub fn get(self) -> usize {
        usize::from(self.0)
    }
}

impl Default for Limit {
    fn default() -> Self {
        Self(20)
    }
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Whether items follow after the last one.
    pub more: bool,
    /// How many items all pages have together, when that was asked.
    pub total: Option<i64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_go_from_1_to_100() {
        for refused in [-1, 0, 101, 256, 257, i64::MAX] {
            assert_eq!(Limit::new(refused), None, "{refused}");
        }
        assert_eq!(Limit::new(1).map(Limit::get), Some(1));
        assert_eq!(Limit::new(100).map(Limit::get), Some(100));
        assert_eq!(Limit::default().get(), 20);
    }
}
