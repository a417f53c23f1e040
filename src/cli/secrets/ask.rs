//! Asking on the terminal, past stdin and stdout, which may be pipes.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::sync::{Arc, Mutex};

use indicatif::ProgressBar;
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use zeroize::Zeroize as _;

use crate::secrets::identity::Ask;
use crate::secrets::memory::Plain;

/// The terminal that the program was started on.
pub(super) struct OnTerminal {
    /// What is drawn meanwhile, and has to stand back.
    bar: ProgressBar,
    /// One question at a time.
    turn: Mutex<()>,
}

impl OnTerminal {
    pub(super) fn new(bar: ProgressBar) -> Arc<Self> {
        Arc::new(Self { bar, turn: Mutex::new(()) })
    }

    /// Opens the terminal and asks there.
    fn with<T>(&self, ask: impl FnOnce(&mut File) -> io::Result<T>) -> Result<T, String> {
        let _turn = self.turn.lock().map_err(|_| "asking before it failed")?;
        let mut terminal = OpenOptions::new()
            .read(true)
            .write(true)
            .open("/dev/tty")
            .map_err(|_| "there is no terminal to ask on".to_owned())?;
        self.bar.suspend(|| ask(&mut terminal)).map_err(|error| match error.kind() {
            io::ErrorKind::Interrupted => "you stopped it".to_owned(),
            _ => format!("the terminal failed: {error}"),
        })
    }
}

impl Ask for OnTerminal {
    fn secret(&self, what: &str) -> Result<Plain, String> {
        self.with(|terminal| {
            let silence = Silence::begin(terminal)?;
            (&*terminal).write_all(format!("{what}: ").as_bytes())?;
            let typed = typed(&silence);
            drop(silence);
            terminal.write_all(b"\n")?;
            typed
        })
    }

    fn line(&self, what: &str) -> Result<String, String> {
        self.with(|terminal| {
            terminal.write_all(format!("{what}: ").as_bytes())?;
            let mut line = String::new();
            BufReader::new(&*terminal).read_line(&mut line)?;
            Ok(line.trim_end_matches(['\r', '\n']).to_owned())
        })
    }

    fn say(&self, text: &str) {
        // Nobody can be told that stderr is gone.
        self.bar.suspend(|| drop(writeln!(io::stderr(), "{text}")));
    }
}

/// Keeps the terminal from showing what is typed, and from acting on it, until it is dropped.
struct Silence<'t> {
    terminal: &'t File,
    before: Termios,
}

impl<'t> Silence<'t> {
    fn begin(terminal: &'t File) -> io::Result<Self> {
        let before = tcgetattr(terminal)?;
        let mut silent = before.clone();
        silent.local_modes &= !(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG);
        tcsetattr(terminal, OptionalActions::Flush, &silent)?;
        Ok(Self { terminal, before })
    }
}

impl Drop for Silence<'_> {
    fn drop(&mut self) {
        // A terminal that is gone needs no repair.
        let _ = tcsetattr(self.terminal, OptionalActions::Now, &self.before);
    }
}

/// Reads a line byte by byte, straight into locked memory.
fn typed(silence: &Silence<'_>) -> io::Result<Plain> {
    let mut line = Plain::new(Vec::new());
    let mut byte = [0_u8];
    loop {
        let mut terminal = silence.terminal;
        let read = terminal.read(&mut byte)?;
        match (read, byte[0]) {
            // Ctrl-C, and a terminal that was closed.
            (0, _) | (_, 0x03) => return Err(io::ErrorKind::Interrupted.into()),
            (_, b'\n' | b'\r' | 0x04) => break,
            // Ctrl-U.
            (_, 0x15) => line.truncate(0),
            (_, 0x08 | 0x7f) => {
                let before = line.bytes().iter().rposition(|byte| byte & 0xc0 != 0x80).unwrap_or(0);
                line.truncate(before);
            }
            (_, typed) => line.push(typed),
        }
    }
    byte.zeroize();
    Ok(line)
}
