//! What happens around every handler, from the outside in: `farewell` (no next request while draining), `trace` (request id, log line, headers, problem bodies),
//! CORS, `normalize` (one path for both bases), `refuse_blocked`, and for the API itself `admit` (who calls, and the body they send), or where nobody needs
//! to be known yet `open`.

mod admit;
mod auth_limit;
mod blocked;
mod body;
mod farewell;
mod gate;
mod headers;
mod limits;
mod normalize;
mod open;
mod refused;
mod request_id;
mod span;
mod trace;
mod trace_context;

pub(crate) use admit::admit;
pub(crate) use blocked::refuse_blocked;
pub(crate) use farewell::farewell;
pub(crate) use gate::{Gate, GateBounds};
pub(crate) use headers::{ContentPolicy, SecurityHeaders};
pub(crate) use limits::RateLimit;
pub(crate) use normalize::normalize;
pub(crate) use open::open;
pub(crate) use trace::trace;
