"""People do anything in any order, the process stops, forgets and starts again: nothing is lost, every move counts.

A model of what people did (who moved what where last, who edited, who deleted) is compared with what the event says at
the end, and the event is checked from the ledger up.
"""

from __future__ import annotations

import os
import random
import shutil
from pathlib import Path

import pytest

from loop_world import Day, day, digest_of, edit
from safelight.model.digests import object_id
from soundness import assert_sound
from world import jpeg, put

CLASSES = ("ok", "retoucher", "exclure")


class People:
    """What people did to the views of a day, and what must come of it."""

    def __init__(self, made: Day, chance: random.Random) -> None:
        self.made, self.chance = made, chance
        self.dropped = [jpeg(number) for number in range(6)]
        self.decided: dict[str, str] = {}
        self.edited: dict[str, str] = {}
        self.deleted: set[str] = set()
        self.next = 100

    def view(self, name: str) -> Path | None:
        """Where a photo's class view stands now."""
        found = [path for folder in CLASSES for path in (self.made.library / folder).rglob(name)]
        return found[0] if len(found) == 1 else None

    def place(self, name: str, path: Path) -> str:
        """Where the photo's view stands below the class folder that it is in."""
        folder, own = self.made.at_work.work.names.of(self.made.at_work.work.owner, self.made.photo(name).photo)
        return "/".join(filter(None, (path.relative_to(self.made.library).parts[0], folder, own)))

    def names(self) -> list[str]:
        """All photos by name, except those that people deleted."""
        state = self.made.at_work.work.owner
        return [name for photo in state.state.photos if (name := state.detail(state.state.photos[photo].details[0]).name) not in self.deleted]  # fmt: skip

    def act(self) -> str:
        """One gesture."""
        return getattr(self, self.chance.choice(["move", "move", "edit", "drop", "put", "delete", "again", "rules"]))()

    def move(self) -> str:
        """A view into another class folder, with or without the photographer's folder."""
        name = self.chance.choice(self.names())
        if name in self.edited and self.made.photo(name).base != self.edited[name]:
            self.quiet()  # edited and moved to another name before anybody looked, nothing tells whose it was
        path = self.view(name)
        if path is None:
            return "nothing"
        here = path.relative_to(self.made.library).parts[0]
        folder = self.chance.choice([folder for folder in CLASSES if folder != here])
        target = self.made.library / folder / self.chance.choice(["", "marie"]) / name
        target.parent.mkdir(parents=True, exist_ok=True)
        os.rename(path, target)
        self.decided[name] = folder
        return f"move {name} {here} {folder}"

    def edit(self) -> str:
        """Another picture saved over a class view, in one of the ways of saving."""
        name = self.chance.choice(self.names())
        path = self.view(name)
        if path is not None and path != self.made.library / self.place(name, path):
            self.quiet()  # a file under another name is another file: only its own view can be edited
            path = self.view(name)
        if path is None:
            return "nothing"
        data = edit(path, self.chance.randrange(1000))
        if self.chance.random() < 0.5:
            path.write_bytes(data)
        else:
            os.replace(put(path.with_name(f".{name}.tmp"), data), path)
        self.edited[name] = digest_of(path)
        return f"edit {name}"

    def drop(self) -> str:
        """A new picture in the inbox."""
        self.next += 1
        data = jpeg(self.next)
        put(self.made.root / f"inbox/marie/ok {self.next}.jpg", data)
        self.dropped.append(data)
        return f"drop ok {self.next}.jpg"

    def put(self) -> str:
        """A new picture in a class folder."""
        self.next += 1
        folder = self.chance.choice(CLASSES)
        put(self.made.library / folder / f"ok {self.next}.jpg", jpeg(self.next))
        self.dropped.append(jpeg(self.next))
        self.decided[f"ok {self.next}.jpg"] = folder
        return f"put ok {self.next}.jpg {folder}"

    def delete(self) -> str:
        """A class view deleted, while somebody is there to see it; then everybody waits."""
        name = self.chance.choice(self.names())
        self.quiet()
        path = self.view(name)
        if path is None:
            return "nothing"
        path.unlink()
        self.made.later(80)
        self.deleted.add(name)
        return f"delete {name}"

    def again(self) -> str:
        """The same bytes into the inbox once more."""
        self.quiet()
        data = self.chance.choice(self.dropped)
        self.next += 1
        put(self.made.root / f"inbox/jean/again {self.next}.jpg", data)
        self.dropped.append(data)
        back = {name for name in self.deleted if self.made.photo(name).photo == object_id(data)}
        self.deleted -= back  # its view is gone at the same time: that is a wish to try again
        return f"again {back}"

    def rules(self) -> str:
        """A change of rules."""
        path = self.made.root / "rules/style.yaml"
        text = "version: 1\nstyle:\n  - rule: All painted\n    do: stylize\n    like: all\n"
        path.write_text(text + f"    strength: {self.chance.choice([20, 40, 60])}%\n")
        return "rules"

    def restart(self) -> str:
        """The process ends and another begins, perhaps without memory. People may act in between."""
        self.made.stop()
        lost = self.chance.random() < 0.5
        if lost:
            shutil.rmtree(self.made.cache, ignore_errors=True)
        self.made.start()
        return "restart lost" if lost else "restart"

    def quiet(self) -> None:
        """Everybody waits until all is done."""
        self.made.later(150)


@pytest.mark.parametrize(
    "seed", [*range(8), *(pytest.param(seed, marks=pytest.mark.torture) for seed in range(8, 120))]
)
def test_whatever_people_do(tmp_path: Path, seed: int) -> None:
    """Every move is the photo's verdict, every edit stands, every deletion is kept, every byte is in the store."""
    chance = random.Random(seed)
    made = day(tmp_path, 6)
    people, log = People(made, chance), []
    for _ in range(14):
        log.append(people.act())
        if chance.random() < 0.3:
            log.append(people.restart())
        if chance.random() < 0.7:
            made.later(chance.choice([2, 6, 20, 80]))
    people.quiet()
    for name in set(people.names()) & set(people.decided):
        # moved there and back before anybody looked is no gesture, and the verdict is the same
        assert made.plan(name).verdict == people.decided[name], (name, log)
    for name, content in people.edited.items():
        assert made.photo(name).base == content, (name, log)
        if name not in people.deleted:
            path = people.view(name)
            assert path is not None and digest_of(path) == content, (name, log)
    for name in people.deleted:
        assert made.plan(name).standing == "left_out", (name, log)
    made.loop.farewell()  # type: ignore[union-attr]
    made.stop()
    assert_sound(made.event, people.dropped)
