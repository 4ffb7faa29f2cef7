"""Backends of the stage `alter`, one file each; see `stages.base` for the contract and `stages.catalog` for names."""
