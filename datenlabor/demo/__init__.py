"""The demo city: synthetic small-area data that honour published figures (docs/demo.md)."""
