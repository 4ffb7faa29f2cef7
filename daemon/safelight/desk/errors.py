"""What can be wrong with a request, as errors of the one tree, and which HTTP status every error of the tree has."""

from __future__ import annotations

from typing import ClassVar

from safelight import app as use
from safelight.model import errors as tree
from safelight.model.errors import SafelightError, TemporaryError, UsageError


class DeskError(UsageError):
    """The root of what the desk itself refuses. A value `where` names the part of the request that is meant."""

    code = "desk"
    status: ClassVar[int] = 400


class WrongHost(DeskError):
    """The Host header is none of ours: another page's name was pointed at this machine."""

    code, status = "wrong_host", 421
    en = "This desk does not answer to the name “{host}”."
    fr = "Ce bureau ne répond pas au nom « {host} »."
    do_en = (
        "Open the address that `safelight desk` printed; whoever runs the desk can give it more names with `--name`."
    )
    do_fr = "Ouvrez l’adresse affichée par `safelight desk` ; son responsable peut ajouter des noms avec `--name`."


class NoToken(DeskError):
    """Nothing shows that this request may be here."""

    code, status = "no_token", 401
    en, fr = "This desk is locked.", "Ce bureau est verrouillé."
    do_en = "Open the whole address that `safelight desk` printed, with its token; programs send `Authorization: Bearer TOKEN`."
    do_fr = (
        "Ouvrez l’adresse entière affichée par `safelight desk`, avec son jeton ; "
        "les programmes envoient `Authorization: Bearer JETON`."
    )


class WrongToken(NoToken):
    """A token that is not this desk's, perhaps of an earlier start."""

    code = "wrong_token"
    en = "This token does not open this desk; each start has a new one."
    fr = "Ce jeton n’ouvre pas ce bureau ; chaque démarrage en a un nouveau."


class FromElsewhere(DeskError):
    """A change asked for by a page of another site in the browser of somebody who may."""

    code, status = "from_elsewhere", 403
    en = "Another page asked for this change, not the desk's own."
    fr = "Cette modification a été demandée par une autre page que celles du bureau."
    do_en = "Do it from the desk itself; programs send `Authorization: Bearer TOKEN`."
    do_fr = "Faites-la depuis le bureau lui-même ; les programmes envoient `Authorization: Bearer JETON`."


class NoSuchPage(DeskError):
    """No route has this path."""

    code, status = "not_found", 404
    en, fr = "There is nothing at {path}.", "Il n’y a rien à l’adresse {path}."
    do_en, do_fr = (
        "The start page is /; the interface is told at /api.",
        "La page d’accueil est / ; l’interface est décrite à /api.",
    )


class WrongMethod(DeskError):
    """The route knows other methods."""

    code, status = "wrong_method", 405
    en, fr = "{path} does not take {method}.", "{path} n’accepte pas {method}."
    do_en, do_fr = "It takes {allowed}.", "Acceptés : {allowed}."


class BadRequest(DeskError):
    """The request makes no sense before its values are looked at."""

    code = "bad_request"
    en, fr = "This request cannot be read: {reason}.", "Cette demande est illisible : {reason}."
    do_en, do_fr = "The interface is told at /api.", "L’interface est décrite à /api."


class TooSlow(DeskError):
    """The body did not arrive in time."""

    code, status = "too_slow", 408
    en, fr = "The upload took longer than {seconds} s.", "L’envoi a duré plus de {seconds} s."
    do_en, do_fr = "Send a smaller picture.", "Envoyez une image plus petite."


class SlowRequest(DeskError):
    """A line was opened and no whole request came through it."""

    code, status = "slow_request", 408
    en, fr = "No whole request arrived within {seconds} s.", "Aucune demande complète en {seconds} s."
    do_en, do_fr = "Try again, on a better line.", "Réessayez, sur une meilleure ligne."


class BodyTooLarge(DeskError):
    """More bytes than are taken; told before they are read where the request says so itself."""

    code, status = "body_too_large", 413
    en, fr = "At most {limit} MB are taken.", "{limit} Mo au plus sont acceptés."
    do_en, do_fr = "Export the picture smaller, as JPEG.", "Exportez l’image plus petite, en JPEG."


class WrongValue(DeskError):
    """A value of the request is not what was expected."""

    code, status = "wrong_value", 422
    en, fr = "{reason}.", "{reason}."
    do_en, do_fr = "The interface is told at /api.", "L’interface est décrite à /api."


class NotMultipart(DeskError):
    """A body in another form."""

    code, status = "not_multipart", 415
    en, fr = "A picture is sent as a form with a file.", "Une image s’envoie dans un formulaire avec un fichier."
    do_en = "Send multipart/form-data with the field “picture”: curl -F picture=@photo.jpg …"
    do_fr = "Envoyez multipart/form-data avec le champ « picture » : curl -F picture=@photo.jpg …"


class Unacceptable(DeskError):
    """None of the kinds of answer there are is wanted."""

    code, status = "not_acceptable", 406
    en, fr = "This can be answered as {kinds} only.", "La réponse n’existe qu’en {kinds}."
    do_en, do_fr = "Name one of them in the Accept header.", "Nommez l’un d’eux dans l’en-tête Accept."


class Busy(TemporaryError):
    """As many pictures are worked on as may be."""

    code = "busy"
    en = "{count} pictures are being worked on, which is all this desk does at once."
    fr = "{count} images sont en cours, c’est tout ce que ce bureau fait à la fois."
    do_en, do_fr = "Try again in a few seconds.", "Réessayez dans quelques secondes."


class Unforeseen(SafelightError):
    """A fault nobody foresaw: its traceback is in the log and nowhere else."""

    code = "unforeseen"
    en, fr = "Something unexpected went wrong.", "Quelque chose d’imprévu s’est mal passé."
    do_en = "Try again; if it stays, look into the desk's log, reference {reference}."
    do_fr = "Réessayez ; si cela persiste, regardez le journal du bureau, référence {reference}."


STATUS: dict[type[SafelightError], int] = {
    tree.NotAPicture: 415,
    tree.NotYetSupported: 415,
    tree.TooManyPixels: 413,
    tree.TooLarge: 413,
    tree.PictureError: 422,
    use.NoSuchData: 404,
    use.NoSuchPicture: 404,
    use.DataTrouble: 422,
    tree.NeedsBackend: 501,
    tree.BackendUnavailable: 503,
    tree.StageError: 500,
    tree.DiskFull: 507,
    Busy: 429,
    tree.TemporaryError: 503,
    tree.NotAnEvent: 404,
    tree.OwnedByAnother: 409,
    tree.LostOwnership: 409,
    tree.CannotWork: 503,
    tree.UsageError: 400,
}
"""Status of a class and of what comes below it; the nearest one counts, 500 where none is."""

ADVICE: dict[type[SafelightError], tuple[str, str]] = {
    tree.NotAPicture: ("Choose a JPEG, PNG, TIFF, WebP or GIF.", "Choisissez un fichier JPEG, PNG, TIFF, WebP ou GIF."),
    tree.NotYetSupported: ("Export it as JPEG and upload that.", "Exportez-la en JPEG et envoyez ce fichier."),
    tree.TooManyPixels: ("Export it smaller and upload that.", "Exportez-la plus petite et envoyez ce fichier."),
    tree.TooLarge: ("Export it smaller and upload that.", "Exportez-la plus petite et envoyez ce fichier."),
    tree.PictureError: (
        "Take it again from the card or the camera.",
        "Reprenez le fichier depuis la carte ou l’appareil.",
    ),
    tree.StageError: ("Try another picture.", "Essayez une autre image."),
    tree.WorkerLost: ("Try again in a few seconds.", "Réessayez dans quelques secondes."),
    tree.WorkersBroken: ("Install Safelight again.", "Réinstallez Safelight."),
}
"""What to do, where the tree's own words speak of the inbox: an upload is not in it."""


def status_of(fault: SafelightError) -> int:
    """The HTTP status of an error."""
    if isinstance(fault, DeskError):
        return fault.status
    return next((STATUS[kind] for kind in type(fault).__mro__ if kind in STATUS), 500)


def what_to_do(fault: SafelightError, language: str) -> str:
    """What whoever sees this page can do about it."""
    told = next((ADVICE[kind] for kind in type(fault).__mro__ if kind in ADVICE), None)
    return told[language == "fr"] if told else fault.what_to_do(language)
