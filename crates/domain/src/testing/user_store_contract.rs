//! The contract of [`UserStore`](crate::identity::UserStore), run against every adapter.
