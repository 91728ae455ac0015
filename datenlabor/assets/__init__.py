"""Superset assets as code: files on disk, generated datasets, offline proof, exchange with a server."""
