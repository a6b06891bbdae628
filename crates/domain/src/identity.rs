//! Users, their accounts and sessions, and who a credential stands for.

mod account;
mod accounts;
mod admin;
mod admins;
mod change;
mod claims;
mod credential;
mod doors;
mod error;
mod impersonation;
mod impersonations;
mod key;
mod keys;
mod letters;
mod link;
mod password;
mod policy;
mod ports;
pub mod random;
pub mod rules;
mod service;
mod session;
mod sessions;
mod step_up;
mod token;
mod two_factor;
mod user;
pub mod users;
mod verification;
mod visitor;

pub use account::{
    Account, CREDENTIAL, Candidate, Linking, PasswordChange, PasswordProof, Registration, SessionsAfter, Unlinked,
};
pub use accounts::{AccountService, Deletion};
pub use admin::{AdminStanding, FirstAdmin, Promotion};
pub use admins::{AdminService, NewAdmin};
pub use change::{
    EmailChange, Ending, Extension, Opening, Reauthentication, Rotation, Sending, Unlinking, UserChange, Which,
};
pub use claims::{EmailClaims, EmailPurpose, SessionClaims, UserObject, iso_time, iso_time_or_null};
pub use credential::Credential;
pub use doors::{Doors, Entrance, SignIn, SignUp, SignedUp};
pub use error::{AuthError, IdentityError};
pub use impersonation::{Impersonation, ImpersonationError};
pub use impersonations::ImpersonationService;
pub use key::{KeyPolicy, KeyReplacement, SigningAlgorithm, SigningKey};
pub use keys::KeyService;
pub use link::{CallbackUrl, TrustedOrigins, origin_of, percent_encoded};
pub use password::{HashError, Password, PasswordFault, PasswordHash, PasswordHasher, Verdict};
pub use policy::{IdentityPolicy, Intent, VerifiedEmail};
pub use ports::{
    AccountStore, AdminStore, AuthChanges, CallerCache, EMAIL_CONSTRAINT, IdentityPorts, Outbox, REMEMBERED,
    SessionStore, Signer, SigningError, SigningKeyStore, TokenError, TokenSigner, TokenVerifier, UserStore,
    VerificationStore,
};
pub use service::{Authenticated, IdentityService, NEWS_INTERVAL};
pub use session::{Session, SessionId, SessionPolicy, SessionToken, SignedIn};
pub use sessions::{Present, SessionService};
pub use step_up::{Authentication, MULTI_FACTOR, Place, StepUp, StepUpError, StepUpPolicy, StepUpService};
pub use token::{Caller, Epoch, VerifiedToken};
pub use two_factor::{
    ATTEMPTS_PER_ACCOUNT, ATTEMPTS_PER_CHALLENGE, AcceptedCode, Admission, Attempt, BackupCodes,
    BackupCodesReplacement, CHALLENGE_LIFETIME, ChallengeId, Confirmation, DEVICE_TRUSTED_FOR, DeviceId, DeviceRenewal,
    Disabling, Enrolling, Entry, LOCKED_FOR, NewChallenge, NewDevice, Passed, Pending, Prepared, Proof, Sealed,
    SecondFactorNeeded, SecondFactors, Standing, TrustedDevice, TwoFactor, TwoFactorError, TwoFactorService,
    TwoFactorStore, UnusableFactor, Use, Verified,
};
pub use user::{Email, NewUser, User};
pub use users::{UserError, UserService};
pub use verification::{Identifier, NewVerification, Verification};
pub use visitor::Visitor;

#[cfg(any(test, feature = "testing"))]
pub use password::MockPasswordHasher;
#[cfg(any(test, feature = "testing"))]
pub use ports::{
    MockAccountStore, MockAdminStore, MockAuthChanges, MockCallerCache, MockOutbox, MockSessionStore, MockSigner,
    MockSigningKeyStore, MockTokenSigner, MockTokenVerifier, MockUserStore, MockVerificationStore,
};
#[cfg(any(test, feature = "testing"))]
pub use two_factor::{MockSecondFactors, MockTwoFactorStore};
