"""Backends of the stage `inpaint`, one file each; see `stages.base` for the contract and `stages.catalog` for the list."""
