"""Layer 1: the kinds of work on a picture. `base` holds the contracts, `catalog` the names, one file per backend.

Nothing here knows the ledger, the planner or the store; a backend sees arrays and parameters only.
"""
