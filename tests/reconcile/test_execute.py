"""From a planned step to a worker's job and back to a record."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from safelight.model.recipe import EventForm, Recipe
from safelight.plan.planner import Setting, plan_photo
from safelight.plan.steps import Step
from safelight.reconcile import execute
from safelight.reconcile.event import Owner
from safelight.workers.lanes import Answer
from world import drop, event_in, jpeg, owner_of

RECIPE = Recipe(EventForm(), None, None, None, None)


def first_step(owner: Owner, recipe: Recipe) -> Step:
    """The step that is planned for the only photo."""
    (photo,) = owner.state.photos
    step = plan_photo(owner.state.photos[photo], owner.of(photo), Setting(recipe)).step
    assert step is not None
    return step


def test_the_device_reaches_the_job_and_never_the_key(tmp_path: Path) -> None:
    """`device:` of event.yaml is where the work is done; what the work is stays the same, so nothing is done again."""
    owner = owner_of(event_in(tmp_path))
    drop(owner, jpeg())
    on_a_card = replace(RECIPE, event=replace(RECIPE.event, device="cuda"))
    step, same = first_step(owner, RECIPE), first_step(owner, on_a_card)
    assert step == same
    assert execute.job_for(step, owner.state, "cuda")["device"] == "cuda"
    assert execute.job_for(step, owner.state)["device"] == "auto"


def test_the_record_tells_the_device_that_the_worker_used(tmp_path: Path) -> None:
    """Not the wish: what the child answered."""
    owner = owner_of(event_in(tmp_path))
    drop(owner, jpeg())
    product = {
        "backend": "b", "version": 1, "model": "", "trained": False, "outputs": {}, "facts": {}, "tried": [], "used": {},
        "device": "cuda",
    }  # fmt: skip
    assert execute.done(first_step(owner, RECIPE), Answer(product, 1.0)).device == "cuda"
