//! What Cistern knows of the Nix language: values, text, format.
