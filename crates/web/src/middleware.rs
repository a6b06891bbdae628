//! What happens around every handler, from the outside in: `farewell` (no next request while draining), `trace` (request id, log line, headers, problem bodies),
//! CORS, `normalize` (one path for both bases), and for the API itself `admit` (who calls, and the body they send).

mod address;
mod admit;
mod credential;
mod farewell;
mod gate;
mod headers;
mod limits;
mod normalize;
mod request_id;
mod span;
mod trace;
mod trace_context;

pub(crate) use admit::admit;
pub(crate) use farewell::farewell;
pub(crate) use gate::{Gate, GateBounds};
pub(crate) use headers::{ContentPolicy, SecurityHeaders};
pub(crate) use limits::RateLimit;
pub(crate) use normalize::normalize;
pub(crate) use trace::trace;
