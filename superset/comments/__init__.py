"""The form in which comments on figures are written and reviewed: ``/einordnungen/``.

Pages without scripts: every step is a form that is sent and answered. What is written lies in
``datenlabor.comments``; nothing of it is in Superset's metadata.
"""
