"""Files to Recipe: the defaults that come with the package, both languages, every kind of value, files alone and broken."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safelight.model.recipe import Conditions, Recipe, RetouchRule, SignalLimit, StyleImage
from safelight.model.signals import SIGNALS
from safelight.rulebook import words as w
from safelight.rulebook.compile import Compiled, Seen, compile_rules, file_key
from safelight.stages.prompts import KNOWN, concept, prompt_class

RULES = Path(__file__).parents[2] / "rules"
FRENCH = Path(__file__).with_name("french")
SEEN = Seen(("marie",), frozenset(KNOWN))
STYLES = (StyleImage("chalk", "a" * 64), StyleImage("night-poster", "b" * 64))


def folder(path: Path) -> dict[str, bytes]:
    """The five files of a folder."""
    return {file.name: file.read_bytes() for file in sorted(path.glob("*.yaml"))}


def one(name: str, text: str) -> Compiled:
    """One file, compiled."""
    return compile_rules({name: text.encode()}, STYLES, SEEN)


def right(name: str, text: str) -> Recipe:
    """One file that must be right."""
    made = one(name, text)
    assert not made.problems, made.text(name)
    return made.recipe


def codes(name: str, text: str) -> list[str]:
    """The codes of its problems, in line order."""
    return [problem.code for problem in one(name, text).problems.get(name, ())]


def same_sense(recipe: Recipe) -> Recipe:
    """A recipe with names dropped and the free texts of masks and prompts brought to one language."""
    rules = tuple(
        replace(
            rule,
            name="",
            mask=tuple(map(concept, rule.mask)),
            keep=tuple(map(concept, rule.keep)),
            prompt=str(prompt_class(rule.prompt)),
        )
        for rule in recipe.retouch.rules
    )
    style = replace(recipe.style, rules=tuple(replace(rule, name="") for rule in recipe.style.rules))
    return replace(recipe, retouch=replace(recipe.retouch, rules=rules), style=style)


@pytest.mark.parametrize("path", [RULES, FRENCH])
def test_default_files_are_right(path: Path) -> None:
    """The five files that come with the package, and their French copies, give neither problem nor warning."""
    made = compile_rules(folder(path), STYLES, SEEN)
    assert len(folder(path)) == 5
    assert not made.problems
    assert not made.warnings
    assert all(getattr(made.recipe, part.name) is not None for part in fields(made.recipe))


def test_default_files_say_the_same_in_french() -> None:
    """The French copies compile to the same recipe, word for word of what counts."""
    english, french = (compile_rules(folder(path), STYLES, SEEN).recipe for path in (RULES, FRENCH))
    assert same_sense(english) == same_sense(french)


def test_default_files_only_ask_what_our_engines_can() -> None:
    """Every mask of the default rules is a concept and every prompt one that the own engines paint."""
    for rule in compile_rules(folder(RULES), STYLES, SEEN).recipe.retouch.rules:
        assert all(concept(mask) in {"advertising", "sign", "face", "person", "car", "text"} for mask in rule.mask)
        assert rule.do != "inpaint" or prompt_class(rule.prompt)


REMARKS = [
    ("sort.yaml", "# sort:"),
    ("sort.yaml", "#   trier:"),
    ("retouch.yaml", "#   retoucher:"),
    ("style.yaml", "#   style:"),
    ("book.yaml", "# chapters:"),
    ("book.yaml", "#   titre: Les 24 Heures"),
    ("event.yaml", "#     version: 1"),
]


@pytest.mark.parametrize(("name", "start"), REMARKS)
def test_examples_in_remarks_are_right(name: str, start: str) -> None:
    """What the default files show in their remarks works when the remark signs are taken away."""
    lines = (RULES / name).read_text(encoding="utf-8").split("\n")
    margin = len(start) - len(start[1:].lstrip())
    block: list[str] = []
    for line in lines[lines.index(start) :]:
        if not line.startswith("#") or line.startswith(("# In French", "# Conditions")) or line[1:margin].strip():
            break
        block.append(line[margin:])
    text = "\n".join(block)
    right(name, text if text.startswith("version") else "version: 1\n" + text)


def test_a_broken_file_never_stops_the_others() -> None:
    """None in its own part only; event.yaml falls back to the defaults."""
    files = folder(RULES)
    for name in files:
        made = compile_rules({**files, name: b"version: 1\n\tx"}, STYLES, SEEN)
        assert list(made.problems) == [name]
        part = getattr(made.recipe, name.removesuffix(".yaml"))
        assert part is None if name != "event.yaml" else part.name == ""
        others = [other for other in files if other not in {name, "event.yaml"}]
        assert all(getattr(made.recipe, other.removesuffix(".yaml")) is not None for other in others)


def test_missing_files_are_none() -> None:
    """No file, no rules: never "no rules, so everything passes"."""
    recipe = compile_rules({}, (), Seen()).recipe
    assert (recipe.sort, recipe.retouch, recipe.style, recipe.book) == (None, None, None, None)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("retouch.yaml", "retouch.yaml"),
        ("Retouch.YAML.txt", "retouch.yaml"),
        ("sort.yml", "sort.yaml"),
        ("other.yaml", None),
    ],
)
def test_file_names(name: str, key: str | None) -> None:
    """Any case, .yml and the ending that Windows hides are understood."""
    assert file_key(name) == key


def rule(part: str, body: str):
    """The one rule of a file."""
    return getattr(right(f"{part}.yaml", f"version: 1\n{part}:\n  - rule: A\n{body}"), part).rules[0]


@pytest.mark.parametrize(
    ("typed", "share"),
    [
        ("35%", 0.35),
        ("35 %", 0.35),
        ("35\u202f%", 0.35),
        ("at least 80%", 0.8),
        ("au moins 80 %", 0.8),
        ("2,5 %", 0.025),
        ("80", 0.8),
    ],
)
def test_shares(typed: str, share: float) -> None:
    """Percentages with and without spaces, commas and words around them."""
    assert rule("sort", f"    when: {{sure: '{typed}'}}\n    do: ok\n").when.sure_at_least == share


@pytest.mark.parametrize(
    ("typed", "limit"),
    [
        ("car area: below 1 %", SignalLimit("car_area", "below", 0.01)),
        ("surface voiture: moins de 1 %", SignalLimit("car_area", "below", 0.01)),
        ("faces: at least 2", SignalLimit("faces", "at_least", 2)),
        ("visages: plus de 2", SignalLimit("faces", "above", 2)),
        ("sharpness: at most 0.5", SignalLimit("sharpness", "at_most", 0.5)),
        ('netteté: "au plus 0,5"', SignalLimit("sharpness", "at_most", 0.5)),
        ("netteté: au plus 50 %", SignalLimit("sharpness", "at_most", 0.5)),
        ("cars: '>= 3'", SignalLimit("cars", "at_least", 3)),
        ("clipped: more than 20%", SignalLimit("clipped", "above", 0.2)),
    ],
)
def test_limits(typed: str, limit: SignalLimit) -> None:
    """Any signal with a limit, in sort.yaml."""
    assert rule("sort", f"    when: {{{typed}}}\n    do: exclure\n").when.signals == (limit,)


@pytest.mark.parametrize("name", SIGNALS)
def test_every_signal_is_a_reason_in_both_languages(name: str) -> None:
    """The closed list is the model's own."""
    for word in (SIGNALS[name].en_name, SIGNALS[name].fr_name, name):
        assert rule("retouch", f"    when: {{reason: {word}}}\n    do: leave\n").when.reason == (name,)


@pytest.mark.parametrize("typed", ["car area: 1%", "car area: below 1", "faces: at least 1.5", "sharpness: below 2"])
def test_bad_limits(typed: str) -> None:
    """A limit without word, a share without %, half a face: told, never guessed."""
    assert codes("sort.yaml", f"version: 1\nsort:\n  - rule: A\n    when: {{{typed}}}\n    do: ok\n") == ["limit"]


def test_a_rule_with_a_limit_only_has_conditions() -> None:
    """Measured signals are conditions like others: no remark that the rule takes everything, nor that the next is never
    reached.
    """
    text = "version: 1\nsort:\n  - rule: a\n    when: {car area: below 6%}\n    do: exclure\n  - rule: b\n    do: ok\n"
    assert one("sort.yaml", text).warnings == ()
    bare = text.replace("    when: {car area: below 6%}\n", "")
    assert [warning.code for warning in one("sort.yaml", bare).warnings] == ["w_exclude_all", "w_never"]
    rest = text + "  - rule: rest\n    do: exclure\n"
    assert [warning.code for warning in one("sort.yaml", rest).warnings] == ["w_never"]
    assert one("sort.yaml", rest.replace("    do: ok\n", "    when: {night: yes}\n    do: ok\n")).warnings == ()


def test_limits_belong_to_sorting() -> None:
    """In retouch.yaml a signal is an unknown word."""
    text = "version: 1\nretouch:\n  - rule: A\n    when: {car area: below 1%}\n    do: leave\n"
    assert codes("retouch.yaml", text) == ["unknown_key"]


def test_design_example() -> None:
    """The worked example of the grammar means what it says."""
    text = """version: 1
defaults:
  max_area: 20%
  keep: car
retouch:
  - rule: Boards
    when:
      reason: [face, spectator]
      photographer: Zoé
      taken: {from: "2026-06-13 15:00", to: 2026-06-14}
      night: oui
    mask: advertising board, sponsor banner
    with: plain   wall
    grow: 12px
  - rule: Off
    on: no
    do: leave
  - rule: Last
    do: blur
    mask: face
    keep: nothing
    strength: 9
    last: yes
"""
    first, last = right("retouch.yaml", text).retouch.rules
    assert first == RetouchRule(
        "Boards", "inpaint",
        Conditions(photographer=("Zoé",), reason=("faces", "people"), taken_from="2026-06-13T15:00", taken_to="2026-06-14T23:59", night=True),
        mask=("advertising board", "sponsor banner"), prompt="plain wall", keep=("car",), grow=12, max_area=0.2,
    )  # fmt: skip
    assert last == RetouchRule("Last", "blur", mask=("face",), keep=(), strength=9, max_area=0.2, last=True)


def test_style_and_names() -> None:
    """Styles are named by file or by stem, in any case; "all" is the empty list."""
    made = rule(
        "style", "    do: stylize\n    like: [Night-Poster.JPG, chalk]\n    choose: par heure\n    strength: 40%\n"
    )
    assert (made.like, made.choose, made.strength) == (("Night-Poster", "chalk"), "by_hour", 0.4)
    assert rule("style", "    do: styliser\n    comme: toutes\n").like == ()


@pytest.mark.parametrize(
    ("typed", "seconds"),
    [("10 minutes", 600), ("30 s", 30), ("1 h", 3600), ("1h30", 5400), ("2 heures", 7200), ("1,5 min", 90)],
)
def test_durations(typed: str, seconds: float) -> None:
    """Lengths of time with their unit, in both languages."""
    assert right("event.yaml", f"version: 1\nredo limit: {typed}\n").event.redo_limit == seconds


@pytest.mark.parametrize("typed", ["22 to 6", "22h à 6h", "22-6", "22:00 to 6:00", "de 22 h à 6 h", "[22, 6]"])
def test_night_hours(typed: str) -> None:
    """A span of hours as people write it."""
    event = right("event.yaml", f"version: 1\nnight: {typed}\n").event
    assert (event.night_from, event.night_to) == (22, 6)


def test_forms() -> None:
    """Both forms, filled."""
    event = right(
        "event.yaml",
        "version: 1\nname: 24 Heures\nlanguage: français\nrace: {start: '2026-06-13 16:00', end: '2026-06-14 16h00', circuit: Le Mans}\nlanes: 2\n",
    ).event
    assert (event.language, event.race_start, event.race_end, event.lanes) == (
        "fr",
        "2026-06-13T16:00",
        "2026-06-14T16:00",
        2,
    )
    book = right(
        "book.yaml",
        "version: 1\ntitle: 007\nchapitres:\n  - titre: Nuit\n    heures: 6 à 14\n    mots: [nuit]\ncredits: [Marie, Jean]\n",
    ).book
    assert (book.title, book.credits) == ("007", ("Marie", "Jean"))
    assert (book.chapters[0].title, book.chapters[0].from_hour, book.chapters[0].to_hour) == ("Nuit", 6, 14)


def test_a_promise_may_be_none() -> None:
    """`promise: none` is no promise; its usual form is a share."""
    assert right("sort.yaml", "version: 1\ndefaults: {promise: none}\n").sort.promise is None
    assert right("sort.yaml", "version: 1\ndefaults: {promise: at most 3 % wrong}\n").sort.promise == 0.03


@pytest.mark.parametrize("part", ["sort", "retouch", "style"])
def test_no_word_means_two_things(part: str) -> None:
    """Within one place no word, folded, stands for two keys or two verbs."""
    from safelight.rulebook import schema, shapes

    tables = [shapes.VERBS[part]]
    for of in shapes.VERB_FIELDS[part].values():
        tables.append(schema.key_table(["rule", "on", "last", "when", "do", *of]))  # noqa: PERF401 - one case a line reads better
    tables += [
        schema.key_table([*shapes.CONDITIONS, "taken"]), schema.key_table(["version", *shapes.EVENT, "race"]),
        schema.key_table(["version", *shapes.BOOK, "chapters"]), schema.key_table(list(shapes.CHAPTER)),
        schema.key_table(list(shapes.RACE)), w.SIGNAL_WORDS, w.COMPARE, w.IF_NOTHING, w.CHOOSE,
    ]  # fmt: skip
    for table in tables:
        owners: dict[str, set[str]] = {}
        for name, (english, french) in table.items():
            for word in (name, *english, *french):
                owners.setdefault(w.fold(word), set()).add(name)
        assert not {word: names for word, names in owners.items() if len(names) > 1}


TEXTS = st.text(st.characters(categories=("L", "N", "P", "S"), include_characters=" "), min_size=1, max_size=20).map(
    lambda text: " ".join(text.split())
)
NAMES = TEXTS.filter(lambda text: text and w.find(w.NONE, text) is None)


@st.composite
def retouch_rules(draw):
    """A retouch rule that can be written down."""
    verb = draw(st.sampled_from(["inpaint", "blur", "pixelate", "crop_away"]))
    extra = {"prompt": draw(NAMES)} if verb == "inpaint" else {}
    if verb in {"blur", "pixelate"}:
        extra["strength"] = draw(st.integers(1, 10))
    when = Conditions(
        photographer=tuple(draw(st.lists(NAMES, max_size=2, unique=True))),
        night=draw(st.sampled_from([None, True, False])),
        reason=tuple(draw(st.lists(st.sampled_from(sorted(SIGNALS)), max_size=3, unique=True))),
        sure_at_least=draw(st.sampled_from([None, 0.0, 0.35, 1.0])),
        taken_from=draw(st.sampled_from([None, "2026-06-13T15:00"])),
    )
    return RetouchRule(
        draw(NAMES), verb, when, mask=tuple(draw(st.lists(NAMES, min_size=1, max_size=3, unique=True))),
        keep=tuple(draw(st.lists(NAMES, max_size=2, unique=True))), grow=draw(st.integers(0, 400)),
        max_area=draw(st.integers(0, 100)) / 100, if_nothing_found=draw(st.sampled_from(["need-you", "leave", "exclude"])),
        if_too_much=draw(st.sampled_from(["need-you", "exclude"])), last=draw(st.booleans()), **extra,
    )  # fmt: skip


def written(made: RetouchRule, french: bool) -> str:
    """The rule as a person could write it, all texts in quotes (JSON's are YAML's)."""

    def key(name: str) -> str:
        return w.shown(w.KEYS, name, french)

    def quoted(value) -> str:
        return json.dumps(value, ensure_ascii=False)

    def yes(value: bool) -> str:
        return w.shown(w.YES_NO, "yes" if value else "no", french)

    rows = [f"{key('rule')}: {quoted(made.name)}", f"{key('do')}: {w.shown(w.RETOUCH_VERBS, made.do, french)}"]
    rows += [f"{key(name)}: {quoted(list(getattr(made, name)))}" for name in ("mask", "keep")]
    rows += [
        f"{key('grow')}: {made.grow}px",
        f"{key('max_area')}: {round(made.max_area * 100)} %",
        f"{key('last')}: {yes(made.last)}",
    ]
    rows.append(f"{key('if_nothing_found')}: {w.shown(w.IF_NOTHING, made.if_nothing_found, french)}")
    rows.append(f"{key('if_too_much')}: {w.shown(w.IF_TOO_MUCH, made.if_too_much, french)}")
    if made.do == "inpaint":
        rows.append(f"{key('with')}: {quoted(made.prompt)}")
    if made.do in {"blur", "pixelate"}:
        rows.append(f"{key('strength')}: {made.strength}")
    c, when = made.when, []
    if c.photographer:
        when.append(f"{key('photographer')}: {quoted(list(c.photographer))}")
    if c.night is not None:
        when.append(f"{key('night')}: {yes(c.night)}")
    if c.reason:
        when.append(f"{key('reason')}: [{', '.join(w.shown(w.SIGNAL_WORDS, name, french) for name in c.reason)}]")
    if c.sure_at_least is not None:
        when.append(f"{key('sure')}: {round(c.sure_at_least * 100)}%")
    if c.taken_from:
        when.append(f"{key('taken')}: {{{key('from')}: 2026-06-13 15:00}}")
    if when:
        rows.append(f"{key('when')}:\n" + "\n".join(f"      {row}" for row in when))
    top = w.shown(w.LISTS, "retouch", french)
    return f"version: 1\n{top}:\n  - " + "\n    ".join(rows) + "\n"


@settings(deadline=None, max_examples=80)
@given(retouch_rules(), st.booleans())
def test_a_rule_round_trips(made: RetouchRule, french: bool) -> None:
    """What can be meant can be written in either language, and is read back as meant (texts in NFC)."""
    from safelight.rulebook.report import tidy

    result = one("retouch.yaml", written(made, french))
    assert not result.problems, result.text("retouch.yaml")
    wanted = replace(
        made, name=tidy(made.name), prompt=tidy(made.prompt),
        mask=tuple(dict.fromkeys(map(tidy, made.mask))), keep=tuple(dict.fromkeys(map(tidy, made.keep))),
        when=replace(made.when, photographer=tuple(dict.fromkeys(map(tidy, made.when.photographer)))),
    )  # fmt: skip
    assert result.recipe.retouch.rules == (wanted,)


PIECES = ["version: 1", "sort", "retouch", "style", "rule", "when", "do", "mask", "taken", "race", "chapters", ":", ": ", "- ", "\n", "\n  ", "\n    ", "[", "]", "{", "}", '"', "'", "#", "&a", "*a", "|", ">", "35%", "inpaint", "blur", "face", "?", "!", "“", "\t", "é", ", "]  # fmt: skip


@settings(deadline=None, max_examples=150)
@given(
    st.sampled_from(["event.yaml", "sort.yaml", "retouch.yaml", "style.yaml", "book.yaml"]),
    st.lists(st.sampled_from(PIECES), max_size=40).map("".join),
)
def test_compiling_never_raises(name: str, text: str) -> None:
    """Any heap of words gives a part or problems that can be said in both languages."""
    made = one(name, text)
    for language in ("en", "fr"):
        assert all(made.text(file, language) for file in made.problems)
        assert all(warning.say(language) for warning in made.warnings)
    assert made.problems or getattr(made.recipe, name.removesuffix(".yaml")) is not None


@settings(deadline=None, max_examples=100)
@given(
    st.sampled_from(sorted(folder(FRENCH))), st.integers(0, 10_000), st.integers(0, 12), st.sampled_from([*PIECES, ""])
)
def test_a_damaged_file_never_raises(name: str, at: int, cut: int, put: str) -> None:
    """A right file with some signs cut out and others put in: right, or problems inside its lines."""
    text = (FRENCH / name).read_text(encoding="utf-8")
    at %= len(text)
    damaged = text[:at] + put + text[at + cut :]
    made = one(name, damaged)
    for problem in made.problems.get(name, ()):
        assert 1 <= problem.place.line <= damaged.count("\n") + 1
        assert problem.block("fr")
