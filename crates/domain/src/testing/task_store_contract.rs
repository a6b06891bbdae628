//! The contract of [`TaskStore`](crate::task::TaskStore), run against every adapter.
