//! Where log lines go: they are gathered, and a thread of its own writes them in batches. A line costs a request one copy,
//! and a slow terminal or disk never holds up a request.

use std::io::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use tracing_subscriber::fmt::MakeWriter;

/// How long lines are gathered. A process that is killed loses the lines of that time.
const PAUSE: Duration = Duration::from_millis(20);

/// Bytes that are written at once, before [`PAUSE`] is over.
const BATCH: usize = 64 * 1024;

/// Bytes that wait at most. What comes while an output is stuck is dropped, and counted.
const CAPACITY: usize = 4 * 1024 * 1024;

/// How long a stop waits for an output that is slow.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// Takes lines for one output. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Sink(Arc<Shared>);

#[derive(Default)]
struct Shared {
    queue: Mutex<Queue>,
    /// There is something to do for the thread.
    filled: Condvar,
    /// The thread has written everything and ended.
    ended: Condvar,
    dropped: AtomicU64,
}

#[derive(Default)]
struct Queue {
    lines: Vec<u8>,
    /// Lines that were dropped since this was last told.
    dropped: u64,
    closing: bool,
    ended: bool,
}

impl Sink {
    /// Starts writing to `output`, until the returned guard is dropped.
    pub(super) fn start(output: impl Write + Send + 'static) -> io::Result<(Self, SinkGuard)> {
        let sink = Self(Arc::default());
        let shared = Arc::clone(&sink.0);
        thread::Builder::new().name("log".to_owned()).stack_size(256 * 1024).spawn(move || shared.write_to(output))?;
        Ok((sink.clone(), SinkGuard(sink)))
    }

    /// Takes one line, with its line feed.
    pub(super) fn put(&self, line: &[u8]) {
        let mut queue = self.0.lock();
        let before = queue.lines.len();
        let after = before + line.len();
        if after > CAPACITY {
            queue.dropped += 1;
            self.0.dropped.fetch_add(1, Ordering::Relaxed);
            return;
        }
        queue.lines.extend_from_slice(line);
        drop(queue);
        // The first line wakes the thread, and the one that makes a batch ends its pause.
        if before == 0 || (before < BATCH && BATCH <= after) {
            self.0.filled.notify_one();
        }
    }

    /// Lines that were dropped since the start.
    pub(crate) fn dropped(&self) -> u64 {
        self.0.dropped.load(Ordering::Relaxed)
    }
}

/// Keeps a sink going. Dropping it writes what is waiting, as far as the output takes it within a second.
pub(super) struct SinkGuard(Sink);

impl Drop for SinkGuard {
    fn drop(&mut self) {
        let Self(Sink(shared)) = self;
        let mut queue = shared.lock();
        queue.closing = true;
        shared.filled.notify_one();
        drop(shared.ended.wait_timeout_while(queue, LAST_WORDS, |queue| !queue.ended));
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write_to(&self, mut output: impl Write) {
        let mut batch = Vec::new();
        loop {
            let Next { dropped, closing } = self.next(&mut batch);
            if output.write_all(&batch).and_then(|()| output.flush()).is_err() {
                let lines = batch.iter().filter(|byte| **byte == b'\n').count();
                self.dropped.fetch_add(lines as u64, Ordering::Relaxed);
            }
            batch.clear();
            // After a flood, its memory is given back.
            batch.shrink_to(2 * BATCH);
            if dropped > 0 {
                tracing::warn!(lines = dropped, "log lines were dropped: the output did not take them fast enough");
            }
            if closing {
                self.lock().ended = true;
                return self.ended.notify_all();
            }
        }
    }

    /// Waits for lines, gathers more for a while, and puts them into `batch`, which is empty.
    fn next(&self, batch: &mut Vec<u8>) -> Next {
        let idle = |queue: &mut Queue| queue.lines.is_empty() && !queue.closing;
        let queue = self.filled.wait_while(self.lock(), idle).unwrap_or_else(PoisonError::into_inner);
        let gathering = |queue: &mut Queue| queue.lines.len() < BATCH && !queue.closing;
        let gathered = self.filled.wait_timeout_while(queue, PAUSE, gathering);
        let (mut queue, _) = gathered.unwrap_or_else(PoisonError::into_inner);
        std::mem::swap(&mut queue.lines, batch);
        Next { dropped: std::mem::take(&mut queue.dropped), closing: queue.closing }
    }
}

struct Next {
    dropped: u64,
    closing: bool,
}

/// For formats whose lines are for people. Each event is written at once; line breaks within it are what a user or a
/// library put there, and would pass for lines of ours.
impl<'a> MakeWriter<'a> for Sink {
    type Writer = OneLine<'a>;

    fn make_writer(&'a self) -> OneLine<'a> {
        OneLine(self)
    }
}

pub(crate) struct OneLine<'a>(&'a Sink);

impl Write for OneLine<'_> {
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let line = event.strip_suffix(b"\n").unwrap_or(event);
        let mut escaped = Vec::with_capacity(event.len() + 1);
        for byte in line {
            match byte {
                b'\n' => escaped.extend_from_slice(b"\\n"),
                b'\r' => escaped.extend_from_slice(b"\\r"),
                byte => escaped.push(*byte),
            }
        }
        escaped.push(b'\n');
        self.0.put(&escaped);
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, Sender, channel};

    use super::*;

    /// An output that takes a batch when it is told to.
    struct Gated {
        go: Receiver<()>,
        written: Arc<Mutex<Vec<u8>>>,
    }

    impl Write for Gated {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let _ = self.go.recv();
            self.written.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    struct Fixture {
        sink: Sink,
        guard: SinkGuard,
        go: Sender<()>,
        written: Arc<Mutex<Vec<u8>>>,
    }

    fn fixture() -> Fixture {
        let (go, gate) = channel();
        let written = Arc::default();
        let (sink, guard) = Sink::start(Gated { go: gate, written: Arc::clone(&written) }).unwrap();
        Fixture { sink, guard, go, written }
    }

    fn text(written: &Mutex<Vec<u8>>) -> String {
        String::from_utf8(written.lock().unwrap().clone()).unwrap()
    }

    #[test]
    fn what_is_waiting_at_the_end_is_written_in_order() {
        let Fixture { sink, guard, go, written } = fixture();
        drop(go);
        let lines: String = (0..5_000).map(|number| format!("line {number}\n")).collect();
        lines.split_inclusive('\n').for_each(|line| sink.put(line.as_bytes()));
        drop(guard);
        assert_eq!(text(&written), lines);
        assert_eq!(sink.dropped(), 0);
    }

    #[test]
    fn an_output_that_is_stuck_costs_bounded_memory_and_the_lines_are_counted() {
        let Fixture { sink, guard, go, written } = fixture();
        let line = [b'a'; 1023].into_iter().chain([b'\n']).collect::<Vec<_>>();
        for _ in 0..16 * 1024 {
            sink.put(&line);
        }
        assert!(sink.0.lock().lines.len() <= CAPACITY);
        let dropped = usize::try_from(sink.dropped()).unwrap();
        // What waits, and one batch that the thread has taken.
        assert!((16 * 1024 - 2 * CAPACITY / 1024..16 * 1024).contains(&dropped), "{dropped}");
        drop(go);
        drop(guard);
        assert_eq!(text(&written).lines().count() + dropped, 16 * 1024);
    }

    #[test]
    fn an_output_that_stays_stuck_does_not_hold_up_the_end_for_ever() {
        let Fixture { sink, guard, go, written } = fixture();
        sink.put(b"never\n");
        drop(guard);
        assert_eq!(text(&written), "");
        drop(go);
    }

    #[test]
    fn lines_that_cannot_be_written_are_counted() {
        struct Broken;
        impl Write for Broken {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::BrokenPipe.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let (sink, guard) = Sink::start(Broken).unwrap();
        sink.put(b"one\n");
        sink.put(b"two\n");
        drop(guard);
        assert_eq!(sink.dropped(), 2);
    }

    #[test]
    fn an_event_for_people_is_one_line_whatever_is_in_it() {
        let Fixture { sink, guard, go, written } = fixture();
        drop(go);
        sink.make_writer().write_all(b"INFO one\r\nINFO forged\n").unwrap();
        drop(guard);
        assert_eq!(text(&written), "INFO one\\r\\nINFO forged\n");
    }
}
