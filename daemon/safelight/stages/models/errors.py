"""What can go wrong with optional models: a branch of the one tree of errors. Each says what to do next."""

from __future__ import annotations

from safelight.model.errors import CANNOT, WRONG, PermanentError


class ModelError(PermanentError):
    """The root of what is wrong with an optional model."""

    code = "model"
    exit_status = CANNOT
    en, fr = "The model {model} cannot be had: {reason}.", "Impossible d'obtenir le modèle {model} : {reason}."
    do_en = do_fr = ""


class UnknownModel(ModelError):
    """No model of this name."""

    code = "model_unknown"
    exit_status = WRONG
    en, fr = "There is no model “{name}”.", "Il n'y a pas de modèle « {name} »."
    do_en, do_fr = "Known are: {known}.", "Modèles connus : {known}."


class NotFetched(ModelError):
    """A model that is not on this machine."""

    code = "model_not_fetched"
    en, fr = "The model {model} is not on this machine.", "Le modèle {model} n'est pas sur cette machine."
    do_en = "Fetch it with `safelight models fetch {model}`."
    do_fr = "Obtenez-le avec `safelight models fetch {model}`."


class Offline(ModelError):
    """HF_HUB_OFFLINE is set: nothing may be fetched from the net."""

    code = "model_offline"
    en = "Nothing is fetched from the net while HF_HUB_OFFLINE is set."
    fr = "Rien n'est téléchargé tant que HF_HUB_OFFLINE est défini."
    do_en = "Name a folder that holds the files (`safelight models fetch {model} --from DIR`), or unset HF_HUB_OFFLINE."
    do_fr = "Indiquez un dossier qui contient les fichiers (`safelight models fetch {model} --from DOSSIER`), ou retirez HF_HUB_OFFLINE."


class NoNetwork(ModelError):
    """The server could not be reached."""

    code = "model_network"
    retry = True
    en, fr = "{host} cannot be reached ({reason}).", "{host} est injoignable ({reason})."
    do_en = "Try again with a network, or bring the files on a stick: `safelight models fetch {model} --from DIR`."
    do_fr = "Réessayez avec un réseau, ou apportez les fichiers sur une clé : `safelight models fetch {model} --from DOSSIER`."


class Refused(ModelError):
    """The server answered, but not with the file."""

    code = "model_refused"
    en = "{host} does not give {file} (answer {status})."
    fr = "{host} ne donne pas {file} (réponse {status})."
    do_en = (
        "Try again later; if it stays so, get the files elsewhere and use `safelight models fetch {model} --from DIR`."
    )
    do_fr = "Réessayez plus tard ; sinon, procurez-vous les fichiers ailleurs : `safelight models fetch {model} --from DOSSIER`."


class BrokenOff(ModelError):
    """The connection broke, again and again. What came is kept."""

    code = "model_broken_off"
    retry = True
    en = "The download of {file} broke off at {done_en} of {total_en} ({reason}); what came is kept."
    fr = "Le téléchargement de {file} s'est interrompu à {done_fr} sur {total_fr} ({reason}) ; ce qui est arrivé est gardé."
    do_en, do_fr = "Give the same command again: it goes on there.", "Redonnez la même commande : elle reprend là."


class WrongDigest(ModelError):
    """The bytes are not those that are meant; they were thrown away."""

    code = "model_digest"
    en = "{file} is not the file that is meant (SHA-256 {found}…, expected {expected}…); it was not put in place."
    fr = "{file} n'est pas le fichier attendu (SHA-256 {found}…, attendu {expected}…) ; il n'a pas été mis en place."
    do_en = "Try again; if it stays so, the source was changed: tell whoever looks after Safelight."
    do_fr = "Réessayez ; sinon la source a changé : prévenez la personne qui s'occupe de Safelight."


class Unpinned(ModelError):
    """A server that does not say what its file is, or serves another commit."""

    code = "model_unpinned"
    en = "{host} does not tell the digest of {file} at the pinned commit, so it cannot be trusted."
    fr = "{host} ne donne pas l'empreinte de {file} à la version fixée : impossible de s'y fier."
    do_en, do_fr = Refused.do_en, Refused.do_fr


class NoRoom(ModelError):
    """Too little space where models lie."""

    code = "model_no_room"
    en = "{model} needs {needed_en} in {folder}, where {free_en} are free."
    fr = "{model} demande {needed_fr} dans {folder}, où il reste {free_fr}."
    do_en = "Make room, or set SAFELIGHT_CACHE to a folder on another disk; what came so far is kept."
    do_fr = "Faites de la place, ou indiquez avec SAFELIGHT_CACHE un dossier d'un autre disque ; ce qui est arrivé est gardé."


class CannotWrite(ModelError):
    """The folder of models cannot be written."""

    code = "model_unwritable"
    en, fr = "Nothing can be written to {folder} ({reason}).", "Impossible d'écrire dans {folder} ({reason})."
    do_en = "Set SAFELIGHT_CACHE to a folder that can be written."
    do_fr = "Indiquez avec SAFELIGHT_CACHE un dossier où l'on peut écrire."


class NotInFolder(ModelError):
    """`--from` a folder that lacks files."""

    code = "model_not_in_folder"
    exit_status = WRONG
    en = "{folder} does not hold these files of {model}: {files}."
    fr = "{folder} ne contient pas ces fichiers de {model} : {files}."
    do_en = "Files are known by their content, whatever their name; where to get them: {home}"
    do_fr = "Les fichiers sont reconnus à leur contenu, quel que soit leur nom ; où les trouver : {home}"


class BeingFetched(ModelError):
    """Another process fetches the same model."""

    code = "model_being_fetched"
    retry = True
    en, fr = (
        "{model} is being fetched by another process.",
        "{model} est en cours de téléchargement par un autre processus.",
    )
    do_en, do_fr = "Wait until that one is done.", "Attendez qu'il ait fini."
