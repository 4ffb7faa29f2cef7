"""Networks trained here and shipped: what they compute, and how their weight files are found and checked."""
