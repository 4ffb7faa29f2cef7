"""Layer 0: values only. Standard library, no I/O, no clock, no logging; everything above may import it."""
