"""Detectors: networks that answer with boxes. Their files are fetched, not shipped; decoding their answers is ours."""
