"""Segmentation networks of our own: training, losses, metrics, evaluation. Imports torch only where it is used."""
