use std::io;

use tokio::sync::watch;

/// The wish to stop, as the operating system passes it on.
#[derive(Clone)]
pub(super) struct Stop(watch::Receiver<bool>);

impl Stop {
    /// Listens from now on. The first signal is a wish; at the second one the process exits as it is.
    pub(super) fn listen() -> io::Result<Self> {
        let (sender, receiver) = watch::channel(false);
        let mut signals = Signals::listen()?;
        tokio::spawn(async move {
            signals.next().await;
            tracing::info!("stopping; a second signal stops at once");
            let _ = sender.send(true);
            signals.next().await;
            tracing::warn!("stopped at once");
            std::process::exit(1);
        });
        Ok(Self(receiver))
    }

    /// Whether the process shall stop.
    pub(super) fn is_requested(&self) -> bool {
        *self.0.borrow()
    }

    /// Returns when the process shall stop.
    pub(super) async fn requested(&mut self) {
        // An error means that the runtime goes down, which is a reason to stop as well.
        let _ = self.0.wait_for(|requested| *requested).await;
    }
}

#[cfg(unix)]
struct Signals {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn listen() -> io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
