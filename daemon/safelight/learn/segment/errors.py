"""What can go wrong with trainings and weights: a branch of the one tree of errors."""

from __future__ import annotations

from safelight.model.errors import CANNOT, WRONG, PermanentError


class TrainingError(PermanentError):
    """The root of what is wrong with a training."""

    code = "training"
    exit_status = WRONG
    en, fr = "This training cannot go on: {reason}.", "Cet apprentissage ne peut pas continuer : {reason}."
    do_en = do_fr = ""


class BadSettings(TrainingError):
    """A setting that makes no sense."""

    code = "training_settings"
    en, fr = "“{value}” makes no sense for {key}.", "« {value} » n'a pas de sens pour {key}."
    do_en, do_fr = "Expected is: {expected}.", "Il faut : {attendu}."


class FolderInUse(TrainingError):
    """A training is there already, and nobody said that it should go on."""

    code = "training_in_use"
    en = "{folder} already holds a training ({told})."
    fr = "{folder} contient déjà un apprentissage ({told})."
    do_en = "Add --resume to go on with it, or name another folder with --out."
    do_fr = "Ajoutez --resume pour le poursuivre, ou nommez un autre dossier avec --out."


class NothingToResume(TrainingError):
    """`--resume` without a checkpoint."""

    code = "training_nothing"
    en = "{folder} holds no training to go on with."
    fr = "{folder} ne contient pas d'apprentissage à poursuivre."
    do_en, do_fr = "Start one without --resume.", "Commencez-en un sans --resume."


class BrokenCheckpoint(TrainingError):
    """A checkpoint that cannot be read or is of other data."""

    code = "training_checkpoint"
    en = "{file} cannot be gone on with: {reason}."
    fr = "{file} ne permet pas de poursuivre : {raison}."
    do_en = "Start again in another folder; the weights exported so far stay usable."
    do_fr = "Recommencez dans un autre dossier ; les poids déjà exportés restent utilisables."


class Diverged(TrainingError):
    """The loss is no number any more."""

    code = "training_diverged"
    exit_status = CANNOT
    en = "The training ran away at step {step}: its loss is no number any more."
    fr = "L'apprentissage a divergé à l'étape {step} : sa perte n'est plus un nombre."
    do_en = "Start again with a lower learning rate (now {rate}): --rate. The last checkpoint was kept."
    do_fr = "Recommencez avec un taux d'apprentissage plus faible (ici {rate}) : --rate. Le dernier point de reprise est gardé."


class BadDevice(TrainingError):
    """A device that is not there."""

    code = "training_device"
    en, fr = "There is no device “{device}” here.", "Il n'y a pas d'appareil « {device} » ici."
    do_en, do_fr = "Use cpu, or cuda where a graphics card is.", "Utilisez cpu, ou cuda s'il y a une carte graphique."


class OtherClasses(TrainingError):
    """A network and data that do not speak of the same things."""

    code = "training_classes"
    en = "{file} knows the classes {classes}; {data} has {others}."
    fr = "{file} connaît les classes {classes} ; {data} a {others}."
    do_en = "Evaluate it on data with the same classes, or train a network on this data."
    do_fr = "Évaluez-le sur des données de mêmes classes, ou entraînez un réseau sur ces données."


class Unwritable(TrainingError):
    """Results that cannot be written."""

    code = "training_unwritable"
    exit_status = CANNOT
    en, fr = "Nothing can be written to {folder} ({reason}).", "Impossible d'écrire dans {folder} ({reason})."
    do_en = "Make room or name another folder; a training goes on from its last checkpoint with --resume."
    do_fr = (
        "Faites de la place ou nommez un autre dossier ; un apprentissage reprend à son dernier point avec --resume."
    )
