"""Back up what cannot be derived, and restore it into an empty place."""
