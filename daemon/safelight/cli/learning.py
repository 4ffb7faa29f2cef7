"""Commands about networks of one's own: their data, their training, how good they are, and for other programs."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Annotated, Any

import typer

from safelight.cli.common import Json, Output, Screen, show, spoken, surroundings
from safelight.cli.root import app
from safelight.model.errors import WRONG, UsageError

data_app = typer.Typer(no_args_is_help=True, help="Pictures with labels, for training.")
app.add_typer(data_app, name="data")
train_app = typer.Typer(no_args_is_help=True, help="Train a network on pictures of your own.")
app.add_typer(train_app, name="train")
export_app = typer.Typer(no_args_is_help=True, help="Networks of yours for other programs.")
app.add_typer(export_app, name="export")


@data_app.command("check")
def data_check(
    folder: Path,
    form: Annotated[str, typer.Option("--format", help="camvid, cityscapes, via, coco, folders, or auto.")] = "auto",
    as_json: Json = False,
) -> None:
    """Look at every picture and its labels and tell all that is wrong, with file and row or region."""
    from safelight import app as use

    screen = Screen(quiet=as_json)
    report = use.check_data(folder, form, screen, spoken())
    screen.end()
    show(report.to_json(), as_json, lambda: use.data_lines(report, spoken()))
    if not report.sound:
        raise typer.Exit(WRONG)


class _Evaluations(typer.core.TyperGroup):
    """`evaluate FOLDER` is `evaluate classifier FOLDER`; a word that names another evaluation goes there."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """A first word that is no sub-command is the folder."""
        if args and args[0] not in {*self.commands, "--help"}:
            args = ["folder", *args]
        return super().parse_args(ctx, args)


evaluate_app = typer.Typer(
    cls=_Evaluations,
    no_args_is_help=True,
    help="How good the sort (or a trained classifier) is on a FOLDER with one sub-folder a class; `segmenter`: a segmentation network.",
)
app.add_typer(evaluate_app, name="evaluate")


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
    trained = use.train_segmenter(order, surroundings(), screen, stop, spoken())
    screen.end()
    show(trained.to_json(), as_json, lambda: use.trained_lines(trained, spoken()))
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

    screen, language = Screen(quiet=as_json), spoken()
    told = use.evaluate_segmenter(
        weights, folder, surroundings(), screen,
        format=form, split=split, report=report, quick=quick, device=device, threads=threads, language=language,
    )  # fmt: skip
    screen.end()
    show(told, as_json, lambda: use.segmenter_lines(told, language))


@export_app.command("segmenter")
def export_segmenter(weights: Path, output: Output, as_json: Json = False) -> None:
    """Write a segmentation network as an ONNX file, compared with the original before it is kept."""
    from safelight import app as use

    told = use.export_segmenter(weights, output)
    show(told, as_json, lambda: use.exported_lines(told, spoken()))


@train_app.command("classifier")
def train_classifier(
    folder: Annotated[Path | None, typer.Argument(help="One sub-folder a class.")] = None,
    out: Annotated[Path, typer.Option("--out", help="Folder for weights, curves and checkpoint.")] = Path("classifier"),
    from_event: Annotated[
        Path | None, typer.Option("--from-event", help="Learn from what people decided in this event instead.")
    ] = None,
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
    crop: Annotated[
        float | None, typer.Option(help="Share of the picture a random crop keeps at least, 0 to 1.")
    ] = None,
    width: Annotated[int | None, typer.Option(help="Channels of the small network's first level.")] = None,
    depth: Annotated[int | None, typer.Option(help="Levels of the small network, each half the size.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="What chance starts from.")] = None,
    threads: Threads = None,
    as_json: Json = False,
) -> None:
    """Train a network on a FOLDER with one sub-folder a class (any classes). Ctrl-C stops it; --resume goes on."""
    from safelight import app as use

    if from_event is not None and folder is None:
        learnt = use.train_from_event(use.Event(from_event), out)
        show(learnt, as_json, lambda: use.learnt_lines(learnt, spoken()))
        return
    if folder is None or from_event is not None:
        raise UsageError(reason="Say either a FOLDER with one sub-folder a class, or --from-event EVENT.")
    screen, stop = Screen(quiet=as_json), threading.Event()
    use.stop_on_signals(stop)
    order = use.ClassifierOrder(
        folder, out, backbone, finetune, weights, resume, size, epochs, rate, batch, decay, patience, augment, unweighted,
        seed, threads, crop, width, depth,
    )  # fmt: skip
    told = use.train_classifier(order, surroundings(), screen, stop, spoken())
    screen.end()
    show(told, as_json, lambda: use.classifier_trained_lines(told, spoken()))
    if not told["finished"]:
        raise typer.Exit(130)


@evaluate_app.command("folder", hidden=True)
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

    screen, language = Screen(quiet=as_json), spoken()
    told = use.evaluate_classifier(folder, model, surroundings(), screen, report=report, language=language)
    screen.end()
    show(told, as_json, lambda: use.classifier_lines(told, language))
