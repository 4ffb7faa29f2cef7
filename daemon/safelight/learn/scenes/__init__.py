"""The scene painter: races that never were, drawn with perspective, light and lens, and the exact truth about them.

`paint` makes one picture with masks, boxes and words; `event.paint_event` fills an event's inbox; `styles` paints the
style pictures of our own. A small renderer of triangles in linear light draws everything, so that what hides what, and
where anything is, is known and never guessed.
"""

from safelight.learn.scenes.paint import MASKS, Painted, Word, paint
from safelight.learn.scenes.rejects import KINDS
from safelight.learn.scenes.shot import Scene

__all__ = ["KINDS", "MASKS", "Painted", "Scene", "Word", "paint"]
