"""Look at an unknown file and propose a spec for it."""
