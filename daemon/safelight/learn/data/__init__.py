"""Training data: labelled pictures of many formats behind one interface, checked, augmented and fed to a training.

`opening` finds the format of a folder, `base` is the interface, one module a format beside it. Errors name file and
row or region (`errors`). No network runtime is loaded here.
"""

from safelight.learn.data.base import VOID, Arrays, Classes, Dataset, Labels, Subset, join, read
from safelight.learn.data.errors import DataError
from safelight.learn.data.opening import FORMATS, open_dataset, recognise, splits

__all__ = [
    "FORMATS", "VOID", "Arrays", "Classes", "DataError", "Dataset", "Labels", "Subset", "join", "open_dataset", "read",
    "recognise", "splits",
]  # fmt: skip
