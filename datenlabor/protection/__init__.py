"""Protection of published tables: rules, secondary suppression, and an audit of its own.

Pure functions on plain tables; no files, no SQL. ``docs/protection.md`` explains the method.
``protecting.protect`` finds the pattern, ``protecting.examine`` audits one.
"""
