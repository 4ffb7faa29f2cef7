"""Layer 3: datasets, training, evaluation, and the scene painter that draws sample events and test truth."""
