"""People at work on a watched event for minutes or hours, with every fault that can be made by hand; then the sums.

    python bench/long_watch.py --minutes 120 --seed 1 [--folder DIR]

Drops (at once, slowly with stalls, under temporary names, padded, twice), moves, deletions, edits in place, pictures put
into class folders, decisions by command, rules saved well and badly, kill -9, SIGSTOP, the library away and back, against
a real `safelight watch`. Everything done is logged. At the end: stop, `run`, `audit verify`, `assert_sound`, and every
decision made by moving must be the photo's verdict. Exit status 1 when anything is not as it should be.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
sys.path.insert(0, str(Path(__file__).parents[1] / "daemon"))

from e2e_world import RULES, photo, style
from safelight.model.digests import PhotoId, object_id
from safelight.reconcile.event import CLASS_FOLDERS, Event
from soundness import unsound

REST = 30.0
"""Seconds for which a view that was touched is left alone, so that what is expected of it is clear."""
GOOD = {
    **RULES,
    "event.yaml": RULES["event.yaml"].replace("settle: 1 s", "settle: 2 s") + "redo_limit: 2 minutes\n",
    "style.yaml": "version: 1\nstyle:\n  - rule: Painted\n    when: {file: 'ok a*'}\n    do: stylize\n    like: all\n"
    "  - rule: As they are\n    do: keep_photo\n",
}
BAD = (
    "version: 1\nstyle:\n  - rule: x\n    do: stylise\n",
    "version: 1\nstyle: [",
    "",
    "\tversion: 1\n",
    "retouch: 3\n",
)


class People:
    """Everybody around one event, and what they did."""

    def __init__(self, event: Event, cache: Path, seed: int) -> None:
        self.event, self.chance = event, random.Random(seed)
        self.environment = {**os.environ, "SAFELIGHT_CACHE": str(cache), "OMP_NUM_THREADS": "1"}
        self.environment["PYTHONPATH"] = str(Path(__file__).parents[1] / "daemon")
        self.dropped: list[bytes] = []
        self.verdicts: dict[str, tuple[str, str]] = {}
        self.names: dict[str, str] = {}
        self.touched: dict[str, float] = {}
        self.faults: list[str] = []
        self.copies: list[threading.Thread] = []
        self.watch: subprocess.Popen[bytes] | None = None
        self.stopped = False
        self.errors: IO[bytes] = (event.root / "watch.log").open("ab")
        self.count = 0
        self.did: dict[str, int] = {}

    # --- the watch ---

    def command(self, *words: str) -> list[str]:
        """The command line on this event."""
        return [sys.executable, "-m", "safelight.cli", "--event", str(self.event.root), *words]

    def start(self) -> None:
        """Start the watch."""
        self.watch = subprocess.Popen(
            self.command("watch"), env=self.environment, stdout=self.errors, stderr=self.errors, start_new_session=True
        )

    def see_to_it(self) -> None:
        """A watch that ended by itself is a fault; it is started again, as a service would."""
        if self.watch is None or self.watch.poll() is None:
            return
        if self.watch.returncode == 3:  # the library was away when it was opened: a service would start it again
            self.log("cannot work", "started again")
            time.sleep(2)
        else:
            self.fault(f"the watch ended by itself with {self.watch.returncode}")
        self.start()

    def kill(self) -> None:
        """Kill -9, then start again after a while."""
        assert self.watch is not None
        os.killpg(self.watch.pid, signal.SIGKILL)
        self.watch.wait()
        time.sleep(self.chance.choice((0.0, 0.0, 1.0, 5.0)))
        self.start()

    def freeze(self) -> None:
        """SIGSTOP for a while."""
        assert self.watch is not None
        os.killpg(self.watch.pid, signal.SIGSTOP)
        time.sleep(self.chance.uniform(1, 15))
        os.killpg(self.watch.pid, signal.SIGCONT)

    def take_away(self) -> None:
        """The library is away for a while, as a share would be."""
        away = self.event.root / "away"
        self.event.library.rename(away)
        time.sleep(self.chance.uniform(1, 20))
        if self.event.library.exists():
            shown = [str(path.relative_to(self.event.root)) for path in self.event.library.rglob("*")]
            self.fault(f"something was written where the library was away: {shown[:5]}")
            shutil.rmtree(self.event.library)
        away.rename(self.event.library)

    # --- what people do ---

    def new(self) -> tuple[str, bytes]:
        """A picture nobody has seen, and a name that says its verdict."""
        self.count += 1
        kind = self.chance.choices(("ok a", "ok b", "board", "zoo"), (2, 5, 1, 6))[0]
        data = photo(1000 + self.count, "VELOX" if kind == "board" else "")
        name = f"{kind} {self.count:04d}.jpg"
        self.dropped.append(data)
        self.names[name] = object_id(data)
        self.touched[name] = time.monotonic() + REST
        return name, data

    def drop(self) -> None:
        """A few at once."""
        for _ in range(self.chance.randint(1, 5)):
            name, data = self.new()
            self.put(self.inbox() / name, data)

    def drop_under_another_name(self) -> None:
        """Written as `.part`, then renamed."""
        name, data = self.new()
        target = self.inbox() / name
        self.put(target.with_name(name + ".part"), data)
        time.sleep(self.chance.uniform(0, 4))
        target.with_name(name + ".part").rename(target)

    def drop_slowly(self) -> None:
        """In pieces with stalls; sometimes laid out at full size first, as some copiers do."""
        name, data = self.new()
        target, laid = self.inbox() / name, self.chance.random() < 0.5
        stalls = [self.chance.uniform(0.5, 9) for _ in range(self.chance.randint(2, 5))]

        def copy() -> None:
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("wb") as file:
                if laid:
                    file.truncate(len(data))
                step = len(data) // len(stalls) + 1
                for number, stall in enumerate(stalls):
                    file.write(data[number * step : (number + 1) * step])
                    file.flush()
                    time.sleep(stall)

        thread = threading.Thread(target=copy)
        thread.start()
        self.copies.append(thread)

    def drop_again(self) -> None:
        """The same card twice."""
        if self.dropped:
            data = self.chance.choice(self.dropped)
            self.dropped.append(data)
            self.count += 1
            self.put(self.inbox() / f"again {self.count:04d}.jpg", data)

    def drop_rubbish(self) -> None:
        """What is no photo, or half of one."""
        self.count += 1
        data = b"words %d" % self.count
        self.dropped.append(data)
        self.put(self.inbox() / f"words {self.count:04d}.jpg", data)

    def put_into_a_class_folder(self) -> None:
        """An unknown picture: dropped and decided in one."""
        name, data = self.new()
        folder = self.chance.choice(CLASS_FOLDERS)
        self.put(self.event.library / folder / "paul" / name, data)
        self.verdicts[name] = (self.names[name], folder)

    def move(self) -> None:
        """One or some views into another class folder."""
        for view in self.views(self.chance.choice((1, 1, 1, 4))):
            target = self.chance.choice([name for name in CLASS_FOLDERS if name != view.parts[-3]])
            place = self.event.library / target / view.parent.name / view.name
            place.parent.mkdir(parents=True, exist_ok=True)
            view.rename(place)
            self.verdicts[view.name] = (self.names[view.name], target)
            self.log("moved", f"{view.parts[-3]}/{view.name} -> {target}")

    def decide(self) -> None:
        """By command, beside the running watch."""
        for view in self.views(1):
            target = self.chance.choice(CLASS_FOLDERS)
            done = subprocess.run(
                self.command("decide", view.name, target), env=self.environment, capture_output=True, check=False
            )
            if done.returncode == 0:
                self.verdicts[view.name] = (self.names[view.name], target)
            self.log("decided", f"{view.name} {target}: {done.returncode}")

    def delete(self) -> None:
        """One or some views."""
        for view in self.views(self.chance.choice((1, 1, 3))):
            view.unlink()
            self.log("deleted", view.name)

    def edit(self) -> None:
        """In place by temporary file and rename, as most editors do."""
        from loop_world import edit as edited

        for view in self.views(1):
            data = edited(view, self.chance.randint(1, 300))
            temporary = view.with_name(f"~{view.name}.tmp")
            temporary.write_bytes(data)
            temporary.rename(view)
            self.log("edited", view.name)

    def save_rules(self) -> None:
        """Well, badly, or the file taken away for a moment."""
        path, how = self.event.rules / "style.yaml", self.chance.random()
        if how < 0.4:
            path.write_text(self.chance.choice(BAD))
        elif how < 0.5:
            path.unlink(missing_ok=True)
        else:
            path.write_text(GOOD["style.yaml"] + f"# {self.count}\n")

    # --- small things ---

    def inbox(self) -> Path:
        """Whose card it is."""
        return self.event.inbox / self.chance.choice(("marie", "jean", "paul/card 2"))

    def put(self, path: Path, data: bytes) -> None:
        """A file with its folders."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    def views(self, count: int) -> list[Path]:
        """Some class views that were left alone for a while, and are from now on."""
        now = time.monotonic()
        all_ = [path for name in CLASS_FOLDERS for path in sorted((self.event.library / name).glob("*/*.jpg"))]
        found = [path for path in all_ if path.name in self.names and now > self.touched.get(path.name, 0.0)]
        chosen = self.chance.sample(found, min(count, len(found)))
        for path in chosen:
            self.touched[path.name] = now + REST
        # what was put there and not taken in yet is still its owner's alone: bytes changed then were never dropped
        return [path for path in chosen if self.event.store.has(object_id(path.read_bytes()))]

    def log(self, what: str, told: str = "") -> None:
        """One line with the time."""
        print(f"{time.strftime('%H:%M:%S')} {what} {told}", flush=True)

    def fault(self, told: str) -> None:
        """Something that must not be."""
        self.faults.append(told)
        self.log("FAULT", told)

    def one_thing(self) -> None:
        """Somebody does something."""
        acts: tuple[tuple[Callable[[], None], int], ...] = (
            (self.drop, 20), (self.drop_under_another_name, 5), (self.drop_slowly, 10), (self.drop_again, 4),
            (self.drop_rubbish, 2), (self.put_into_a_class_folder, 4), (self.move, 20), (self.decide, 2),
            (self.delete, 5), (self.edit, 5), (self.save_rules, 3), (self.kill, 5), (self.freeze, 2), (self.take_away, 2),
        )  # fmt: skip
        act = self.chance.choices([act for act, _ in acts], [weight for _, weight in acts])[0]
        self.did[act.__name__] = self.did.get(act.__name__, 0) + 1
        self.log(act.__name__)
        try:
            act()
        except FileNotFoundError as fault:  # the view moved on between looking and touching
            self.log("too late", str(fault))
        self.see_to_it()


def main() -> int:
    """Work for so many minutes, then judge."""
    words = argparse.ArgumentParser()
    words.add_argument("--minutes", type=float, default=120)
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--folder", type=Path)
    given = words.parse_args()
    folder = given.folder or Path(tempfile.mkdtemp(prefix="safelight-long-"))
    event = Event(folder / "event")
    for name in ("inbox", "library", "templates", "rules/styles"):
        (event.root / name).mkdir(parents=True, exist_ok=True)
    for name, text in GOOD.items():
        (event.rules / name).write_text(text)
    (event.rules / "styles" / "strokes.png").write_bytes(style())
    people = People(event, folder / "cache", given.seed)
    people.log("begin", f"{folder} seed {given.seed}")
    people.start()
    while not event.sentinel.exists():
        time.sleep(0.2)
        people.see_to_it()
    end = time.monotonic() + given.minutes * 60
    while time.monotonic() < end:
        people.one_thing()
        time.sleep(people.chance.expovariate(0.25))
    return judge(people)


def judge(people: People) -> int:
    """Stop, finish, look at everything."""
    for thread in people.copies:
        thread.join()
    event = people.event
    (event.rules / "style.yaml").write_text(GOOD["style.yaml"])
    time.sleep(20)
    people.see_to_it()
    assert people.watch is not None
    people.watch.terminate()
    if people.watch.wait(timeout=120) != 0:
        people.fault(f"the watch ended with {people.watch.returncode} when told to stop")
    for words in (("redo", "style"), ("run",), ("run",)):
        done = subprocess.run(
            people.command(*words), env=people.environment, capture_output=True, text=True, check=False
        )
        if done.returncode not in {0, 1}:
            people.fault(f"{words}: {done.returncode} {done.stderr[-2000:]}")
    done = subprocess.run(
        people.command("audit", "verify", "--json"), env=people.environment, capture_output=True, text=True, check=False
    )
    if done.returncode != 0 or not json.loads(done.stdout)["ok"]:
        people.fault(f"audit verify: {done.returncode} {done.stdout[-2000:]}")
    for told in unsound(event, people.dropped, exactly=False):
        people.fault(told)
    from safelight.app.looking import overview

    look = overview(event)
    for name, (photo_id, wanted) in people.verdicts.items():
        plan = look.plans.get(PhotoId(photo_id))
        if plan is None or plan.verdict != wanted:
            people.fault(f"{name} was put into {wanted}, its verdict is {plan.verdict if plan else 'unknown'}")
    people.log("did", json.dumps(people.did))
    people.log("end", f"{len(people.dropped)} dropped, {look.tally}, {len(people.faults)} faults")
    for told in people.faults:
        people.log("fault", told)
    return 1 if people.faults else 0


if __name__ == "__main__":
    sys.exit(main())
