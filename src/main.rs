//! argv → cli → exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    cistern::cli::main()
}
