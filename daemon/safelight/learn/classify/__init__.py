"""Classifiers: heads over backbones, trainings of networks, what an evaluation measures."""
