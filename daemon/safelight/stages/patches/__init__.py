"""The patch engine that painting and inpainting share: PatchMatch search, multi-scale voting (numba)."""
