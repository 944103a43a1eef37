"""Everything runs, people buy, and it is all killed, stopped, filled and set wrong at random.

``bin/manage chaos`` (docs/operations.md). The machine is one of its own, thrown away afterwards.
"""
