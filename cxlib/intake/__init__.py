"""Raw exports in, canonical tables out: bytes, dialect, presets, mapping, typing by meaning, privacy and quality."""
