"""Backends of the stage `classify`, one file each; see `stages.base` for the contract and `stages.catalog` for the list."""
