"""Rules live: read again when their content changed and stood still, told beside the file when wrong or doubtful, kept
in `rules/.history/`, the last good version in force meanwhile.

`rulefiles` says what to believe of the folder, `rules` makes a recipe of it, `rulenotes` the words beside the files;
this part brings them together for the event being worked on.
"""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

from safelight.files import write_through
from safelight.model.digests import ObjectId
from safelight.model.errors import DiskFull, SafelightError
from safelight.model.recipe import Recipe
from safelight.model.system import said
from safelight.reconcile import redofiles, rules
from safelight.reconcile.ownfiles import OwnFiles
from safelight.reconcile.preview import Previews
from safelight.reconcile.rulefiles import RuleFolder
from safelight.reconcile.rulenotes import is_note, notes_for
from safelight.reconcile.rulewords import say
from safelight.reconcile.statustext import RuleTold
from safelight.reconcile.work import Work
from safelight.rulebook.compile import Seen, compile_rules


class RuleWatch:
    """The rules folder of the event being worked on. `problems` is the text told last, empty when all is right."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.problems = ""
        self.own = OwnFiles(work.event.rules, work.cache / "rules.json", work.owner.still)
        self.previews = Previews(work, self.own)
        self._folder: RuleFolder | None = None
        self._styles = work.cache / "styles.json"
        self._style_ok = _pictures(self._styles)
        self._people: tuple[int, frozenset[str]] = (0, frozenset())
        self._forced: rules.InForce | None = None
        self._noted: dict[str, bytes] | None = None
        self._lost = False
        self._unread = False
        self._away: set[str] = set()
        self._sorter = ""

    def look(self) -> None:
        """Look at the folder once; bring into force what stood still."""
        work = self.work
        folder = self._folder = self._folder or self._opened()
        changed = folder.look(work.monotonic(), work.pace.steady, work.pace.gone)
        self._tell(folder)
        self._unread = work.recipe is None or changed or self._new_people() or self._other_sorter() or self._unread
        if self._unread:
            self._try_to_read(folder)
        if not folder.lost:
            self._note(folder)
            if not folder.waiting():
                redofiles.take(work, self.own)

    def waiting(self) -> bool:
        """Whether a file changed or vanished and is not believed yet, or a preview is made: a run does not end before."""
        pending = self._folder is not None and self._folder.waiting() and not self._folder.lost
        return pending or self._unread or self.previews.active()

    def told(self) -> tuple[RuleTold, ...]:
        """Each rule file for the status: what is in force since when, and what is wrong with the one that lies there."""
        state, folder = self.work.owner.state, self._folder
        problems = self._forced.compiled.problems if self._forced is not None else {}
        gone = self._gone(folder) if folder is not None else set()
        found = []
        for file in rules.PARTS:
            known = state.rules.get(file)
            wrong = tuple((problem.say("en"), problem.say("fr")) for problem in problems.get(file, ()))
            if known is not None:
                found.append(RuleTold(file, known[0].version, known[1], wrong, file in gone))
            elif wrong or file not in rules.FORMS:
                found.append(RuleTold(file, problems=wrong))
        return tuple(found)

    # --- bringing into force ---

    def _opened(self) -> RuleFolder:
        owner = self.work.owner
        rules.keep_history(owner, owner.state.accepted)
        return RuleFolder(owner.event, rules.all_last_good(owner), lambda path: owner.event.store.put_file(path)[0])

    def _try_to_read(self, folder: RuleFolder) -> None:
        """What there is no room for, or what a lost child could not look at, is read again at the next look.

        Without any recipe nothing can be done meanwhile, and the fault is the caller's.
        """
        work = self.work
        try:
            self._read(folder)
            self._unread = False
        except SafelightError as fault:
            if work.recipe is None or not fault.retry:
                raise
            if isinstance(fault, DiskFull):
                work.disk_full(fault)
            work.tell_once("rules unread", fault.say(work.language))

    def _read(self, folder: RuleFolder) -> None:
        work, owner = self.work, self.work.owner
        first = work.recipe is None
        before = work.recipe or self._compiled(rules.all_last_good(owner))
        pool, bad = rules.pool_of(folder.styles, self._is_picture)
        self._sorter = owner.state.sorting
        work.planner.promises.learn(owner)
        answers = work.planner.promises.answers(self._sorter) if self._sorter else None
        seen = Seen(tuple(sorted(self._people[1])), rules.known_prompts(), answers, rules.known_concepts())
        forced = self._forced = rules.in_force(owner, pool, folder.files, seen, work.zone)
        for file, version in rules.accept(owner, forced, owner.append):
            work.at("rules accepted")
            rules.keep_history(owner, [owner.state.rules[file]])
            if version > 1:
                work.tell(say("accepted", forced.recipe.event.language, file=file, version=version))
        work.recipe = rules.kept_parts(forced.recipe, before, forced.compiled.problems)
        if work.recipe != before:
            self.previews.changed(before, work.recipe)
        elif first:
            self.previews.resume(lambda: self._compiled(rules.all_last_good(owner, back=1)), work.recipe)
        for name in bad:
            work.tell_once(f"style {name}", say("bad_style", work.language, file=name))
        problems = "\n\n".join(forced.texts.values())
        if problems and problems != self.problems:
            work.tell(problems)
        self.problems = problems
        work.dirty = True

    def _compiled(self, files: dict[str, bytes]) -> Recipe | None:
        """What was in force with these versions; None for a new event. Styles are those of now."""
        if not files:
            return None
        styles = self._folder.styles if self._folder else {}
        pool, _ = rules.pool_of(styles, self._is_picture)
        return compile_rules(files, pool, Seen()).recipe

    def _new_people(self) -> bool:
        """Whether a photographer was seen for the first time: then a remark about an unknown one may go."""
        count, people = self._people
        owner = self.work.owner
        if len(owner.state.photos) == count:
            return False
        found = {owner.of(photo).photographer for photo in list(owner.state.photos)[count:]} - {""}
        self._people = len(owner.state.photos), people | found
        return not found <= people

    def _other_sorter(self) -> bool:
        """Whether another model sorts than when the rules were read: what they promise may be another matter now."""
        return self._sorter != self.work.owner.state.sorting

    def _is_picture(self, name: ObjectId) -> bool:
        if name not in self._style_ok:
            job = {"stage": "probe", "inputs": {"image": name}, "params": {}}
            try:
                self.work.wait_for(job)
                self._style_ok[name] = True
                self._remember()
            except SafelightError as fault:
                if fault.retry:
                    raise
                self._style_ok[name] = False
        return self._style_ok[name]

    def _remember(self) -> None:
        """A start need not begin a child to look at a style again: its bytes are in its name."""
        good = sorted(name for name, ok in self._style_ok.items() if ok)
        with contextlib.suppress(OSError):
            write_through(self._styles, json.dumps(good).encode())

    # --- telling ---

    def _tell(self, folder: RuleFolder) -> None:
        """What the folder itself has to say: away, unreadable, a file missing for a moment."""
        work, language = self.work, self.work.language
        if folder.lost:
            self._lost = True
            work.tell_once("rules away", say("lost", language, folder=work.event.rules))
            return
        if self._lost:
            work.tell_once("rules away", say("found", language, folder=work.event.rules))
        self._lost = False
        for key in folder.unreadable:
            work.tell_once(f"rules {key}", say("unreadable", language, file=key))
        away = {key for key, _ in folder.missing()} | self._gone(folder)
        for key in sorted(away - self._away - self._gone(folder)):
            then = say("then_stay" if key in rules.FORMS else "then_wait", language)
            told = say("missing_soon", language, file=key, seconds=round(work.pace.gone), then=then)
            work.tell_once(f"rules {key}", told)
        for key in sorted(self._away - away):
            work.tell_once(f"rules {key}", say("file_back", language, file=key))
        self._away = away

    def _gone(self, folder: RuleFolder) -> set[str]:
        """Files that were in force once and are gone for good."""
        return {key for key in self.work.owner.state.rules if key not in folder.files}

    def _note(self, folder: RuleFolder) -> None:
        """Bring the notes beside the rule files to what is wanted; what a person wrote is left alone."""
        if self._forced is None:
            return
        owner, language = self.work.owner, self.work.language
        history = {key: rules.history_name(*owner.state.rules[key]) for key in sorted(self._gone(folder))}
        wanted = notes_for(self._forced, history, folder.twins, language)
        if wanted == self._noted and all((self.work.event.rules / name).exists() for name in wanted):
            return
        try:
            for name in self.own.sync(wanted, is_note):
                self.work.tell_once(f"way {name}", say("in_the_way", language, file=name))
        except OSError as fault:
            self.work.tell_once(
                "rule notes", f"{self.work.event.rules}: {said(fault.strerror or '', self.work.language)}"
            )
            return
        if wanted != self._noted:
            for name in history:
                lines = wanted[next(note for note in wanted if note.startswith(f"{name} - "))]
                self.work.tell_once(f"rules {name}", lines.decode("utf-8-sig").replace("\r\n", "\n").rstrip())
        self._noted = wanted


def _pictures(path: Path) -> dict[ObjectId, bool]:
    """Styles that were read once; a cache that is gone or broken costs one child's look at each."""
    try:
        names = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return {ObjectId(name): True for name in names} if isinstance(names, list) else {}
