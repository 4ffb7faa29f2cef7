"""The command line: arguments to use cases, results to people or JSON, faults to exit statuses.

Names of commands are fixed. `--event DIR` stands before the command, `--json` after it: standard output is then one JSON
document and progress goes to standard error. People get a sentence, never a traceback; that goes to the log.
"""

from __future__ import annotations

import io
import json
import os
import sys
import threading
import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from safelight import __version__
from safelight.model.errors import CANNOT, DAMAGE, DONE, UNEXPECTED, WAITS, WRONG, SafelightError, UsageError

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Safelight: from dropped pictures to a printed book that proves them.",
)
rules_app = typer.Typer(no_args_is_help=True, help="The rule files.")
audit_app = typer.Typer(no_args_is_help=True, help="The proof.")
app.add_typer(rules_app, name="rules")
app.add_typer(audit_app, name="audit")
data_app = typer.Typer(no_args_is_help=True, help="Pictures with labels, for training.")
app.add_typer(data_app, name="data")
train_app = typer.Typer(no_args_is_help=True, help="Train a network on pictures of your own.")
app.add_typer(train_app, name="train")
export_app = typer.Typer(no_args_is_help=True, help="Networks of yours for other programs.")
app.add_typer(export_app, name="export")
models_app = typer.Typer(
    no_args_is_help=True, help="Optional models: fetched only by these commands, never by themselves."
)
app.add_typer(models_app, name="models")
service_app = typer.Typer(no_args_is_help=True, help="The watch as a service of this user (systemd).")
app.add_typer(service_app, name="service")

Json = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]
Log = Annotated[str, typer.Option("--log", help="How the event's log is written: text or json (a line a fact).")]
Output = Annotated[Path, typer.Option("-o", help="The file to write.")]
_event = Path()


@app.callback()
def _main(
    event: Annotated[Path, typer.Option("--event", help="The event's folder (default: here).")] = Path(),
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    global _event
    if version:
        print(f"safelight {__version__}")
        raise typer.Exit
    _event = event


def main() -> None:
    """Entry point: run a command, turn faults into a sentence and an exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a name that is no UTF-8 must not end a command
    try:
        status = app(standalone_mode=False)
    except SafelightError as fault:
        _print_error(fault.say(_language()))
        status = fault.exit_status
    except typer.TyperException as fault:
        told = getattr(fault, "format_message", None)
        _print_error(told() if told else str(fault))
        status = WRONG
    except (KeyboardInterrupt, typer.Abort):
        status = 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        status = DONE
    except Exception:  # noqa: BLE001 - the last door: people get a sentence, the log gets the traceback
        _print_error(f"Something unexpected went wrong. The details are in {_log_fault()}.")
        status = UNEXPECTED
    sys.exit(status if isinstance(status, int) else DONE)


def _print_error(text: str) -> None:
    print(text, file=sys.stderr)


def _log_fault() -> Path:
    """Where the traceback went: the event's log, else the cache."""
    from safelight import app as use

    folder = _event / "library" / ".safelight" / "log"
    if not folder.parent.is_dir():
        folder = _around().cache / "log"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        use.turn_over(folder / "faults.log")
        with (folder / "faults.log").open("a", encoding="utf-8") as file:
            traceback.print_exc(file=file)
    except OSError:
        traceback.print_exc()
    return folder / "faults.log"


def _language() -> str:
    from safelight import app as use

    try:
        return use.language_of(use.Event(_event))
    except Exception:  # noqa: BLE001 - the language of an error message must never hide the error
        return "en"


def _around() -> Any:
    from safelight import app as use

    return use.Surroundings.of(os.environ, os.cpu_count())


def _show(value: Any, as_json: bool, lines: Callable[[], list[str]]) -> None:
    if as_json:
        print(json.dumps(value, ensure_ascii=False, indent=1, default=str))
    else:
        print("\n".join(lines()))


class Screen:
    """Progress for people: one moving line on a terminal, a plain line every few seconds elsewhere."""

    def __init__(self, *, quiet: bool) -> None:
        from safelight import app as use

        self._line, self._language = use.progress_line, _language()
        self._stream = sys.stderr
        self._moving = self._stream.isatty() and not quiet
        self._quiet = quiet
        self._last = ""
        self._next = 0.0

    def progress(self, report: Any) -> None:
        """One line: how much is done, what is being done, time left."""
        self.line(self._line(report, self._language))

    def line(self, text: str) -> None:
        """The moving line says this now."""
        import time

        if self._quiet or text == self._last:
            return
        if self._moving:
            self._stream.write("\r\x1b[2K" + text[:150])
            self._stream.flush()
        elif time.monotonic() >= self._next:
            print(text, file=self._stream, flush=True)
            self._next = time.monotonic() + 5.0
        self._last = text

    def say(self, text: str) -> None:
        """A sentence on a line of its own."""
        if text == "book":
            text = "Mise en page du livre …" if self._language == "fr" else "Laying out the book …"
        print(("\r\x1b[2K" if self._moving else "") + text, file=self._stream, flush=True)

    def end(self) -> None:
        """Leave the moving line."""
        if self._moving and self._last:
            self._stream.write("\n")


@app.command()
def init(folder: Path) -> None:
    """Make a new event: folders, rule files, styles of our own drawing."""
    from safelight import app as use

    use.init(folder)
    print(f"{folder} is ready. Drop pictures into {folder / 'inbox'}/<photographer>/ and run `safelight watch` there.")


@app.command()
def run(as_json: Json = False, log: Log = "text") -> None:
    """Work until nothing is missing and the book is made."""
    from safelight import app as use

    screen = Screen(quiet=as_json)
    outcome = use.work(use.Event(_event), replace(_around(), log=_log_form(log)), screen)
    screen.end()
    _show(outcome.to_json(), as_json, lambda: use.outcome_lines(outcome, _language()))
    if outcome.tally.needs_you or outcome.tally.waiting or outcome.held:
        raise typer.Exit(WAITS)


def _log_form(wanted: str) -> str:
    if wanted not in {"text", "json"}:
        raise UsageError(reason=f"“{wanted}” is no form of a log: say text or json.")
    return wanted


@app.command()
def watch(log: Log = "text") -> None:
    """Keep working: pictures dropped are sorted, retouched and painted as they come."""
    from safelight import app as use

    stop = threading.Event()
    use.stop_on_signals(stop)
    screen = Screen(quiet=False)
    screen.say(f"Watching {(_event / 'inbox').resolve()} (Ctrl-C ends it).")
    around = replace(_around(), log=_log_form(log))
    use.watch(use.Event(_event), around, screen, stop, use.Signs(os.environ))
    screen.end()


@app.command()
def status(as_json: Json = False) -> None:
    """Where everything stands; looks only."""
    from safelight import app as use

    event = use.Event(_event)
    look = use.overview(event, _around().cache_of(event))
    _show(look.to_json(), as_json, lambda: use.status_lines(look))


@app.command()
def plan(as_json: Json = False) -> None:
    """What would be done now, and why; looks only."""
    from safelight import app as use

    look = use.overview(use.Event(_event))
    steps = [row for row in (use.plan_row(look, photo) for photo in look.plans) if row]
    _show(
        {"steps": steps, "seconds": round(look.left, 1)},
        as_json,
        lambda: use.plan_lines(steps, look.left, look.recipe.event.language),
    )


@app.command()
def explain(photo: str, as_json: Json = False) -> None:
    """Everything about one photo: a name, a file, or the first digits of its number."""
    from safelight import app as use

    told = use.explain(use.Event(_event), photo)
    _show(told, as_json, lambda: use.explain_lines(told))


@app.command()
def decide(photo: str, verdict: str, as_json: Json = False) -> None:
    """Decide a photo: ok, retoucher or exclure. Never overruled by a model."""
    from safelight import app as use

    _asked([use.decide(use.Event(_event), photo, verdict)], as_json)


@app.command()
def redo(what: Annotated[str | None, typer.Argument()] = None, as_json: Json = False) -> None:
    """Do work again: a photo, a stage, sort, retouch, style or book. Without a word: what waits for one."""
    from safelight import app as use

    if what is None:
        held = sorted(use.overview(use.Event(_event)).held)
        _show(
            {"waits_for_word": held},
            as_json,
            lambda: [f"{part} waits for a word" for part in held] or ["Nothing waits."],
        )
        return
    if what.casefold() == "book":
        book(as_json=as_json)
        return
    _asked(use.redo(use.Event(_event), what), as_json)


def _asked(asked: list[Any], as_json: bool) -> None:
    rows = [f"{item.told}: {'recorded' if item.recorded else 'asked, not yet recorded'}" for item in asked]
    _show([vars(item) for item in asked], as_json, lambda: rows)


@app.command()
def book(as_json: Json = False) -> None:
    """Make the book now from what is finished."""
    from safelight import app as use

    screen = Screen(quiet=as_json)
    made = use.book(use.Event(_event), _around(), screen)
    if isinstance(made, use.Asked):
        _asked([made], as_json)
        return
    _show(made.to_json(), as_json, lambda: use.outcome_lines(made, _language()))


@rules_app.command("check")
def rules_check(as_json: Json = False) -> None:
    """Read the rule files and tell every problem with its line."""
    from safelight import app as use

    problems, warnings = use.check_rules(use.Event(_event))
    good = ["The rules are right."] if not problems else []
    _show({"problems": problems, "warnings": warnings}, as_json, lambda: [*problems.values(), *warnings, *good])
    if problems:
        raise typer.Exit(WRONG)


@data_app.command("check")
def data_check(
    folder: Path,
    form: Annotated[str, typer.Option("--format", help="camvid, cityscapes, via, coco, folders, or auto.")] = "auto",
    as_json: Json = False,
) -> None:
    """Look at every picture and its labels and tell all that is wrong, with file and row or region."""
    from safelight import app as use

    screen = Screen(quiet=as_json)
    report = use.check_data(folder, form, screen, _language())
    screen.end()
    _show(report.to_json(), as_json, lambda: use.data_lines(report, _language()))
    if not report.sound:
        raise typer.Exit(WRONG)


Memory = Annotated[str, typer.Option("--memory", help="Most memory for the watch and its workers, such as 4G.")]


def _shelf() -> Any:
    from safelight import app as use

    return use.Shelf.of(os.environ, _event)


@models_app.command("list")
def models_list(as_json: Json = False) -> None:
    """Every optional model: what it is for, its licence and size, whether it is here."""
    from safelight import app as use

    rows = use.list_models(_shelf())
    _show({"models": rows}, as_json, lambda: use.models_lines(rows, _language()))


@models_app.command("fetch")
def models_fetch(
    name: str,
    source: Annotated[
        Path | None, typer.Option("--from", help="A folder that holds the files, for machines without internet.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Bring a model here; what was begun goes on, and bytes are compared before they are put in place."""
    from safelight import app as use

    screen, language = Screen(quiet=as_json), _language()
    told = use.fetch_model(name, _shelf(), os.environ, screen, source=source, language=language)
    screen.end()
    _show(told, as_json, lambda: use.fetched_lines(told, language))


@models_app.command("remove")
def models_remove(name: str, as_json: Json = False) -> None:
    """Take a fetched model away."""
    from safelight import app as use

    told = use.remove_model(name, _shelf())
    _show(told, as_json, lambda: use.removed_lines(told, _language()))


@models_app.command("path")
def models_path(name: str, as_json: Json = False) -> None:
    """The folder in which a model lies."""
    folder = str(_shelf().folder(name))
    _show({"name": name, "folder": folder}, as_json, lambda: [folder])


@models_app.command("selftest")
def models_selftest(name: Annotated[str | None, typer.Argument()] = None, as_json: Json = False) -> None:
    """Try a model (or all that are here) on a scene painted for it: pass or fail."""
    from safelight import app as use

    screen, language = Screen(quiet=as_json), _language()
    rows = use.selftest_models(_around(), _shelf(), name, screen, language)
    screen.end()
    _show({"models": rows}, as_json, lambda: use.selftest_lines(rows, language))
    if not all(row["passed"] for row in rows):
        raise typer.Exit(CANNOT)


@service_app.command("show")
def service_show(memory: Memory = "4G") -> None:
    """Print the unit; nothing is written."""
    from safelight import app as use

    event = use.Event(_event).require().root
    print(use.service_unit(sys.executable, event, memory, os.environ.get("SAFELIGHT_CACHE", "")), end="")


@service_app.command("install")
def service_install(memory: Memory = "4G") -> None:
    """Start the watch now and with every session of this user; start it again when it hangs or ends with a fault."""
    from safelight import app as use

    path = use.service_install(use.Event(_event).require().root, sys.executable, os.environ, memory)
    french = _language() == "fr"
    print(f"Installé\u00a0: {path}" if french else f"Installed: {path}")
    print(
        "Pour qu'il tourne sans session ouverte\u00a0: loginctl enable-linger"
        if french
        else "To keep it running without anyone logged in: loginctl enable-linger"
    )


@service_app.command("uninstall")
def service_uninstall() -> None:
    """Stop the service and take it away; the event is not touched."""
    from safelight import app as use

    path = use.service_uninstall(use.Event(_event).root, sys.executable, os.environ)
    print(f"Retiré\u00a0: {path}" if _language() == "fr" else f"Removed: {path}")


@audit_app.command("verify")
def audit_verify(as_json: Json = False) -> None:
    """Hash every object again, follow the chain, look up every reference."""
    from safelight import app as use

    found = use.verify(use.Event(_event))
    _show(found.to_json(), as_json, lambda: use.verify_lines(found, _language()))
    if found.damage:
        raise typer.Exit(DAMAGE)


@app.command()
def classify(file: Path, as_json: Json = False) -> None:
    """Sort one picture by the model alone."""
    from safelight import app as use

    with use.Bench(_around()) as bench:
        verdict, looked = use.classify_file(bench, file)
    value = {"file": str(file), "verdict": verdict.likeliest, **verdict.to_json(), "signals": looked["values"]}
    _show(value, as_json, lambda: use.verdict_lines(verdict))


@app.command()
def mask(
    file: Path,
    concept: str,
    output: Output,
    soft: Annotated[bool, typer.Option("--soft", help="Soft edges instead of pure black and white.")] = False,
    as_json: Json = False,
) -> None:
    """Find a concept (advertising, person, face, car, sign …) in one picture and write its mask."""
    from safelight import app as use

    with use.Bench(_around()) as bench:
        facts = use.mask_file(bench, file, concept, output, soft=soft)
    _show({"file": str(output), **facts}, as_json, lambda: use.mask_lines(facts, output))


@app.command()
def inpaint(file: Path, mask: Path, prompt: str, output: Output, as_json: Json = False) -> None:
    """Repaint one picture where the mask is white."""
    from safelight import app as use

    with use.Bench(_around()) as bench:
        facts = use.inpaint_file(bench, file, mask, prompt, output)
    _show({"file": str(output), **facts}, as_json, lambda: [f"{output} ({facts['backend']})"])


@app.command()
def stylize(
    file: Path,
    style: Path,
    output: Output,
    strength: Annotated[str, typer.Option(help="0% to 100%.")] = "60%",
    size: Annotated[int, typer.Option(help="Longest side in pixels, never enlarged.")] = 1600,
    as_json: Json = False,
) -> None:
    """Paint one picture in the manner of a style picture."""
    from safelight import app as use

    share = parse_percent(strength)
    with use.Bench(_around()) as bench:
        facts = use.stylize_file(bench, file, style, output, share, size)
    _show({"file": str(output), **facts}, as_json, lambda: [f"{output} ({facts['backend']})"])


def parse_percent(text: str) -> float:
    """`60%`, `60 %` or `0.6` as a share; raises UsageError outside 0–100 %."""
    tidy = text.replace(" ", "").replace("\u202f", "").replace(",", ".")
    try:
        share = float(tidy.rstrip("%")) / (100 if tidy.endswith("%") else 1)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise UsageError(reason=f"“{text}” is no strength: say 0% to 100%.")
    return share


class _Evaluations(typer.core.TyperGroup):
    """`evaluate FOLDER` sorts a folder as it always did; a word that names another evaluation goes there."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """A first word that is no sub-command is the folder."""
        if args and args[0] not in {*self.commands, "--help"}:
            args = ["folder", *args]
        return super().parse_args(ctx, args)


evaluate_app = typer.Typer(
    cls=_Evaluations,
    no_args_is_help=True,
    help="How good the sort is on a FOLDER with one sub-folder a class, `classifier`: the same with every figure, `segmenter`: a segmentation network.",
)
app.add_typer(evaluate_app, name="evaluate")


@evaluate_app.command("folder", hidden=True)
def evaluate(
    folder: Path,
    report: Annotated[Path | None, typer.Option("-o", help="Folder for evaluation.csv and the report.")] = None,
    as_json: Json = False,
) -> None:
    """How often the model is right on a folder with one sub-folder a class."""
    from safelight import app as use

    screen = Screen(quiet=as_json)
    evaluation = use.evaluate(_around(), folder, report, screen)
    screen.end()
    _show(evaluation.to_json(), as_json, lambda: use.evaluation_lines(evaluation))


Form = Annotated[str, typer.Option("--format", help="auto, camvid, cityscapes, via, coco or folders.")]
Device = Annotated[str, typer.Option(help="auto, cpu or cuda.")]
Threads = Annotated[int | None, typer.Option(min=1, help="Processors to use (default: all).")]


@train_app.command("segmenter")
def train_segmenter(
    folder: Path,
    form: Form = "auto",
    out: Annotated[Path, typer.Option("--out", help="Folder for weights, curves and checkpoint.")] = Path("segmenter"),
    preset: Annotated[
        str, typer.Option(help="road (streets, many classes) or polygons (masks drawn by hand).")
    ] = "road",
    epochs: Annotated[int | None, typer.Option(min=1, help="How often every picture is seen.")] = None,
    minutes: Annotated[float | None, typer.Option(min=0.01, help="Train for so long instead.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the training in --out.")] = False,
    network: Annotated[str | None, typer.Option(help="unet, separable, residual or squeeze.")] = None,
    width: Annotated[int | None, typer.Option(min=1, help="Channels of the network's first level.")] = None,
    loss: Annotated[str | None, typer.Option(help="cross-entropy, dice, both or mse.")] = None,
    rate: Annotated[float | None, typer.Option(help="Highest learning rate.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="What chance starts from.")] = None,
    pretrained: Annotated[Path | None, typer.Option(help="ImageNet weights for squeeze (a .pth file).")] = None,
    device: Device = "auto",
    threads: Threads = None,
    as_json: Json = False,
) -> None:
    """Train a network that names every pixel, on a folder of labelled pictures. Ctrl-C stops it; --resume goes on."""
    from safelight import app as use

    screen, stop = Screen(quiet=as_json), threading.Event()
    use.stop_on_signals(stop)
    order = use.Order(
        folder, out, form, preset, resume, device, threads, pretrained, network, width, loss, rate, epochs, minutes, seed
    )  # fmt: skip
    trained = use.train_segmenter(order, _around(), screen, stop, _language())
    screen.end()
    _show(trained.to_json(), as_json, lambda: use.trained_lines(trained, _language()))
    if not trained.finished:
        raise typer.Exit(130)


@evaluate_app.command("segmenter")
def evaluate_segmenter(
    weights: Path,
    folder: Path,
    form: Form = "auto",
    split: Annotated[str, typer.Option(help="The part of the data (default: test, else val, else all).")] = "",
    report: Annotated[Path | None, typer.Option("-o", help="Folder for the report and its figures.")] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="Ask once a picture, not at three scales and mirrored.")
    ] = False,
    device: Device = "auto",
    threads: Threads = None,
    as_json: Json = False,
) -> None:
    """How good a segmentation network is on labelled pictures: IoU, Dice, boundaries, class by class."""
    from safelight import app as use

    screen, language = Screen(quiet=as_json), _language()
    told = use.evaluate_segmenter(
        weights, folder, _around(), screen,
        format=form, split=split, report=report, quick=quick, device=device, threads=threads, language=language,
    )  # fmt: skip
    screen.end()
    _show(told, as_json, lambda: use.segmenter_lines(told, language))


@export_app.command("segmenter")
def export_segmenter(weights: Path, output: Output, as_json: Json = False) -> None:
    """Write a segmentation network as an ONNX file, compared with the original before it is kept."""
    from safelight import app as use

    told = use.export_segmenter(weights, output)
    _show(told, as_json, lambda: use.exported_lines(told, _language()))


@train_app.command("classifier")
def train_classifier(
    folder: Path,
    out: Annotated[Path, typer.Option("--out", help="Folder for weights, curves and checkpoint.")] = Path("classifier"),
    backbone: Annotated[
        str, typer.Option(help="none (a small network from nothing), squeezenet1_1, vgg16, resnet18 …")
    ] = "none",
    finetune: Annotated[bool, typer.Option("--finetune", help="The backbone learns too, not only the head.")] = False,
    weights: Annotated[Path | None, typer.Option(help="The backbone's file, if not in models/NAME/.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the training in --out.")] = False,
    size: Annotated[int | None, typer.Option(help="Side in pixels of what the network is shown.")] = None,
    epochs: Annotated[int | None, typer.Option(help="How often every picture is seen, at most.")] = None,
    rate: Annotated[float | None, typer.Option(help="Highest learning rate.")] = None,
    batch: Annotated[int | None, typer.Option(help="Pictures a step.")] = None,
    decay: Annotated[float | None, typer.Option(help="Weight decay.")] = None,
    patience: Annotated[
        int | None, typer.Option(help="Epochs without a better validation before it ends; 0: never.")
    ] = None,
    augment: Annotated[
        str | None, typer.Option(help="crop,mirror,turn,light,colour,erase with commas, or none.")
    ] = None,
    unweighted: Annotated[bool, typer.Option("--unweighted", help="Common classes count more.")] = False,
    seed: Annotated[int | None, typer.Option(min=0, help="What chance starts from.")] = None,
    threads: Threads = None,
    as_json: Json = False,
) -> None:
    """Train a network on a FOLDER with one sub-folder a class (any classes). Ctrl-C stops it; --resume goes on."""
    from safelight import app as use

    screen, stop = Screen(quiet=as_json), threading.Event()
    use.stop_on_signals(stop)
    order = use.ClassifierOrder(
        folder, out, backbone, finetune, weights, resume, size, epochs, rate, batch, decay, patience, augment, unweighted,
        seed, threads,
    )  # fmt: skip
    told = use.train_classifier(order, _around(), screen, stop, _language())
    screen.end()
    _show(told, as_json, lambda: use.classifier_trained_lines(told, _language()))
    if not told["finished"]:
        raise typer.Exit(130)


@evaluate_app.command("classifier")
def evaluate_classifier(
    folder: Path,
    model: Annotated[
        Path | None, typer.Option("--model", help="A trained classifier.safetensors (default: Safelight's own sort).")
    ] = None,
    report: Annotated[Path | None, typer.Option("-o", help="Folder for the report, evaluation.csv and .json.")] = None,
    as_json: Json = False,
) -> None:
    """How far a classifier can be believed on a FOLDER with one sub-folder a class: figures with intervals, a report."""
    from safelight import app as use

    screen, language = Screen(quiet=as_json), _language()
    told = use.evaluate_classifier(folder, model, _around(), screen, report=report, language=language)
    screen.end()
    _show(told, as_json, lambda: use.classifier_lines(told, language))


@app.command()
def doctor(as_json: Json = False) -> None:
    """What there is on this machine: versions, backends or why not, fonts, disk, rights of the folder."""
    from safelight import app as use

    told = use.doctor(use.Event(_event), _around())
    _show(told, as_json, lambda: use.doctor_lines(told))


@app.command()
def desk(
    port: Annotated[int, typer.Option(envvar=["SAFELIGHT_DESK_PORT", "PORT"], help="0 takes any that is free.")] = 8731,
    host: Annotated[
        str, typer.Option(help="Where to listen: this machine only, unless --expose is said.")
    ] = "127.0.0.1",
    name: Annotated[
        list[str] | None, typer.Option(envvar="SAFELIGHT_DESK_NAMES", help="A name under which others reach it.")
    ] = None,
    data: Annotated[
        list[str] | None,
        typer.Option(envvar="SAFELIGHT_DESK_DATA", help="A dataset to show: NAME=FOLDER or NAME=FOLDER:FORMAT."),
    ] = None,
    lanes: Annotated[
        int, typer.Option(envvar="SAFELIGHT_DESK_LANES", min=1, max=64, help="Helper processes that decode and look.")
    ] = 1,
    network: Annotated[
        Path | None,
        typer.Option(
            envvar="SAFELIGHT_DESK_NETWORK", help="A segmenter.safetensors of yours instead of the shipped one."
        ),
    ] = None,
    expose: Annotated[bool, typer.Option("--expose", help="Let other machines in; they need the token.")] = False,
    https: Annotated[
        bool, typer.Option("--https/--plain", envvar="SAFELIGHT_DESK_HTTPS", help="Reached by https, through a proxy.")
    ] = False,
    log: Annotated[str, typer.Option(help="Log file (default: in the cache); - is standard error.")] = "",
) -> None:
    """A page in your browser that shows what the network sees. SAFELIGHT_DESK_TOKEN keeps its address over starts."""
    from safelight import app as use
    from safelight.desk.server import Wanted, serve

    around = _around()
    wanted = Wanted(
        host=host,
        port=port,
        token=os.environ.get("SAFELIGHT_DESK_TOKEN", ""),
        names=tuple(name or ()),
        expose=expose,
        https=https,
        log=None if log == "-" else Path(log) if log else around.cache / "log" / "desk.log",
        data=tuple(use.Place.parse(text) for text in data or ()),
        lanes=lanes,
        network=network,
    )
    serve(around, wanted, lambda text: print(text, flush=True), _print_error)


@app.command(hidden=True)
def sample(folder: Path, count: int = 28, seed: int = 24) -> None:
    """Draw the sample event: pictures of our own painting with exact truth."""
    from safelight import app as use

    screen = Screen(quiet=False)
    use.sample(folder, count, seed, screen)
    screen.end()


if __name__ == "__main__":
    main()
