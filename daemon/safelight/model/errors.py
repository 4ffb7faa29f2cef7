"""One tree of errors: what went wrong, where, what was expected and what to do, in English and French.

Every class has a stable `code`, an exit status for the command line and says whether trying again can help. Its
templates are the message a photographer reads; the fields in braces are keyword arguments of the constructor.
A stage that raises never means "nothing found": callers hold the photo with the error's code and say it aloud.
"""

from __future__ import annotations

from datetime import tzinfo
from typing import ClassVar

from safelight.model.moments import since
from safelight.model.system import said
from safelight.model.typography import french

TIMES = frozenset({"since"})
"""Fields that are moments: told in local time."""
DONE, WAITS, WRONG, CANNOT, DAMAGE, UNEXPECTED = 0, 1, 2, 3, 4, 70


class SafelightError(Exception):
    """The root. `say(language)` is the sentence for people; `code` and `values` are what a record keeps."""

    code: ClassVar[str] = "error"
    exit_status: ClassVar[int] = UNEXPECTED
    retry: ClassVar[bool] = False
    en: ClassVar[str] = "Something went wrong: {reason}."
    fr: ClassVar[str] = "Quelque chose s'est mal passé : {reason}."
    do_en: ClassVar[str] = "Look into the log and tell whoever looks after Safelight."
    do_fr: ClassVar[str] = "Regardez le journal et prévenez la personne qui s'occupe de Safelight."

    def __init__(self, **values: object) -> None:
        self.values: dict[str, str] = {key: str(value) for key, value in values.items()}
        super().__init__(self.say("en"))

    def __reduce__(self) -> tuple[object, tuple[type[SafelightError], dict[str, str]]]:
        """Errors cross the border of a child process: keyword arguments must survive pickling."""
        return _rebuild, (type(self), self.values)

    def say(self, language: str = "en", zone: tzinfo | None = None) -> str:
        """What happened and what to do, one or two sentences; a missing field shows as its name, never raises.

        Times are told in `zone`, None the machine's own; `values` keep them as the ledger has them.
        """
        return f"{self.what(language, zone)} {self.what_to_do(language, zone)}".strip()

    def what(self, language: str = "en", zone: tzinfo | None = None) -> str:
        """What happened, one sentence."""
        return self._told(self.fr if language == "fr" else self.en, language, zone)

    def what_to_do(self, language: str = "en", zone: tzinfo | None = None) -> str:
        """What whoever reads it can do; empty where nothing needs saying."""
        return self._told(self.do_fr if language == "fr" else self.do_en, language, zone)

    def _told(self, template: str, language: str, zone: tzinfo | None) -> str:
        times = {key: since(self.values[key], language, zone) for key in TIMES & self.values.keys()}
        why = {"reason": said(self.values["reason"], language)} if "reason" in self.values else {}
        told = template.strip().format_map(_Shown(self.values | times | why))
        return french(told) if language == "fr" else told


class _Shown(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return key


def _rebuild(kind: type[SafelightError], values: dict[str, str]) -> SafelightError:
    return kind(**values)


def by_code(code: str) -> type[SafelightError]:
    """The class with this code, for rendering what a record kept; the root class for a code no longer known."""
    stack: list[type[SafelightError]] = [SafelightError]
    while stack:
        kind = stack.pop()
        if kind.code == code:
            return kind
        stack.extend(kind.__subclasses__())
    return SafelightError


# --- the two great kinds -----------------------------------------------------------------------------------------


class PermanentError(SafelightError):
    """Trying the same again gives the same: the photo is held and a person is asked."""

    code = "permanent"


class TemporaryError(SafelightError):
    """May pass by itself: tried again with growing pauses before a person is asked."""

    code = "temporary"
    retry = True
    exit_status = CANNOT


class UsageError(PermanentError):
    """The command, a file name or a rule is not what was expected."""

    code = "usage"
    exit_status = WRONG
    en, fr = "{reason}", "{reason}"
    do_en = do_fr = ""


# --- pictures ----------------------------------------------------------------------------------------------------


class PictureError(PermanentError):
    """A file that cannot become a picture; its bytes are always kept."""

    code = "picture"
    exit_status = WRONG
    en, fr = "This picture cannot be used: {reason}.", "Cette image est inutilisable : {reason}."
    do_en = "Copy it again from the card into the inbox."
    do_fr = "Copiez-la de nouveau depuis la carte dans inbox."


class NotAPicture(PictureError):
    """No known picture format begins like this."""

    code = "not_a_picture"
    en, fr = "This file is not a picture.", "Ce fichier n'est pas une image."
    do_en = "If it should be one, export it again as JPEG and put that into the inbox."
    do_fr = "S'il devait en être une, exportez-la en JPEG et déposez-la dans inbox."


class CutOff(PictureError):
    """The data ends before the picture does, or its end is padding."""

    code = "cut_off"
    en = "This picture looks cut off: its data ends before the picture does."
    fr = "Cette image semble coupée : les données s'arrêtent avant la fin de l'image."
    do_en = "Copy it again from the card into the inbox. You need not delete this one."
    do_fr = "Copiez-la de nouveau depuis la carte dans inbox. Inutile de supprimer celle-ci."


class EmptyFile(PictureError):
    """Nought bytes."""

    code = "empty_file"
    en, fr = "This file is empty.", "Ce fichier est vide."


class TooManyPixels(PictureError):
    """Beyond the decoder's bound; refused before decoding."""

    code = "too_many_pixels"
    en = "This picture is too large: {pixels} million pixels, at most {limit} are taken."
    fr = "Cette image est trop grande : {pixels} millions de pixels, {limit} au plus sont acceptés."
    do_en = "Export it smaller and put that into the inbox."
    do_fr = "Exportez-la plus petite et déposez-la dans inbox."


class TooLarge(PictureError):
    """Beyond the bound in bytes."""

    code = "too_large"
    en = "This file is too large: {bytes} MB, at most {limit} are taken."
    fr = "Ce fichier est trop lourd : {bytes} Mo, {limit} au plus sont acceptés."
    do_en, do_fr = TooManyPixels.do_en, TooManyPixels.do_fr


class NotYetSupported(PictureError):
    """RAW, HEIC and the like: kept, not read."""

    code = "not_yet_supported"
    en = "Safelight cannot read {format} pictures yet; the file is kept."
    fr = "Safelight ne lit pas encore les images {format} ; le fichier est conservé."
    do_en = "Put a JPEG of the same shot into the inbox."
    do_fr = "Déposez un JPEG de la même prise de vue dans inbox."


class Undecodable(PictureError):
    """The decoder gave up although the file seemed whole."""

    code = "undecodable"
    en = "This picture is damaged: {reason}."
    fr = "Cette image est abîmée : {reason}."


# --- stages ------------------------------------------------------------------------------------------------------


class StageError(PermanentError):
    """A stage could not do its work on this photo."""

    code = "stage"
    en, fr = "{stage} did not work on this photo: {reason}.", "{stage} n'a pas fonctionné sur cette photo : {reason}."
    do_en = "Change the rule, decide by moving the photo, or put it into the inbox again to retry."
    do_fr = "Changez la règle, décidez en déplaçant la photo, ou remettez-la dans inbox pour réessayer."


class NeedsBackend(StageError):
    """No available backend can do what the rule asks."""

    code = "needs_backend"
    en = "“{wanted}” needs {backend}, which is not installed here."
    fr = "« {wanted} » demande {backend}, qui n'est pas installé ici."
    do_en = "Use one of the words Safelight knows by itself: {known}."
    do_fr = "Utilisez un des mots que Safelight connaît : {known}."


class NeedsModel(NeedsBackend):
    """What the rule asks can be done by a network whose weights were not fetched yet."""

    code = "needs_model"
    en = "“{wanted}” needs {backend}, whose weights are not here."
    fr = "« {wanted} » demande {backend}, dont les poids ne sont pas ici."
    do_en = "Fetch them once with `safelight models fetch {model}`, or use one of the words Safelight knows by itself: {known}."
    do_fr = "Téléchargez-les une fois avec `safelight models fetch {model}`, ou utilisez un des mots que Safelight connaît : {known}."


class BackendUnavailable(StageError):
    """A backend named in a rule cannot work here."""

    code = "backend_unavailable"
    en, fr = "“{backend}” is not available: {reason}.", "« {backend} » n'est pas disponible : {reason}."
    do_en = "Choose another with `backend:` or leave the choice to Safelight."
    do_fr = "Choisissez-en un autre avec `moteur:` ou laissez Safelight choisir."


class NoSuchDevice(StageError):
    """The event's rules ask for a graphics card that is not there, or that the library cannot use."""

    code = "no_such_device"
    en = "rules/event.yaml says `device: {device}`, but {library} finds no such device on this machine."
    fr = "rules/event.yaml dit `calcul: {device}`, mais {library} ne trouve pas cet appareil sur cette machine."
    do_en = "Write `device: auto` or `device: cpu` there, or install the card's driver and the {library} build for it."
    do_fr = "Écrivez-y `calcul: auto` ou `calcul: cpu`, ou installez le pilote de la carte et la version de {library} qui va avec."


class PlainStyle(StageError):
    """A style picture that holds nothing to paint with. `reason` is kept for the record."""

    code = "plain_style"
    en = "This style picture holds nothing to paint with: it is one flat colour or too small."
    fr = "Cette image de style ne permet pas de peindre : elle est unie ou trop petite."
    do_en = "Put a picture with visible strokes or texture, at least 100 pixels wide, into rules/styles/."
    do_fr = "Mettez dans rules/styles/ une image aux touches ou à la matière visibles, large d'au moins 100 pixels."


class NothingToCopy(StageError):
    """Inpainting by copying found nothing in the photo to copy from. `reason` is kept for the record."""

    code = "nothing_to_copy"
    en = "“{wanted}” cannot be grown in the gap: the photo shows too little of it outside the mask."
    fr = "« {wanted} » ne peut pas combler le vide : la photo n'en montre pas assez hors du masque."
    do_en = "Paint something else there (`with:`), shrink the mask, or leave the photo as it is."
    do_fr = "Faites-y peindre autre chose (`remplacer par:`), réduisez le masque, ou laissez la photo telle quelle."


class WorkerLost(TemporaryError):
    """The child process that did the work died or took too long."""

    code = "worker_lost"
    en = "The work on this photo stopped unexpectedly ({reason})."
    fr = "Le travail sur cette photo s'est arrêté sans prévenir ({reason})."
    do_en, do_fr = "Safelight tries again by itself.", "Safelight réessaie tout seul."


class WorkersBroken(TemporaryError):
    """No child process can be started at all: the installation or the machine, never a photo."""

    code = "workers_broken"
    en = "The helper programs of Safelight cannot start ({reason})."
    fr = "Les programmes auxiliaires de Safelight ne démarrent pas ({reason})."
    do_en = "Look into library/.safelight/log/workers.log, or install Safelight again; it goes on by itself then."
    do_fr = "Regardez library/.safelight/log/workers.log, ou réinstallez Safelight ; il reprendra tout seul."


# --- store, ledger, owner ----------------------------------------------------------------------------------------


class CannotWork(SafelightError):
    """The event as a whole cannot be worked on now."""

    code = "cannot_work"
    exit_status = CANNOT
    en, fr = "Safelight cannot work here: {reason}.", "Safelight ne peut pas travailler ici : {reason}."
    do_en, do_fr = "", ""


class DiskFull(TemporaryError):
    """No room for the next object."""

    code = "disk_full"
    en = "The disk is full: {free} MB free, {needed} needed."
    fr = "Le disque est plein : {free} Mo libres, {needed} nécessaires."
    do_en = "Make room; Safelight goes on by itself."
    do_fr = "Faites de la place ; Safelight reprend tout seul."


class ShareAway(TemporaryError):
    """A file of the event could not be read or written: the share is away, or the disk fails."""

    code = "share_away"
    en, fr = "The event's folder does not answer ({reason}).", "Le dossier de l'événement ne répond pas ({reason})."
    do_en, do_fr = WorkerLost.do_en, WorkerLost.do_fr


class NotAnEvent(CannotWork):
    """The folder holds no event."""

    code = "not_an_event"
    exit_status = WRONG
    en, fr = "{folder} is not a Safelight event.", "{folder} n'est pas un événement Safelight."
    do_en = "Make one with `safelight init FOLDER`, or go into the event's folder."
    do_fr = "Créez-en un avec `safelight init DOSSIER`, ou allez dans le dossier de l'événement."


class LibraryAway(CannotWork):
    """The folder was an event, and its library is not there."""

    code = "library_away"
    en = "{folder} is not the library this event had: it is empty, away or another one. Nothing was taken or written."
    fr = "{folder} n'est pas la bibliothèque de cet événement : elle est vide, absente ou une autre. Rien n'a été pris ni écrit."
    do_en = "Connect the drive or share that holds it. To begin anew with an empty library, delete the file {marker}."
    do_fr = (
        "Rebranchez le disque ou le partage qui la contient. Pour recommencer à vide, supprimez le fichier {marker}."
    )


class OwnedByAnother(CannotWork):
    """Another live process holds the event."""

    code = "owned"
    en = "This event is already run by process {pid} on {host} (since {since})."
    fr = "Cet événement est déjà géré par le processus {pid} sur {host} (depuis {since})."
    do_en, do_fr = "Stop that one first, or let it work.", "Arrêtez-le d'abord, ou laissez-le travailler."


class LostOwnership(CannotWork):
    """A higher epoch exists: another process took over."""

    code = "lost_ownership"
    en = "Another process took over this event (epoch {epoch})."
    fr = "Un autre processus a repris cet événement (époque {epoch})."


class DamagedObject(SafelightError):
    """Bytes in the store no longer match their name."""

    code = "damaged_object"
    exit_status = DAMAGE
    en = "The stored file {object} was changed or damaged."
    fr = "Le fichier conservé {object} a été modifié ou abîmé."
    do_en = "Restore it from a backup; `safelight audit verify` lists all damage."
    do_fr = "Restaurez-le depuis une sauvegarde ; `safelight audit verify` liste tous les dégâts."


class MissingObject(DamagedObject):
    """An object the ledger refers to is not in the store."""

    code = "missing_object"
    en, fr = "The stored file {object} is missing.", "Le fichier conservé {object} manque."


class BrokenChain(SafelightError):
    """The ledger's chain does not hold."""

    code = "broken_chain"
    exit_status = DAMAGE
    en, fr = (
        "The ledger is broken at record {sequence}: {reason}.",
        "Le registre est rompu à l'entrée {sequence} : {reason}.",
    )
    do_en, do_fr = DamagedObject.do_en, DamagedObject.do_fr


# --- the book ----------------------------------------------------------------------------------------------------


class BookError(PermanentError):
    """The book could not be made; the last good one stays."""

    code = "book"
    en, fr = "The book could not be made: {reason}.", "Le livre n'a pas pu être fait : {reason}."
    do_en, do_fr = "The last good book stays in place.", "Le dernier bon livre reste en place."
