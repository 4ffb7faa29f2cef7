"""The fold: parts equal the whole, the first result of a key counts, redo raises attempts."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safelight.model.digests import ObjectId, PhotoId, RecordHash
from safelight.model.records import Decided, Dismissed, Duplicate, Placed, Record, Redo, Refused, Settled, StepFailed
from safelight.plan.steps import Step
from safelight.projection.state import State, fold, lineage
from safelight.reconcile.event import Owner, look_at
from world import answer_for, drop, event_in, jpeg, owner_of


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> tuple[Record, ...]:
    """A ledger with a bit of everything."""
    event = event_in(tmp_path_factory.mktemp("event"))
    owner = owner_of(event)
    for seed in range(3):
        photo = drop(owner, jpeg(seed), f"IMG_{seed}.JPG")
        run_steps(owner, photo)
    owner.append(Decided(photo, "exclure", "folder"))
    owner.append(Placed(photo, "exclure", "ok"))
    owner.append(Settled(photo))
    owner.append(Redo("stylize"))
    owner.append(Duplicate(photo, owner.state.photos[photo].details[0], again=True))
    owner.close()
    return look_at(event).ledger.records


def run_steps(owner: Owner, photo: PhotoId) -> None:
    """look, mask, inpaint, stylize with outputs chained as they would be."""
    inputs = {"image": str(photo)}
    for stage in ("look", "classify", "mask", "inpaint", "stylize"):
        step = Step(photo, stage, dict(inputs), {"n": 1}, 0, "rule", "auto", "first")
        done = answer_for(step)
        owner.append(done)
        if stage == "mask":
            inputs = {"image": str(photo), "mask": done.outputs["mask"]}
        elif "image" in done.outputs:
            inputs = {"image": done.outputs["image"]}


@given(st.integers(0, 40))
@settings(deadline=None, max_examples=25)
def test_folding_in_two_parts_equals_folding_at_once(records: tuple[Record, ...], cut: int) -> None:
    """State does not depend on how often the ledger was read."""
    whole = fold(records)
    parts = State()
    for record in records[:cut]:
        parts.apply(record)
    for record in records[cut:]:
        parts.apply(record)
    assert parts == whole


def test_the_first_result_of_a_key_is_the_result(records: tuple[Record, ...]) -> None:
    """A second record of the same key changes nothing that follows from the first."""
    state = fold(records)
    photo = next(iter(state.photos.values()))
    done = next(iter(photo.steps.values()))
    again = Record(99, 1, "later", replace(done.step, outputs={"image": "other"}), "", records[0].hash)
    state.apply(again)
    assert photo.steps[done.step.key].step.outputs == done.step.outputs


def test_a_redo_raises_the_stage_and_what_follows(records: tuple[Record, ...]) -> None:
    """Only so is work done again: the attempt is part of the key."""
    state = fold(records)
    first, *_, last = state.photos.values()
    assert first.attempts == {"stylize": 1}
    assert last.attempts["look"] == 1
    assert last.attempts["stylize"] == 2


def test_a_failure_is_forgotten_once_the_step_worked(records: tuple[Record, ...]) -> None:
    """What holds a photo is its latest failure, until the same step succeeds."""
    state = fold(records)
    photo = next(iter(state.photos.values()))
    done = photo.latest["stylize"]
    step = done.step
    failed = StepFailed(photo.photo, step.key, "stylize", "", "stage", {}, retry=False, tries=1)
    state.apply(Record(100, 1, "", failed, "", records[0].hash))
    assert step.key in photo.failures
    state.apply(Record(101, 1, "", step, "", records[0].hash))
    assert step.key not in photo.failures


def test_lineage_tells_the_way_of_a_picture(records: tuple[Record, ...]) -> None:
    """From the painted object back to the original: mask, inpaint, painting, in order; looking made no picture."""
    photo = next(iter(fold(records).photos.values()))
    painted = photo.latest["stylize"].step.outputs["image"]
    assert [done.step.stage for done in lineage(photo, painted)] == ["mask", "inpaint", "stylize"]


def test_where_views_stand_is_no_part_of_a_proof(records: tuple[Record, ...]) -> None:
    """The records that shape a page do not grow when a view is put somewhere."""
    state = fold(records)
    placed = next(record.sequence for record in records if isinstance(record.fact, Placed))
    assert all(placed not in photo.sequences for photo in state.photos.values())


def test_a_deleted_card_of_an_older_ledger_still_counts() -> None:
    """Records without a detail object name their arrival by its sequence."""
    facts = (
        Refused(ObjectId("a" * 64), ObjectId("d" * 64), "cut_off"),
        Refused(ObjectId("b" * 64), ObjectId("e" * 64), "cut_off"),
        Dismissed(1),
    )
    told = [Record(number, 1, "", fact, "", RecordHash("")) for number, fact in enumerate(facts, 1)]
    assert fold(told).dismissed == {1}
    assert Dismissed.from_json({"arrival": 7}) == Dismissed(7)
