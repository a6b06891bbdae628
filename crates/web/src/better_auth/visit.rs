use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use hexado_domain::access::Permission;
use hexado_domain::actor::Actor;
use hexado_domain::identity::{
    CallbackUrl, ChallengeId, IdentityError, Present, Session, SessionToken, SignedIn, Signer, TwoFactorError, Visitor,
};

use super::admin;
use super::error::WireError;
use super::input::{Input, WireBody, present_password};
use crate::cookies::{self, CookieOptions};
use crate::extract::{Caller, Guest, Impersonator};
use crate::problem::Problem;
use crate::state::{Deps, State};

/// A wire request: what it presents and sends, and the cookies of its answer.
pub(super) struct Visit {
    request: HttpRequest,
    state: web::Data<State>,
}

/// Somebody who is signed in, and what they may do.
pub(super) struct Administrator {
    pub(super) signed_in: SignedIn,
    pub(super) actor: Actor,
}

impl Visit {
    pub(super) fn deps(&self) -> &Deps {
        &self.state.deps
    }

    pub(super) fn state(&self) -> &State {
        &self.state
    }

    /// Who is at the door. Look for the session first, where there is one: it may say that somebody else acts in it.
    pub(super) fn visitor(&self) -> Visitor {
        Guest::of(&self.request).0
    }

    /// A body that must be there.
    pub(super) fn body(&self) -> Result<Input, WireError> {
        Input::of_body(self.received(), "object")
    }

    /// A body whose members have any names.
    pub(super) fn record(&self) -> Result<Input, WireError> {
        Input::of_body(self.received(), "record")
    }

    /// What this browser keeps if its user trusts it.
    pub(super) fn device(&self) -> Option<String> {
        self.state.options.cookies.device(self.request.headers(), &*self.state.deps.signer)
    }

    pub(super) fn query(&self) -> Input {
        Input::of_query(self.request.query_string())
    }

    pub(super) fn path_part(&self, name: &str) -> &str {
        self.request.match_info().get(name).unwrap_or_default()
    }

    /// The session token that the request presents, if it is signed where it must be. A JWT is none.
    pub(super) fn token(&self) -> Option<SessionToken> {
        cookies::presented(self.request.headers(), &self.state.options.cookies, &*self.state.deps.signer)
    }

    /// The session that the request presents. Its cookie is sent again when it was extended, and taken back when there is
    /// no such session.
    pub(super) async fn find_session(&self, extend: bool) -> Result<Option<SignedIn>, WireError> {
        let Some(token) = self.token() else { return Ok(None) };
        let present = self.deps().sessions.find_present(&token, extend && self.remembers()).await?;
        let Some(Present { signed_in, extended }) = present else {
            self.take_back();
            return Ok(None);
        };
        if extended {
            self.hand_out(&signed_in.session, true);
        }
        if let Some(admin) = signed_in.session.impersonated_by.clone() {
            self.request.extensions_mut().insert(Impersonator(admin));
        }
        Ok(Some(signed_in))
    }

    /// The session, or 401.
    pub(super) async fn session(&self) -> Result<SignedIn, WireError> {
        self.find_session(true).await?.ok_or_else(WireError::unauthorized)
    }

    /// Somebody who may be an administrator, or 401 without a body.
    pub(super) async fn administrator(&self) -> Result<Administrator, WireError> {
        let unauthorized = || WireError::bare(StatusCode::UNAUTHORIZED, "not_authenticated");
        let signed_in = self.find_session(true).await?.ok_or_else(unauthorized)?;
        let actor = self.deps().identity.actor_in(&signed_in);
        self.request.extensions_mut().insert(Caller(actor.clone()));
        Ok(Administrator { signed_in, actor })
    }

    /// The same for something sensitive that needs a permission, if they authenticated recently or give their present password
    /// with the request; else 401 or 403.
    pub(super) async fn recent_administrator(
        &self,
        needed: Permission,
        password: Option<&str>,
    ) -> Result<Administrator, WireError> {
        let by = self.administrator().await?;
        self.check_recent(&by, needed, password).await?;
        Ok(by)
    }

    /// Refuses something sensitive to who lacks the permission that it needs, or authenticated too long ago and does not give
    /// their present password with the request.
    pub(super) async fn check_recent(
        &self,
        by: &Administrator,
        needed: Permission,
        password: Option<&str>,
    ) -> Result<(), WireError> {
        admin::require(&by.actor, needed)?;
        let password = password.map(present_password).transpose()?;
        Ok(self.deps().step_up.require(&self.visitor(), &by.signed_in, password.as_ref()).await?)
    }

    /// An administrator's own session that their browser keeps while they act as a user, and whether that outlives the browser.
    pub(super) fn own_session(&self) -> Option<(SessionToken, bool)> {
        self.state.options.cookies.own_session(self.request.headers(), &*self.state.deps.signer)
    }

    /// A session that began lately, or 401 or 403.
    pub(super) async fn fresh_session(&self) -> Result<SignedIn, WireError> {
        let signed_in = self.session().await?;
        if self.deps().sessions.is_fresh(&signed_in.session) {
            return Ok(signed_in);
        }
        Err(IdentityError::NotFresh.into())
    }

    /// Whether the session of this browser outlives it.
    pub(super) fn remembers(&self) -> bool {
        self.state.options.cookies.remembers(self.request.headers(), &*self.state.deps.signer)
    }

    /// The sign-in of this browser that waits for the second factor, or 401.
    pub(super) fn challenge(&self) -> Result<ChallengeId, WireError> {
        let challenge = self.state.options.cookies.challenge(self.request.headers(), &*self.state.deps.signer);
        challenge.ok_or_else(|| IdentityError::from(TwoFactorError::NoChallenge).into())
    }

    /// Refuses a code. When the sign-in is over, the browser forgets it.
    pub(super) fn refuse_code(&self, error: IdentityError) -> WireError {
        if matches!(error, IdentityError::TwoFactor(TwoFactorError::TooManyAttempts)) {
            self.state.options.cookies.end_challenge(&self.request);
        }
        error.into()
    }

    /// Sets cookies with the answer.
    pub(super) fn cookies(&self, set: impl FnOnce(&CookieOptions, &HttpRequest, &dyn Signer)) {
        set(&self.state.options.cookies, &self.request, &*self.state.deps.signer);
    }

    pub(super) fn hand_out(&self, session: &Session, remember: bool) {
        self.state.options.cookies.hand_out(&self.request, &*self.state.deps.signer, session, remember);
    }

    pub(super) fn take_back(&self) {
        self.state.options.cookies.take_back(&self.request);
    }

    /// Where the browser shall go in the end; our front page if nothing was said. (That it is trusted was checked at the
    /// door.)
    pub(super) fn callback(&self, target: Option<&str>) -> CallbackUrl {
        let trusted = &self.state.options.trusted_origins;
        target.and_then(|target| CallbackUrl::parse(target, trusted)).unwrap_or_else(CallbackUrl::root)
    }

    fn received(&self) -> WireBody {
        self.request.extensions().get::<WireBody>().cloned().unwrap_or_default()
    }
}

impl FromRequest for Visit {
    type Error = WireError;
    type Future = Ready<Result<Self, WireError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let state = request.app_data::<web::Data<State>>().cloned().ok_or_else(|| Problem::internal().into());
        ready(state.map(|state| Self { request: request.clone(), state }))
    }
}
