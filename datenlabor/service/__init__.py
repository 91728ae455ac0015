"""Running Superset: its secrets, its set-up, its process."""
