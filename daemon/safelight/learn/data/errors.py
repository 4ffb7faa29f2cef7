"""What can be wrong with training data: a branch of the one tree of errors, each with file and row or region.

The same object is raised where it stops the reading, and listed by `check` where it does not: `stops` says which. What
stops is what would teach something false (a mask of another size, a row that cannot be read); what does not is left
out or clipped, and said.
"""

from __future__ import annotations

from typing import ClassVar

from safelight.model.errors import WRONG, PermanentError, SafelightError

EXPECTS: dict[str, tuple[str, str]] = {
    "camvid": (
        "lists train.txt, val.txt, test.txt with a picture and a label file a line",
        "des listes train.txt, val.txt, test.txt avec une image et un fichier d'étiquettes par ligne",
    ),
    "cityscapes": (
        "files …_leftImg8bit.png and …_gtFine_labelIds.png, in leftImg8bit/ and gtFine/ or side by side",
        "des fichiers …_leftImg8bit.png et …_gtFine_labelIds.png, dans leftImg8bit/ et gtFine/ ou côte à côte",
    ),
    "via": (
        "an export or project of VGG Image Annotator (.json or .csv) beside its pictures",
        "un export ou un projet de VGG Image Annotator (.json ou .csv) à côté de ses images",
    ),
    "coco": (
        "instances….json with its pictures, or images/ and labels/ with one polygon a line",
        "instances….json avec ses images, ou images/ et labels/ avec un polygone par ligne",
    ),
    "folders": (
        "images/ and masks/ with files of equal names",
        "images/ et masks/ avec des fichiers de mêmes noms",
    ),
}
"""What lies in a folder of each format, in English and French; the order is the order of asking."""


def _expected(language: int) -> str:
    colon, mark = (" : ", " ; ") if language else (": ", "; ")
    return mark.join(f"{name}{colon}{words[language]}" for name, words in EXPECTS.items())


class DataError(PermanentError):
    """The root of what is wrong with training data; `stops` tells whether the data can be used all the same."""

    code = "data"
    exit_status = WRONG
    stops: ClassVar[bool] = True
    en, fr = "This training data cannot be used.", "Ces données d'apprentissage sont inutilisables."
    do_en = "`safelight data check FOLDER` lists all that is wrong."
    do_fr = "`safelight data check DOSSIER` donne la liste de tout ce qui ne va pas."

    @property
    def file(self) -> str:
        """The file it is about, or an empty text."""
        return self.values.get("file", "")

    @property
    def place(self) -> str:
        """Where in the file: `row 3`, `region 2`, or an empty text."""
        found = [f"{word} {self.values[word]}" for word in ("row", "region") if word in self.values]
        return ", ".join(found)


# --- the folder as a whole ---------------------------------------------------------------------------------------


class NoSuchFolder(DataError):
    """Nothing lies there."""

    code = "data_no_folder"
    en, fr = "There is no folder {file}.", "Il n'y a pas de dossier {file}."
    do_en, do_fr = "Look at the spelling of its name.", "Vérifiez l'orthographe de son nom."


class UnknownFormat(DataError):
    """No format recognises the folder."""

    code = "data_unknown_format"
    en = "{file} holds no training data that Safelight knows."
    fr = "{file} ne contient pas de données d'apprentissage que Safelight connaisse."
    do_en, do_fr = "Expected is one of: " + _expected(0) + ".", "Il faut une de ces formes : " + _expected(1) + "."


class AmbiguousFormat(DataError):
    """Several formats recognise the folder."""

    code = "data_ambiguous_format"
    en, fr = "{file} fits several formats: {formats}.", "{file} correspond à plusieurs formats : {formats}."
    do_en = "Say which one with `--format`. They expect: " + _expected(0) + "."
    do_fr = "Dites lequel avec `--format`. Ils attendent : " + _expected(1) + "."


class NoSuchFormat(DataError):
    """A format was asked for that does not exist."""

    code = "data_no_format"
    en, fr = "“{format}” is no format of training data.", "« {format} » n'est pas un format de données."
    do_en, do_fr = "Use auto or one of: " + ", ".join(EXPECTS) + ".", "Utilisez auto ou : " + ", ".join(EXPECTS) + "."


class NotThisFormat(DataError):
    """The folder does not hold what the format asked for needs."""

    code = "data_not_this_format"
    en, fr = "{file} holds nothing in the format {format}.", "{file} ne contient rien au format {format}."
    do_en, do_fr = "Expected is: {what_en}.", "Il faut : {what_fr}."


class NoSplit(DataError):
    """A part of the data was asked for that is not there."""

    code = "data_no_split"
    en, fr = "{file} has no part “{split}”: there is {known}.", "{file} n'a pas de partie « {split} » : il y a {known}."
    do_en, do_fr = "Choose one of these.", "Choisissez une de celles-ci."


class NoPictures(DataError):
    """Not one picture with labels."""

    code = "data_no_pictures"
    en, fr = "{file} holds no picture with labels.", "{file} ne contient aucune image étiquetée."


class NoSuchSample(DataError):
    """An id that the data does not have."""

    code = "data_no_sample"
    en, fr = "There is no picture “{sample}” in {file}.", "Il n'y a pas d'image « {sample} » dans {file}."
    do_en, do_fr = "Choose one from its list.", "Choisissez-en une dans sa liste."


class NoSuchClass(DataError):
    """A class that the data does not have."""

    code = "data_no_class"
    en, fr = "There is no class “{name}”: there is {known}.", "Il n'y a pas de classe « {name} » : il y a {known}."
    do_en, do_fr = "Choose one of these.", "Choisissez une de celles-ci."


# --- pictures and masks ------------------------------------------------------------------------------------------


class MissingFile(DataError):
    """A list or an annotation names a file that is not there."""

    code = "data_missing_file"
    en = "{file} is missing, which {by} names."
    fr = "{file} manque, alors que {by} le nomme."
    do_en, do_fr = "Put it back, or take it off the list.", "Remettez-le, ou retirez-le de la liste."


class DamagedFile(DataError):
    """A picture or mask that cannot be decoded."""

    code = "data_damaged_file"
    en, fr = "{file}: {what_en}", "{file} : {what_fr}"
    do_en = "Copy it again from where it came from, or take it and its partner away."
    do_fr = "Copiez-le de nouveau depuis son origine, ou retirez-le avec son pendant."


def damaged(file: object, fault: SafelightError) -> DamagedFile:
    """The fault of a decoder as a problem of this file; what the decoder advises is not repeated."""
    values = {"reason": "", **fault.values}
    return DamagedFile(file=file, what_en=fault.en.format_map(values), what_fr=fault.fr.format_map(values))


class OtherSize(DataError):
    """Labels that do not fit their picture."""

    code = "data_other_size"
    en = "{file} is {width} × {height} pixels, its picture {picture_width} × {picture_height}."
    fr = "{file} fait {width} × {height} pixels, son image {picture_width} × {picture_height}."
    do_en = "Export the mask again in the size of the picture; it is not resized by guess."
    do_fr = "Exportez de nouveau le masque à la taille de l'image ; il n'est pas redimensionné au hasard."


class UnknownLabels(DataError):
    """Pixel values that mean no class."""

    code = "data_unknown_labels"
    en = "{file}: {pixels} pixels bear values that mean no class: {found}."
    fr = "{file} : {pixels} pixels portent des valeurs qui ne désignent aucune classe : {found}."
    do_en = "Known values are {known}; mend the mask."
    do_fr = "Les valeurs connues sont {known} ; corrigez le masque."


class NoLabelMap(DataError):
    """A picture that cannot be read as a map of classes (16-bit colour, a JPEG, …)."""

    code = "data_no_label_map"
    en = "{file} is a picture of mode {mode}, no map of classes."
    fr = "{file} est une image de mode {mode}, pas une carte de classes."
    do_en = "Expected is a PNG of one channel or with a palette, whose values are the classes."
    do_fr = "Il faut un PNG à un canal ou à palette, dont les valeurs sont les classes."


class LossyMask(DataError):
    """A mask saved with loss."""

    code = "data_lossy_mask"
    en = "{file} is a JPEG: its values are blurred at every border."
    fr = "{file} est un JPEG : ses valeurs sont brouillées à chaque bord."
    do_en, do_fr = "Export the masks as PNG.", "Exportez les masques en PNG."


class OtherMode(DataError):
    """A photo that is not plain RGB."""

    code = "data_other_mode"
    stops = False
    en, fr = "{file} is of mode {mode}; it is read as RGB.", "{file} est de mode {mode} ; il est lu comme du RVB."
    do_en = "Look whether it belongs to the others."
    do_fr = "Vérifiez qu'il va avec les autres."


class EmptyMask(DataError):
    """A picture in which nothing is labelled, or nothing but background."""

    code = "data_empty_mask"
    stops = False
    en, fr = "{file}, {sample}: nothing is marked.", "{file}, {sample} : rien n'est marqué."
    do_en = "Right if there is nothing of that kind in the picture."
    do_fr = "C'est juste s'il n'y a rien de tel dans l'image."


class SamePicture(DataError):
    """The same pixels under two names."""

    code = "data_same_picture"
    stops = False
    en, fr = "{file}, {sample} is the same picture as {other}.", "{file}, {sample} : c'est la même image que {other}."
    do_en = "In two parts of the data it makes the test too easy; keep one."
    do_fr = "Dans deux parties des données, elle rend le test trop facile ; gardez-en une."


# --- lists -------------------------------------------------------------------------------------------------------


class BrokenLine(DataError):
    """A line of a list of pictures that is not two file names."""

    code = "data_broken_line"
    en = "{file}, row {row}: “{text}” is not a picture and a label file."
    fr = "{file}, ligne {row} : « {text} » n'est pas une image et un fichier d'étiquettes."
    do_en, do_fr = "Write both names with a space between.", "Écrivez les deux noms séparés par une espace."


class BrokenClassLine(DataError):
    """A line of classes.txt that is no class, names one twice, or lacks the colour that the masks need."""

    code = "data_broken_class_line"
    en = "{file}, row {row}: “{text}” is no class of its own."
    fr = "{file}, ligne {row} : « {text} » n'est pas une classe à part."
    do_en = "Write one name a line; where the masks are in colour, with its colour: road 128 64 128."
    do_fr = "Écrivez un nom par ligne ; si les masques sont en couleurs, avec la sienne : road 128 64 128."


class Outside(DataError):
    """A list or annotation that names a file outside its folder."""

    code = "data_outside"
    en = "{file} names {text}, which lies outside the folder."
    fr = "{file} nomme {text}, qui se trouve hors du dossier."
    do_en, do_fr = "Put the picture into the folder.", "Mettez l'image dans le dossier."


class TwiceTheSame(DataError):
    """Two pictures of one name."""

    code = "data_twice"
    stops = False
    en = "{file}: “{sample}” is there twice; the first counts."
    fr = "{file} : « {sample} » y est deux fois ; le premier compte."
    do_en, do_fr = "Take one away, or give it another name.", "Retirez-en un, ou donnez-lui un autre nom."


class NoMask(DataError):
    """A picture without labels where each should have some."""

    code = "data_no_mask"
    en, fr = "{file} has no mask: {expected} is missing.", "{file} n'a pas de masque : {expected} manque."
    do_en, do_fr = "Add the mask, or take the picture away.", "Ajoutez le masque, ou retirez l'image."


class NoPicture(DataError):
    """Labels without their picture."""

    code = "data_no_picture"
    stops = False
    en, fr = "{file} has no picture: {expected} is missing.", "{file} n'a pas d'image : {expected} manque."
    do_en, do_fr = (
        "It is left out; add the picture if it should count.",
        "Il est laissé de côté ; ajoutez l'image s'il doit compter.",
    )


class NotAnnotated(DataError):
    """A picture that the annotation file does not name."""

    code = "data_not_annotated"
    stops = False
    en, fr = "{file} is not named in {by}.", "{file} n'est pas nommé dans {by}."
    do_en, do_fr = (
        "It is left out; annotate it if it should count.",
        "Il est laissé de côté ; annotez-le s'il doit compter.",
    )


# --- annotations -------------------------------------------------------------------------------------------------


class BrokenJson(DataError):
    """Text that is no JSON even when read with leniency."""

    code = "data_broken_json"
    en = "{file}, row {row}, column {column}: this is no JSON."
    fr = "{file}, ligne {row}, colonne {column} : ceci n'est pas du JSON."
    do_en, do_fr = "Export it again, or mend it there.", "Exportez-le de nouveau, ou corrigez-le à cet endroit."


def broken_json(file: object, fault: Exception) -> BrokenJson:
    """What the reader stumbled over; the beginning for what has no place (nested too deep, a number of 5,000 digits)."""
    return BrokenJson(file=file, row=getattr(fault, "lineno", 1), column=getattr(fault, "colno", 1))


class BrokenRow(DataError):
    """A CSV row with too few or too many columns."""

    code = "data_broken_row"
    en = "{file}, row {row}: {found} columns, {expected} are expected."
    fr = "{file}, ligne {row} : {found} colonnes, il en faut {expected}."
    do_en, do_fr = BrokenJson.do_en, BrokenJson.do_fr


class BrokenCell(DataError):
    """A CSV cell that cannot be understood."""

    code = "data_broken_cell"
    en = "{file}, row {row}, column {column}: “{text}” cannot be read."
    fr = "{file}, ligne {row}, colonne {column} : « {text} » est illisible."
    do_en, do_fr = BrokenJson.do_en, BrokenJson.do_fr


class RowsMissing(DataError):
    """Fewer or more regions than the file says there are."""

    code = "data_rows_missing"
    en = "{file}, row {row}: {expected} regions are announced for {sample}, {found} are there."
    fr = "{file}, ligne {row} : {expected} régions sont annoncées pour {sample}, il y en a {found}."
    do_en, do_fr = "Export the file again.", "Exportez le fichier de nouveau."


class BrokenEntry(DataError):
    """An entry of an annotation file that is not what its program writes."""

    code = "data_broken_entry"
    en, fr = "{file}: the entry “{sample}” is broken.", "{file} : l'entrée « {sample} » est abîmée."
    do_en, do_fr = RowsMissing.do_en, RowsMissing.do_fr


class SeveralAnnotations(DataError):
    """More than one annotation file, none of them the obvious one."""

    code = "data_several_annotations"
    en = "{file} holds several annotation files: {found}."
    fr = "{file} contient plusieurs fichiers d'annotations : {found}."
    do_en, do_fr = "Keep one there.", "N'en gardez qu'un."


class TooManyClasses(DataError):
    """More classes than a label map can hold."""

    code = "data_too_many_classes"
    en, fr = (
        "{file} names {found} classes, at most {limit} are taken.",
        "{file} nomme {found} classes, {limit} au plus.",
    )
    do_en = "The classes are probably in another attribute or column."
    do_fr = "Les classes sont sans doute dans un autre attribut ou une autre colonne."


class RegionError(DataError):
    """The root of what is wrong with one region; `at` is the file, with the row where it has rows."""

    code = "data_region"
    en, fr = "{at}, {sample}, region {region} is broken.", "{at}, {sample} : la région {region} est abîmée."
    do_en, do_fr = "Draw it again in its program.", "Dessinez-la de nouveau dans son logiciel."


class UnknownShape(RegionError):
    """A kind of shape that nothing is known of."""

    code = "data_unknown_shape"
    en = "{at}, {sample}, region {region}: “{text}” is no known shape."
    fr = "{at}, {sample}, région {region} : « {text} » n'est pas une forme connue."


class BrokenShape(RegionError):
    """A shape whose numbers are missing or no numbers."""

    code = "data_broken_shape"
    en = "{at}, {sample}, region {region}: “{text}” are no coordinates of a {shape}."
    fr = "{at}, {sample}, région {region} : « {text} » ne sont pas les coordonnées d'une forme {shape}."


class NoArea(RegionError):
    """A region that covers no pixel of its picture."""

    code = "data_no_area"
    stops = False
    en = "{at}, {sample}, region {region} ({shape}) covers no pixel of the picture; it is left out."
    fr = "{at}, {sample} : la région {region} ({shape}) ne couvre aucun pixel de l'image ; elle est laissée de côté."


class OutOfBounds(RegionError):
    """A region that goes beyond its picture."""

    code = "data_out_of_bounds"
    stops = False
    en = "{at}, {sample}, region {region} reaches x {left} to {right}, y {top} to {bottom} in a picture of {width} × {height}; it is cut."
    fr = "{at}, {sample} : la région {region} va de x {left} à {right}, y {top} à {bottom} dans une image de {width} × {height} ; elle est coupée."
    do_en, do_fr = "Look whether the picture is the one annotated.", "Vérifiez que l'image est bien celle annotée."


class NoClass(RegionError):
    """A region without a class where others have one."""

    code = "data_no_class_given"
    stops = False
    en = "{at}, {sample}, region {region} bears no one class (“{attribute}”); its pixels stay unlabelled."
    fr = "{at}, {sample} : la région {region} n'a pas une classe et une seule (« {attribute} ») ; ses pixels restent sans étiquette."
    do_en, do_fr = "Give it one in its program.", "Donnez-lui-en une dans son logiciel."


class OtherBytes(DataError):
    """The picture is not the file that was annotated."""

    code = "data_other_bytes"
    stops = False
    en = "{file} has {bytes} bytes, when annotated it had {expected}."
    fr = "{file} fait {bytes} octets, il en faisait {expected} lors de l'annotation."
    do_en = "If it was resized or cropped since, its regions do not fit."
    do_fr = "S'il a été redimensionné ou recadré depuis, ses régions ne correspondent plus."


class BoxOnly(RegionError):
    """An object whose shape nobody drew."""

    code = "data_box_only"
    stops = False
    en = "{at}, {sample}, region {region} has a box only; its pixels stay unlabelled."
    fr = "{at}, {sample} : la région {region} n'a qu'un cadre ; ses pixels restent sans étiquette."
    do_en, do_fr = "Draw its shape.", "Dessinez sa forme."


class UnknownClass(DataError):
    """A class by a number that has no name; `at` is the file, with the row where it has rows."""

    code = "data_unknown_class"
    en = "{at}: class {number} has no name (regions: {found})."
    fr = "{at} : la classe {number} n'a pas de nom (régions : {found})."
    do_en, do_fr = "Name it in the list of classes.", "Nommez-la dans la liste des classes."


class BrokenPolygonRow(DataError):
    """A line that is no polygon."""

    code = "data_broken_polygon_row"
    en = "{file}, row {row}: “{text}” is not a class number and at least three points."
    fr = "{file}, ligne {row} : « {text} » n'est pas un numéro de classe et trois points au moins."
    do_en = "Boxes alone do not tell which pixels are meant; export polygons."
    do_fr = "Un cadre seul ne dit pas quels pixels sont visés ; exportez des polygones."
