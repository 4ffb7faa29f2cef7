"""What can be wrong with labelled folders and classifier files: branches of the one tree of errors."""

from __future__ import annotations

from safelight.learn.segment.errors import TrainingError


class LabelledFolderError(TrainingError):
    """A folder from which no classifier can be learnt or measured."""

    code = "classifier_folder"
    en, fr = "{folder} cannot be used: {reason}.", "{folder} est inutilisable : {raison}."
    do_en = "Expected is a folder with one sub-folder a class, each with pictures (.jpg, .png, .tif, .webp)."
    do_fr = "Il faut un dossier avec un sous-dossier par classe, chacun avec des images (.jpg, .png, .tif, .webp)."


class EmptyClass(LabelledFolderError):
    """A class folder without pictures."""

    code = "classifier_empty_class"
    en = "The class folder “{name}” of {folder} holds no picture that can be read."
    fr = "Le dossier de classe « {name} » de {folder} ne contient aucune image lisible."
    do_en = "Put pictures into it, or take the folder away."
    do_fr = "Mettez-y des images, ou retirez ce dossier."


class OneClass(LabelledFolderError):
    """Fewer than two classes."""

    code = "classifier_one_class"
    en = "{folder} holds {count} class folder(s); a classifier needs at least two."
    fr = "{folder} contient {count} dossier(s) de classe ; il en faut au moins deux."
    do_en = "Make one sub-folder a class and put its pictures into it."
    do_fr = "Faites un sous-dossier par classe et mettez-y ses images."


class TooFew(LabelledFolderError):
    """A class too small to have pictures on both sides of a validation."""

    code = "classifier_too_few"
    en = "The class “{name}” has {count} readable picture(s); at least {least} are needed to learn from some and validate on others."
    fr = "La classe « {name} » a {count} image(s) lisible(s) ; il en faut au moins {least} pour apprendre des unes et valider sur les autres."
    do_en = "Add pictures of it, from more than one occasion if possible."
    do_fr = "Ajoutez-en, si possible de plus d'une occasion."


class OtherLabels(LabelledFolderError):
    """A classifier and a folder that do not speak of the same classes."""

    code = "classifier_labels"
    en = "{file} knows the classes {classes}; {folder} has {others}."
    fr = "{file} connaît les classes {classes} ; {folder} a {others}."
    do_en = "Name the folders as the classes, or train a classifier on this folder."
    do_fr = "Nommez les dossiers comme les classes, ou entraînez un classifieur sur ce dossier."
