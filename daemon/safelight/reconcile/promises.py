"""What the models in use let the rules promise: the answers each was checked on, and what follows for the recipe in force."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from safelight.model.digests import ObjectId
from safelight.model.errors import DamagedObject
from safelight.model.promise import Answer, Kept, kept
from safelight.model.recipe import Recipe
from safelight.reconcile.event import World
from safelight.stages.classify import held


@dataclass
class Promises:
    """Answers by the model's fingerprint: those of the shipped heads, and those of `more` (models of the event)."""

    more: dict[str, tuple[Answer, ...]] = field(default_factory=dict)
    _known: dict[tuple[str, float], Kept] = field(default_factory=dict)

    def answers(self, model: str) -> tuple[Answer, ...]:
        """What this model was checked on; nothing for one that nobody knows any more."""
        return self.more.get(model) or held.shipped().get(model, ())

    def of(self, model: str, promised: float) -> Kept:
        """What can be promised of this model's verdicts; worked out once."""
        if (model, promised) not in self._known:
            self._known[model, promised] = kept(self.answers(model), promised)
        return self._known[model, promised]

    def learn(self, world: World) -> None:
        """The answers of the head that was taken for this event; one that cannot be read has none."""
        head = world.state.adopted
        if head and head not in self.more:
            try:
                self.more[head] = held.held(world.event.store.get(ObjectId(head)))
            except (DamagedObject, OSError):
                self.more[head] = ()

    def kept(self, recipe: Recipe) -> Mapping[str, Kept]:
        """Of every model that is known, for the promise of this recipe; nothing where it wants none."""
        if recipe.sort is None or recipe.sort.promise is None:
            return {}
        return {model: self.of(model, recipe.sort.promise) for model in {**held.shipped(), **self.more}}


SHIPPED = Promises()
"""Of the shipped heads alone."""
