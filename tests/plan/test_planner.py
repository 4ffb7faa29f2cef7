"""The planner's decisions as tables: what is missing, why, and where a photo stands.

Factors: verdict (person, rule, model; sure or in doubt), which rule files are there, what the mask was (nothing, some,
too much, doubtful), what a rule says about that, results already there, attempts, parts allowed to redo.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safelight.model.digests import ObjectId, PhotoId
from safelight.model.promise import Kept
from safelight.model.recipe import (
    BookForm,
    Conditions,
    EventForm,
    Recipe,
    RetouchRule,
    RetouchRules,
    SignalLimit,
    SortRule,
    SortRules,
    StyleImage,
    StyleRule,
    StyleRules,
)
from safelight.model.records import Decided, Redo, StepFailed
from safelight.plan.planner import Setting, choose_style, plan_photo
from safelight.plan.steps import PhotoPlan, Step, proposal, step_key
from safelight.reconcile.event import Owner
from world import answer_for, drop, event_in, jpeg, owner_of

WALL = RetouchRule("boards", "inpaint", mask=("advertising",), prompt="plain wall")
STYLES = StyleRules((), (StyleImage("oil", ObjectId("1" * 64)), StyleImage("ink", ObjectId("2" * 64))))


def recipe(**parts: Any) -> Recipe:
    """A recipe with one retouch rule and two styles, parts replaced."""
    base = Recipe(EventForm(), SortRules(), RetouchRules((WALL,)), STYLES, BookForm())
    return replace(base, **parts)


@pytest.fixture
def owner(tmp_path: Path) -> Owner:
    """An owner with one photo."""
    owner = owner_of(event_in(tmp_path))
    drop(owner, jpeg(), taken="2026-06-13T23:10:00", camera="Sample Mark 1")
    return owner


def only(owner: Owner) -> PhotoId:
    """The one photo."""
    return next(iter(owner.state.photos))


def plan(owner: Owner, setting: Setting) -> PhotoPlan:
    """Its plan."""
    return plan_photo(owner.state.photos[only(owner)], owner.of(only(owner)), setting)


def work(owner: Owner, setting: Setting, **answers: Any) -> tuple[list[str], PhotoPlan]:
    """Run the plan to its end with plausible results; returns the stages done and the last plan."""
    stages = []
    while (now := plan(owner, setting)).step is not None:
        stages.append(now.step.stage)
        owner.append(answer_for(now.step, **answers))
        assert len(stages) < 30
    return stages, now


@pytest.mark.parametrize(
    ("verdict", "stages", "standing"),
    [
        ("ok", ["look", "classify", "stylize"], "done"),
        ("retoucher", ["look", "classify", "mask", "inpaint", "stylize"], "done"),
        ("exclure", ["look", "classify"], "excluded"),
    ],
)
def test_each_verdict_has_its_way(owner: Owner, verdict: str, stages: list[str], standing: str) -> None:
    """Ok is painted, retoucher is masked and repainted first, exclure ends after sorting; then nothing is missing."""
    done, last = work(owner, Setting(recipe()), verdict=verdict)
    assert (done, last.standing, last.verdict) == (stages, standing, verdict)
    assert [item.step.stage for item in last.trail] == [name for name in stages if name not in {"look", "classify"}]


@pytest.mark.parametrize(
    ("changes", "verdict", "standing", "code"),
    [
        ({"sort": None}, "ok", "waits_rules", "no_sort_rules"),
        ({"retouch": None}, "retoucher", "waits_rules", "no_retouch_rules"),
        ({"style": None}, "ok", "waits_rules", "no_style_rules"),
        ({"retouch": RetouchRules()}, "retoucher", "needs_you", "no_rule"),
        ({"sort": SortRules((SortRule("mine", "ask"),))}, "ok", "needs_you", "ask"),
    ],
)
def test_missing_rules_hold_the_photo(
    owner: Owner, changes: dict[str, Any], verdict: str, standing: str, code: str
) -> None:
    """A rule file that is gone never means that everything passes."""
    _, last = work(owner, Setting(recipe(**changes)), verdict=verdict)
    assert last.need is not None
    assert (last.standing, last.need.code) == (standing, code)
    for language in ("en", "fr"):
        assert all(last.need.say(language))


@pytest.mark.parametrize(("sure", "standing"), [(0.51, "done"), (0.49, "needs_you")])
def test_doubt_asks_a_person(owner: Owner, sure: float, standing: str) -> None:
    """Below the limit the photo keeps its likeliest class and waits for a person; a decision ends the doubt."""
    _, last = work(owner, Setting(recipe()), sure=sure)
    assert (last.standing, last.verdict) == (standing, "ok")
    owner.append(Decided(only(owner), "exclure", "folder"))
    assert plan(owner, Setting(recipe())).standing == "excluded"


KEPT = Kept(0.05, 0.7, 200, 150, 1, 0.0, 0.03)
BROKEN = Kept(0.05, None, 76, 76, 25, 0.2, 0.4)


@pytest.mark.parametrize(
    ("promise", "kept", "culling", "sure", "code"),
    [
        # a promise that can be kept: its limit counts, whatever the culling
        (0.05, {"": KEPT}, "balanced", 0.71, ""),
        (0.05, {"": KEPT}, "balanced", 0.69, "doubt_promise"),
        (0.05, {"": KEPT}, "generous", 0.69, "doubt_promise"),
        # no promise wanted, none that can be kept, or another model's: the plain limit
        (None, {"": KEPT}, "balanced", 0.51, ""),
        (0.05, {"": BROKEN}, "balanced", 0.51, ""),
        (0.05, {"": BROKEN}, "balanced", 0.49, "doubt"),
        (0.05, {"": BROKEN}, "strict", 0.55, "doubt"),
        (0.05, {"another": KEPT}, "balanced", 0.51, ""),
        (0.05, {}, "generous", 0.41, ""),
    ],
)
def test_a_promise_decides_whom_to_ask(
    owner: Owner, promise: float | None, kept: dict[str, Kept], culling: Any, sure: float, code: str
) -> None:
    """Factors: promise wanted, kept by the model that sorted, culling, how sure it was."""
    setting = Setting(recipe(sort=SortRules((), promise, culling)), kept=kept)
    _, last = work(owner, setting, sure=sure)
    assert (last.need.code if last.need else "") == code
    if code == "doubt_promise":
        assert last.need is not None
        assert "70\u202f%" in last.need.say("fr")[0] or "70 %" in last.need.say("fr")[0]
        assert proposal(last.need) == "ok"


def test_a_person_outranks_rules_and_model(owner: Owner) -> None:
    """A decision holds against a sort rule and against a retouch rule that excludes."""
    rules = recipe(
        sort=SortRules((SortRule("none", "exclure"),)), retouch=RetouchRules((RetouchRule("all", "exclude"), WALL))
    )
    owner.append(Decided(only(owner), "retoucher", "command"))
    stages, last = work(owner, Setting(rules), verdict="ok")
    assert stages == ["look", "classify", "mask", "inpaint", "stylize"]
    assert (last.standing, last.decided_by) == ("done", "person")


def test_a_sort_rule_outranks_the_model(owner: Owner) -> None:
    """First match decides, and the plan says which rule it was."""
    sort = SortRules(
        (SortRule("day", "ok", Conditions(night=False)), SortRule("night", "exclure", Conditions(night=True)))
    )
    _, last = work(owner, Setting(recipe(sort=sort)), verdict="ok", sure=0.3)
    assert (last.standing, last.decided_by) == ("excluded", "rule:night")
    assert [(note.rule, note.applied) for note in last.notes] == [("day", False), ("night", True)]


def test_a_sort_rules_signals_are_reasons_for_retouching(owner: Owner) -> None:
    """What a rule measured to sort a photo is why it was sorted so: retouch rules for that reason fit."""
    sort = SortRules(
        (SortRule("big cars", "retoucher", Conditions(signals=(SignalLimit("car_area", "at_least", 0.2),))),)
    )
    retouch = RetouchRules((replace(WALL, when=Conditions(reason=("car_area",))),))
    _, last = work(owner, Setting(recipe(sort=sort, retouch=retouch)), verdict="ok")
    assert (last.standing, last.verdict) == ("done", "retoucher")


@pytest.mark.parametrize(
    ("area", "rule", "standing", "code"),
    [
        (0.0, WALL, "needs_you", "nothing_found"),
        (0.0, replace(WALL, if_nothing_found="leave"), "done", None),
        (0.0, replace(WALL, if_nothing_found="exclude"), "excluded", None),
        (0.5, WALL, "needs_you", "too_much"),
        (0.5, replace(WALL, if_too_much="exclude"), "excluded", None),
        (0.5, replace(WALL, max_area=0.6), "done", None),
        (0.2, WALL, "done", None),
    ],
)
def test_what_the_mask_covers_decides(
    owner: Owner, area: float, rule: RetouchRule, standing: str, code: str | None
) -> None:
    """Nothing found and too much are never painted over unseen; the rule may say otherwise."""
    _, last = work(owner, Setting(recipe(retouch=RetouchRules((rule,)))), verdict="retoucher", area=area)
    assert (last.standing, last.need.code if last.need else None) == (standing, code)


def test_deciding_after_seeing_the_mask_accepts_it(owner: Owner) -> None:
    """Moved out of retoucher and back, a mask that was too much is used."""
    _, last = work(owner, Setting(recipe()), verdict="retoucher", area=0.5)
    assert last.standing == "needs_you"
    owner.append(Decided(only(owner), "retoucher", "folder"))
    stages, last = work(owner, Setting(recipe()), verdict="retoucher")
    assert (stages, last.standing) == (["inpaint", "stylize"], "done")


def test_several_rules_work_on_each_other_and_crops_come_last(owner: Owner) -> None:
    """Masks are found on the original, changes build on the result before, one rectangle leaves all cropped masks out."""
    rules = RetouchRules(
        (
            RetouchRule("posts", "crop_away", mask=("sign",)),
            RetouchRule("faces", "blur", mask=("face",), keep=()),
            replace(WALL, last=True),
            RetouchRule("never", "exclude"),
        )
    )
    stages, last = work(owner, Setting(recipe(retouch=rules)), verdict="retoucher")
    assert stages == ["look", "classify", "mask", "mask", "alter", "mask", "inpaint", "alter", "stylize"]
    crop = last.trail[-2].step
    assert crop.params == {"how": "crop"}
    assert set(crop.inputs) == {"image", "mask0"}
    masks = [item.step for item in last.trail if item.step.stage == "mask"]
    assert all(step.inputs == {"image": only(owner)} for step in masks)


@pytest.mark.parametrize(
    ("changed", "stages"),
    [
        (replace(WALL, prompt="grass"), ["inpaint", "stylize"]),
        (replace(WALL, grow=4), ["mask", "inpaint", "stylize"]),
        (replace(WALL, max_area=0.9), []),
        (replace(WALL, name="other name"), []),
    ],
)
def test_a_changed_rule_redoes_exactly_what_follows(owner: Owner, changed: RetouchRule, stages: list[str]) -> None:
    """Changing the words to paint keeps the mask; limits and names that do not change the result redo nothing."""
    work(owner, Setting(recipe()), verdict="retoucher")
    now = plan(owner, Setting(recipe(retouch=RetouchRules((changed,)))))
    assert now.step is None or now.step.why == "rules"
    done, _ = work(owner, Setting(recipe(retouch=RetouchRules((changed,)))), verdict="retoucher")
    assert done == stages


def test_a_held_redo_keeps_the_old_pictures(owner: Owner) -> None:
    """Where redoing is not allowed the last results stay in force, with their proof, and the step is named as held."""
    _, before = work(owner, Setting(recipe()), verdict="retoucher")
    changed = recipe(retouch=RetouchRules((replace(WALL, prompt="grass"),)))
    held = plan(owner, Setting(changed, may_redo=frozenset({"sort", "style"})))
    assert held.step is None
    assert held.held is not None
    assert (held.standing, held.painted, held.retouched) == ("done", before.painted, before.retouched)
    assert held.trail == before.trail
    assert plan(owner, Setting(changed)).step == held.held


def test_a_redo_is_a_new_key(owner: Owner) -> None:
    """Asked again, the stage and what follows run again, nothing before it."""
    work(owner, Setting(recipe()), verdict="retoucher")
    owner.append(Redo("inpaint", (only(owner),)))
    now = plan(owner, Setting(recipe()))
    assert now.step is not None
    assert (now.step.why, now.step.attempt) == ("redo", 1)
    assert work(owner, Setting(recipe()), verdict="retoucher")[0] == ["inpaint", "stylize"]


@pytest.mark.parametrize(
    ("retry", "tries", "standing"), [(False, 1, "needs_you"), (True, 3, "working"), (True, 4, "needs_you")]
)
def test_failures_hold_or_retry(owner: Owner, retry: bool, tries: int, standing: str) -> None:
    """What cannot get better asks a person at once, what may pass is tried four times."""
    step = plan(owner, Setting(recipe())).step
    assert step is not None
    owner.append(
        StepFailed(only(owner), step.key, step.stage, "", "stage", {"reason": "x", "stage": "look"}, retry, tries)
    )
    assert plan(owner, Setting(recipe())).standing == standing


def test_a_pinned_backend_is_another_step(owner: Owner) -> None:
    """`auto` is no part of the key (a better backend makes nothing missing); a backend in the rule is."""
    step = Step(only(owner), "inpaint", {"image": "x"}, {}, 0, "r", "auto", "first")
    assert step.key == step_key("inpaint", {"image": "x"}, {}, 0, "auto")
    assert replace(step, backend="patches").key != step.key
    assert replace(step, rule="renamed").key == step.key
    assert 0 <= step.seed < 2**31


@given(st.lists(st.text("0123456789abcdef", min_size=8, max_size=8), min_size=40, max_size=40, unique=True))
@settings(deadline=None, max_examples=20)
def test_a_new_style_only_takes_its_own_share(photos: list[str]) -> None:
    """`rotate` goes by the photo's digest: with one style more, a photo keeps its style or gets the new one."""
    pool = tuple(StyleImage(f"s{n}", ObjectId(str(n) * 64)) for n in range(4))
    rule = StyleRule("r", "stylize")
    for photo in photos:
        before = choose_style(StyleRules((), pool[:3]), rule, PhotoId(photo), None)
        after = choose_style(StyleRules((), pool), rule, PhotoId(photo), None)
        assert after in {before, pool[3]}


@pytest.mark.parametrize(
    ("rule", "name"),
    [
        (StyleRule("r", "stylize", choose="same"), "oil"),
        (StyleRule("r", "stylize", like=("INK",)), "ink"),
        (StyleRule("r", "stylize", choose="by_hour"), "ink"),
        (StyleRule("r", "stylize", like=("gone",)), None),
    ],
)
def test_the_style_a_rule_means(rule: StyleRule, name: str | None) -> None:
    """By name whatever its case, the first, or by the hour taken; a style that is not there is none."""
    style = choose_style(STYLES, rule, PhotoId("a" * 64), "2026-06-13T23:10:00")
    assert (style.name if style else None) == name
