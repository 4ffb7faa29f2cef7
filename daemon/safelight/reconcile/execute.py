"""One step: what a worker is asked, and the one record that comes of its answer. Runs nothing itself.

`job_for` (pure) turns a planned step into a worker's job; `done` and `failed` turn the answer into a fact. The loop
submits the former and appends the latter.
"""

from __future__ import annotations

import platform
from typing import Any

from safelight.model.errors import SafelightError
from safelight.model.records import StepDone, StepFailed
from safelight.plan.steps import Step
from safelight.projection.state import State
from safelight.workers.lanes import Answer

MACHINE = f"{platform.machine()}-{platform.system()}".lower()


def job_for(step: Step, state: State, device: str = "auto") -> dict[str, Any]:
    """The worker's job, to be done on the `device` that the rules name; that is no part of the step and of its key.

    Classifying is given the signals that the look step measured, by that step's key.
    """
    params = dict(step.params)
    if step.stage == "classify":
        looked = state.photos[step.photo].steps[params.pop("look")]
        params["signals"] = looked.step.facts
        if state.adopted and step.backend == "auto":  # who does it is no part of the step: finished work stays
            params["head"] = state.adopted
    return {
        "stage": step.stage,
        "inputs": step.inputs,
        "params": params,
        "seed": step.seed,
        "backend": step.backend,
        "preferred": dict(state.choices),
        "device": device,
    }


def done(step: Step, answer: Answer) -> StepDone:
    """The fact that a step was done, with everything that says by whom and how."""
    product = answer.product
    return StepDone(
        photo=step.photo,
        key=step.key,
        stage=step.stage,
        attempt=step.attempt,
        rule=step.rule,
        inputs=step.inputs,
        params=step.params,
        backend=product["backend"],
        version=int(product["version"]),
        model=product["model"],
        trained=bool(product["trained"]),
        seed=step.seed,
        outputs=dict(product["outputs"]),
        facts=product["facts"],
        machine=MACHINE,
        device=str(product.get("device", "")),
        seconds=answer.seconds,
        tried=tuple(product["tried"]),
    )


def failed(step: Step, fault: SafelightError) -> StepFailed:
    """The fact that a step did not work: held for a person, or tried again later when that can help."""
    return StepFailed(
        photo=step.photo,
        key=step.key,
        stage=step.stage,
        rule=step.rule,
        code=fault.code,
        values=fault.values,
        retry=fault.retry,
        tries=step.tries + 1,
    )


def choices(step: Step, answer: Answer, state: State) -> dict[str, str]:
    """Kinds of work left to `auto` whose backend this answer settles for the event."""
    if step.backend != "auto":
        return {}
    used: dict[str, str] = answer.product["used"]
    return {
        work: name
        for work, name in used.items()
        if work not in state.choices
        and not work.startswith("mask:keep ")
        and step.stage in {"mask", "inpaint", "stylize"}
    }
