"""Safelight: sorts, retouches and paints the pictures of a race, and lays out the book that proves them."""

__version__ = "0.1.0"
