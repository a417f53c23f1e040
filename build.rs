//! Puts every file of `templates/` into the binary, so that a new kind touches no Rust.

#![expect(clippy::disallowed_methods, reason = "finds the templates and writes their table")]

use std::path::Path;
use std::{env, fs};

fn main() {
    let root = Path::new(&env::var("CARGO_MANIFEST_DIR").expect("set by cargo")).join("templates");
    println!("cargo::rerun-if-changed={}", root.display());
    let mut files = Vec::new();
    collect(&root, &mut files);
    files.sort();
    let rows: String = files
        .iter()
        .map(|file| {
            let full = root.join(file);
            println!("cargo::rerun-if-changed={}", full.display());
            format!("    ({file:?}, include_bytes!({:?})),\n", full.display().to_string())
        })
        .collect();
    let table = format!("pub(super) const FILES: &[(&str, &[u8])] = &[\n{rows}];\n");
    let out = Path::new(&env::var("OUT_DIR").expect("set by cargo")).join("templates.rs");
    fs::write(out, table).expect("cargo's output directory can be written");
}

fn collect(directory: &Path, files: &mut Vec<String>) {
    let mut open = vec![directory.to_path_buf()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(&next).expect("templates/ can be read").flatten() {
            let path = entry.path();
            if path.is_dir() {
                println!("cargo::rerun-if-changed={}", path.display());
                open.push(path);
            } else {
                let below = path.strip_prefix(directory).expect("below templates/");
                files.push(below.to_str().expect("template names are UTF-8").replace('\\', "/"));
            }
        }
    }
}
