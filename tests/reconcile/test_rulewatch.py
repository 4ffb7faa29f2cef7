"""Rules live: what comes into force, what stays, what is said beside the files, and how an old version comes back."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

from rules_world import RETOUCH, SORT, Desk, Desks
from safelight.model.errors import DiskFull
from safelight.plan.planner import plan_photo
from safelight.reconcile.rulenotes import is_note
from safelight.reconcile.rulewords import TEXT
from world import answer_for, drop, jpeg, put

BROKEN = RETOUCH.replace(b"do: blur", b"do: blurr").replace(b"strength", b"strenght")
STRONGER = RETOUCH.replace(b"6", b"9")


def strength(desk: Desk) -> int | None:
    """What the recipe in force says."""
    retouch = desk.work.recipe.retouch
    return retouch.rules[0].strength if retouch else None


def test_a_changed_file_counts_once_it_stood_still(desk: Desk) -> None:
    """A new version with the next number, told once, kept in the history with number and time in its name."""
    desk.save("retouch.yaml", STRONGER, wait=1)
    assert strength(desk) == 6
    desk.after(2)
    assert strength(desk) == 9
    assert desk.versions()[-1] == ("retouch.yaml", 2)
    assert "retouch.yaml: version 2 is in force." in desk.told
    history = desk.event.rules / ".history"
    names = sorted(path.name for path in history.iterdir())
    assert "retouch 0002 (2026-06-13 16.00 UTC).yaml" in names
    assert len(names) == 5
    desk.after(100)
    assert len(desk.versions()) == 5


def test_a_broken_file_keeps_the_last_good_and_says_why(desk: Desk) -> None:
    """Problems beside the file, with lines; gone by themselves when it is mended; nothing accepted meanwhile."""
    desk.save("retouch.yaml", BROKEN)
    assert strength(desk) == 6
    assert desk.notes() == {"retouch.yaml - 2 PROBLEMS.txt"}
    data = (desk.event.rules / "retouch.yaml - 2 PROBLEMS.txt").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    assert b"NOT in use" in data
    assert b"\r\n\r\nLine 4" in data
    desk.save("retouch.yaml", STRONGER)
    assert (strength(desk), desk.notes()) == (9, set())


def test_another_file_goes_on_beside_a_broken_one(desk: Desk) -> None:
    """One concern a file: sorting changes although retouching is broken."""
    desk.save("retouch.yaml", BROKEN)
    desk.save("sort.yaml", SORT.replace(b"retoucher", b"ok"))
    assert desk.work.recipe.sort.rules[0].do == "ok"
    assert strength(desk) == 6


def test_a_person_s_own_texts_are_never_touched(desk: Desk) -> None:
    """Neither a text of a similar name, nor one under our very name, nor a note of ours that a person wrote into."""
    own = put(desk.event.rules / "my PROBLEMS - notes.txt", b"to do")
    same = put(desk.event.rules / "retouch.yaml - 2 PROBLEMS.txt", b"mine, thanks")
    desk.save("retouch.yaml", BROKEN)
    assert (own.read_bytes(), same.read_bytes()) == (b"to do", b"mine, thanks")
    assert any("stays as it is" in told for told in desk.told)
    same.unlink()
    desk.after(1)
    same.write_bytes(same.read_bytes() + b"and this I noticed")
    desk.save("retouch.yaml", STRONGER)
    assert b"this I noticed" in same.read_bytes()


def test_notes_are_known_without_the_cache(desk: Desk, desks: Desks, tmp_path: Path) -> None:
    """A lost cache leaves no stale note behind: ours are known by their mark."""
    desk.save("retouch.yaml", BROKEN)
    desk.close()
    shutil.rmtree(tmp_path / "cache")
    put(desk.event.rules / "retouch.yaml", STRONGER)
    again = desks.again(desk.event)
    assert (again.notes(), strength(again)) == (set(), 9)


def test_at_the_start_with_a_broken_file_only(desk: Desk, desks: Desks, tmp_path: Path) -> None:
    """The version that the ledger accepted last counts, though no cache, history or good file is left."""
    desk.close()
    shutil.rmtree(tmp_path / "cache", ignore_errors=True)
    shutil.rmtree(desk.event.rules / ".history")
    put(desk.event.rules / "retouch.yaml", BROKEN)
    again = desks.again(desk.event)
    assert strength(again) == 6
    assert again.notes() == {"retouch.yaml - 2 PROBLEMS.txt"}
    assert len(list((desk.event.rules / ".history").iterdir())) == 4


def test_at_the_first_start_with_a_broken_file_photos_wait(desks: Desks) -> None:
    """There never was a good version: its part is empty."""
    desk = desks.new(retouch=BROKEN)
    assert desk.work.recipe.retouch is None


def test_an_old_version_copied_back_brings_its_meaning_back(desk: Desk) -> None:
    """Undo: a new number, the old bytes, the old recipe."""
    before = desk.work.recipe
    desk.save("retouch.yaml", STRONGER)
    old = next((desk.event.rules / ".history").glob("retouch 0001*"))
    shutil.copy2(old, desk.event.rules / "retouch.yaml")
    desk.after(3)
    assert desk.work.recipe == before
    first, *_, last = [fact for fact in desk.accepted() if fact.file == "retouch.yaml"]
    assert (last.version, last.object) == (3, first.object)


def test_a_vanished_file_waits_a_minute_then_its_part_is_empty(desk: Desk) -> None:
    """Never "no rules, so everything passes": told at once, said beside the file after a minute, and back again."""
    path = desk.event.rules / "retouch.yaml"
    path.unlink()
    desk.after(60)
    assert strength(desk) == 6
    assert [told for told in desk.told if "is missing" in told] == [
        "retouch.yaml is missing. Its last version stays in force for 60 s; then the photos that need it wait."
    ]
    desk.after(2)
    assert desk.work.recipe.retouch is None
    assert desk.notes() == {"retouch.yaml - MISSING.txt"}
    assert sum("no retouch rules in force" in told for told in desk.told) == 1
    text = (desk.event.rules / "retouch.yaml - MISSING.txt").read_text("utf-8-sig")
    assert "rules/.history/retouch 0001 (2026-06-13 16.00 UTC).yaml" in text
    desk.save("retouch.yaml", RETOUCH)
    assert (strength(desk), desk.notes()) == (6, set())
    assert desk.told[-1] == "retouch.yaml is back."
    assert len([fact for fact in desk.accepted() if fact.file == "retouch.yaml"]) == 1


def test_a_vanished_file_at_the_start_has_the_same_minute(desk: Desk, desks: Desks) -> None:
    """From the first look of the new owner, not from the time of the record."""
    desk.close()
    (desk.event.rules / "retouch.yaml").unlink()
    again = desks.again(desk.event)
    again.after(59)
    assert strength(again) == 6
    assert again.watch.waiting()
    again.after(2)
    assert strength(again) is None
    assert not again.watch.waiting()


def test_a_vanished_form_stays_in_force(desk: Desk) -> None:
    """The event's language and hours do not fall back to the usual: that would rewrite every word in the library."""
    desk.save("event.yaml", b"version: 1\nlanguage: fr\n")
    (desk.event.rules / "event.yaml").unlink()
    desk.after(70)
    assert desk.work.language == "fr"
    assert desk.notes() == {"event.yaml - ABSENT.txt"}


def test_a_share_in_trouble_changes_nothing(desk: Desk) -> None:
    """All of rules/ away: the recipe stays, said once, and once more when it is back."""
    before = desk.work.recipe
    away = desk.event.rules.rename(desk.event.root / "away")
    desk.after(200)
    assert desk.work.recipe == before
    assert not desk.watch.waiting()
    away.rename(desk.event.rules)
    desk.after(3)
    assert desk.work.recipe == before
    assert [told.partition("rules ")[2] for told in desk.told if str(desk.event.rules) in told] == [
        "is away or empty; the last rules stay in force until it is back.",
        "is back.",
    ]


def test_remarks_stand_beside_the_file(desk: Desk) -> None:
    """A rule that can never match and a photographer nobody saw: in force, but said; gone when it no longer holds."""
    drop(desk.owner, jpeg(1), photographer="jean")
    text = RETOUCH.replace(b"    do: blur", b"    when: {photographer: marie}\n    do: blur")
    desk.save("retouch.yaml", text)
    assert desk.notes() == {"retouch.yaml - 1 REMARK.txt"}
    assert b"marie" in (desk.event.rules / "retouch.yaml - 1 REMARK.txt").read_bytes()
    drop(desk.owner, jpeg(2), photographer="marie")
    desk.after(1)
    assert desk.notes() == set()


def test_french_events_are_told_in_french(desks: Desks) -> None:
    """Names and sentences, with French spaces."""
    desk = desks.new(event=b"version: 1\nlangue: fr\n")
    desk.save("retouch.yaml", BROKEN)
    assert desk.notes() == {"retouch.yaml - 2 PROBLÈMES.txt"}
    (desk.event.rules / "style.yaml").unlink()
    desk.save("retouch.yaml", RETOUCH, wait=65)
    assert desk.notes() == {"style.yaml - ABSENT.txt"}
    text = (desk.event.rules / "style.yaml - ABSENT.txt").read_text("utf-8-sig")
    assert "style.yaml a disparu\u00a0: aucune règle de style n’est en vigueur" in text


def test_a_style_that_is_gone_keeps_the_rule_that_needs_it(desk: Desk) -> None:
    """`like: chalk` without chalk.png is a problem; what was in force stays, its picture is in the store."""
    put(desk.event.rules / "styles/chalk.jpg", jpeg(3))
    desk.after(3)
    desk.save("style.yaml", b"version: 1\nstyle:\n  - rule: chalk\n    do: stylize\n    like: chalk.jpg\n")
    before = desk.work.recipe.style
    assert [style.name for style in before.styles] == ["chalk"]
    (desk.event.rules / "styles/chalk.jpg").unlink()
    desk.after(70)
    assert desk.work.recipe.style == before
    assert desk.notes() == {"style.yaml - 1 PROBLEM.txt"}


def test_names_of_notes() -> None:
    """Only our own patterns, composed or decomposed; never a person's file."""
    assert is_note("retouch.yaml - 2 PROBLE\u0300MES.txt")
    assert not is_note("retouch.yaml - my PROBLEMS.txt")
    assert not is_note("retouch.yaml")


def test_every_sentence_is_in_both_languages() -> None:
    """The same placeholders, and no straight apostrophe in French."""
    for english, french in TEXT.values():
        assert {part.partition("}")[0] for part in english.split("{")[1:]} >= {
            part.partition("}")[0] for part in french.split("{")[1:]
        }
        assert "'" not in french


def test_a_full_disk_keeps_the_rules_waiting(desk: Desk) -> None:
    """No room for the new version's bytes: the old rules stay, nothing ends, and it comes into force when there is room."""
    put_object = desk.event.store.put

    def full(data: bytes) -> None:
        raise DiskFull(free=0, needed=1)

    desk.event.store.put = full  # type: ignore[method-assign, assignment]
    desk.save("retouch.yaml", STRONGER, wait=10)
    assert strength(desk) == 6
    assert desk.watch.waiting()
    assert desk.work.full is not None
    desk.event.store.put = put_object  # type: ignore[method-assign]
    desk.after(2)
    assert strength(desk) == 9
    assert not desk.watch.waiting()


def test_a_style_that_was_read_once_is_not_read_at_the_next_start(desks: Desks) -> None:
    """A start waits for no child; a lost or broken cache costs a look, and what is no picture never becomes a style."""
    desk = desks.new()
    put(desk.event.rules / "styles/strokes.jpg", jpeg(5))
    desk.after(5)
    for cache, children in ((None, 0), (b"[1", 1), (b"{}", 1), (b"[]", 1)):
        desk.close()
        if cache is not None:
            (desk.work.cache / "styles.json").write_bytes(cache)
        desk = desks.again(desk.event)
        assert [style.name for style in desk.work.recipe.style.styles] == ["strokes"]
        assert len(desk.work.lanes._children) == children
    put(desk.event.rules / "styles/words.jpg", b"words")
    desk.after(5)
    desk.close()
    desk = desks.again(desk.event)
    assert [style.name for style in desk.work.recipe.style.styles] == ["strokes"]
    assert any("words.jpg" in told for told in desk.told)


def test_a_promise_is_weighed_once_something_was_sorted(desk: Desk) -> None:
    """Nothing is said before a model sorted; then a remark, and none any more when no promise is wanted."""
    desk.save("sort.yaml", b"version: 1\ndefaults:\n  promise: at most 5% wrong\n")
    assert desk.notes() == set()
    photo = drop(desk.owner, jpeg(5))
    setting = desk.work.planner.setting(desk.work.recipe)
    while (step := plan_photo(desk.owner.state.photos[photo], desk.owner.of(photo), setting).step) is not None:
        desk.owner.append(replace(answer_for(step), model="of nobody"))
    desk.now()
    assert desk.notes() == {"sort.yaml - 1 REMARK.txt"}
    text = (desk.event.rules / "sort.yaml - 1 REMARK.txt").read_text("utf-8-sig")
    assert "Too few examples to promise at most 5 % wrong" in text
    assert desk.work.recipe.sort.promise == 0.05
    desk.save("sort.yaml", b"version: 1\ndefaults:\n  promise: none\n")
    assert desk.notes() == set()
