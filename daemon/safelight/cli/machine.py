"""Commands about this machine: what there is, the watch as a service, the desk, the sample event."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from safelight.cli.common import Json, Screen, print_error, show, spoken, surroundings, this_event
from safelight.cli.root import app

service_app = typer.Typer(no_args_is_help=True, help="The watch as a service of this user (systemd).")
app.add_typer(service_app, name="service")
Memory = Annotated[str, typer.Option("--memory", help="Most memory for the watch and its workers, such as 4G.")]


@app.command()
def doctor(as_json: Json = False) -> None:
    """What there is on this machine: versions, backends or why not, fonts, disk, rights of the folder."""
    from safelight import app as use

    told = use.doctor(this_event(), surroundings())
    show(told, as_json, lambda: use.doctor_lines(told))


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

    around = surroundings()
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
    serve(around, wanted, lambda text: print(text, flush=True), print_error)


@app.command(hidden=True)
def sample(folder: Path, count: int = 28, seed: int = 24) -> None:
    """Draw the sample event: pictures of our own painting with exact truth."""
    from safelight import app as use

    screen = Screen(quiet=False)
    use.sample(folder, count, seed, screen)
    screen.end()


@service_app.command("show")
def service_show(memory: Memory = "4G") -> None:
    """Print the unit; nothing is written."""
    from safelight import app as use

    event = this_event().require().root
    print(use.service_unit(sys.executable, event, memory, os.environ.get("SAFELIGHT_CACHE", "")), end="")


@service_app.command("install")
def service_install(memory: Memory = "4G") -> None:
    """Start the watch now and with every session of this user; start it again when it hangs or ends with a fault."""
    from safelight import app as use

    path = use.service_install(this_event().require().root, sys.executable, os.environ, memory)
    french = spoken() == "fr"
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

    path = use.service_uninstall(this_event().root, sys.executable, os.environ)
    print(f"Retiré\u00a0: {path}" if spoken() == "fr" else f"Removed: {path}")
