"""Comments on figures: written and reviewed in a form of Superset, taken in as a delivery.

``board``, ``checking`` and ``store`` are also used by the web process: they import nothing that is
not installed there.
"""
