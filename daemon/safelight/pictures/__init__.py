"""Layer 1: the only door to image files. Anything in, the image contract out; deterministic bytes back.

`decode` turns bytes of any supported format into the contract (RGB, (height, width, 3) uint8, sRGB, upright);
`completeness` tells whether a file has arrived to its true end; `encode` writes the same bytes for the same pixels;
`metadata` reads what the camera wrote. Imports nothing of Safelight but `model`.
"""
