"""What is known of people, why, for how long, and how it ends: one declaration for each table.

Each app says it in its own ``privacy.py``; :mod:`core.privacy.registry` gathers them. Export,
erasure, the nightly purge and the table of ``docs/privacy.md`` all read the same declarations.
"""
