"""Every word the book adds, in French and English, and the typography of both. Pure.

French: U+202F before ; ! ? and %, inside « », in thousands and before units; U+00A0 before the colon; ’ for the
apostrophe. English: no space before ; : ! ?, a comma in thousands, 24-hour clock. Callers format with `say`; what
people wrote themselves goes through `typeset`.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime

from safelight.model.moments import day

NARROW, FIXED = "\u202f", "\u00a0"
_SPACES = "[ \u00a0\u202f]*"

_WORDS: dict[str, tuple[str, str]] = {
    "contents": ("Contents", "Table"),
    "foreword": ("In figures", "En chiffres"),
    "drafted": (
        "Drafted from the facts of the ledger; nobody has signed it yet.",
        "Ébauche rédigée à partir des faits du registre ; personne ne l’a encore signée.",
    ),
    "opposite": ("Opposite", "Ci-contre"),
    "key": ("From left to right and top to bottom:", "De gauche à droite et de haut en bas :"),
    "unknown_time": ("time unknown", "heure inconnue"),
    "unknown_photographer": ("photographer unknown", "photographe inconnu"),
    "painted_from": ("painted from a photograph", "peint d’après photographie"),
    "proofs": ("Proofs", "Preuves"),
    "proofs_note": ("One strip for each printed picture, in the order of the pages.", "Une bande par image imprimée, dans l’ordre des pages."),
    "steps": ("Record of the steps", "Registre des étapes"),
    "steps_note": ("The same steps in figures: every digest in full (SHA-256).", "Les mêmes étapes en chiffres : chaque empreinte en entier (SHA-256)."),
    "credits": ("Credits", "Crédits"),
    "full_captions": ("Full captions", "Légendes complètes"),
    "page": ("p.", "p."),
    "photographs": ("Photographs", "Photographies"),
    "handmade": ("Choice and texts", "Choix et textes"),
    "made_by": ("Retouching and painting", "Retouche et peinture"),
    "thanks": ("With", "Avec"),
    "original": ("original", "original"),
    "mask": ("mask", "masque"),
    "retouched": ("retouched", "retouché"),
    "painted": ("painted", "peint"),
    "decided": ("decision", "décision"),
    "folder": ("in the folder", "dans le dossier"),
    "card": ("by its card", "par sa carte"),
    "command": ("by command", "en ligne de commande"),
    "desk": ("at the desk", "au bureau"),
    "no_mask": ("nothing to mask", "rien à masquer"),
    "no_retouch": ("not retouched", "non retouché"),
    "no_paint": ("printed unpainted", "imprimé sans peinture"),
    "withdrawn": ("withdrawn by request", "retiré à la demande"),
    "withdrawn_on": ("withdrawn on {day} by request", "retiré le {day} à la demande"),
    "network": ("trained network: {name}", "réseau entraîné : {name}"),
    "as_received": ("As received", "Reçu tel quel"),
    "by_folder": ("decided in the folder", "décidé dans le dossier"),
    "by_card": ("proposal accepted", "proposition acceptée"),
    "by_hand": ("Edited by hand", "Retouché à la main"),
    "by_command": ("decided by command", "décidé en ligne de commande"),
    "by_desk": ("decided at the desk", "décidé au bureau"),
    "style": ("Style", "Style"),
    "untimed": ("Time unknown", "Heure inconnue"),
    "no_pictures": ("No pictures yet", "Pas encore d’images"),
    "no_pictures_text": (
        "This book has no pictures yet. It will fill by itself as photographs arrive, are sorted, retouched and painted.",
        "Ce livre n’a pas encore d’images. Il se remplira de lui-même à mesure que les photographies arrivent, sont triées, retouchées et peintes.",
    ),
    "untitled": ("The race", "La course"),
    "start": ("The start", "Le départ"),
    "evening": ("The evening", "Le soir"),
    "night": ("The night", "La nuit"),
    "morning": ("The morning", "Le matin"),
    "afternoon": ("The afternoon", "L’après-midi"),
    "finish": ("The finish", "L’arrivée"),
    "inked": ("inked", "encré"),
    "inked_by": ("In ink, six tones, by the design; computed.", "À l’encre, six tons, par la maquette ; calculé."),
    "the_end": ("The end", "Fin"),
    "merkle": ("Merkle root", "Racine de Merkle"),
    "entries": ("Records", "Entrées"),
    "head": ("Last record", "Dernière entrée"),
    "verify": (
        "To verify: “safelight audit verify” recomputes every digest and compares this root.",
        "Pour vérifier : « safelight audit verify » recalcule chaque empreinte et compare cette racine.",
    ),
    "heads_rule": ("rule or words", "règle ou mots"),
    "heads_backend": ("done with", "fait avec"),
    "heads_seed": ("seed", "graine"),
    "heads_at": ("when", "quand"),
    "heads_seconds": ("took", "durée"),
    "heads_digest": ("digest of the result", "empreinte du résultat"),
    "heads_step": ("step", "étape"),
}  # fmt: skip


def say(key: str, language: str, **values: object) -> str:
    """The words of this key; braces are filled, then set by the language's rules."""
    en, fr = _WORDS[key]
    return typeset((fr if language == "fr" else en).format_map({k: str(v) for k, v in values.items()}), language)


def typeset(text: str, language: str) -> str:
    """Text as a printer sets it: NFC, curly apostrophes, ellipsis, and in French the spaces before marks."""
    text = unicodedata.normalize("NFC", text).strip()
    text = text.replace("...", "…").replace("'", "’")
    if language != "fr":
        return re.sub(r'"([^"]*)"', "‘\\1’", text)
    return _french(_french(text))  # twice: a space set by one rule may be what another one looks for


def _french(text: str) -> str:
    text = re.sub(r'"([^"]*)"', "« \\1 »", text)
    text = re.sub(r"«\s*", f"«{NARROW}", text)
    text = re.sub(r"\s*»", f"{NARROW}»", text)
    text = re.sub(rf"(?<=[^\s;!?]){_SPACES}([;!?]+)(?=\s|$|[.,)»…])", f"{NARROW}\\1", text)
    text = re.sub(rf"(?<=\d){_SPACES}%", f"{NARROW}%", text)
    text = re.sub(rf"(?<=[^\s:]){_SPACES}(:+)(?=\s|$)", f"{FIXED}\\1", text)
    text = re.sub(r"\b([nN])[°º]\s*(?=\d)", f"\\1º{NARROW}", text)
    return re.sub(r"(?<=\d) (?=(h|px|mm|s|min|000)\b)", NARROW, text).strip()


def number(value: int, language: str) -> str:
    """1,384 and 1 384; below ten thousand grouped as well, as both samples do."""
    return f"{value:,}".replace(",", NARROW if language == "fr" else ",")


_ONES = {
    "fr": ("aucun", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze", "treize", "quatorze", "quinze", "seize"),
    "en": ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen"),
}  # fmt: skip


def spelled(value: int, language: str, *, feminine: bool = False) -> str:
    """A number as it reads in a sentence: in words up to sixteen, else in figures."""
    if not 0 <= value <= 16:
        return number(value, language)
    word = _ONES["fr" if language == "fr" else "en"][value]
    return f"{word}e" if feminine and word in ("un", "aucun") else word


def counted(amount: int, one: str, many: str, language: str, *, feminine: bool = False) -> str:
    """`three pictures`, `1,384 pictures`: as `count`, with small numbers in words."""
    single = amount <= 1 if language == "fr" else amount == 1
    return f"{spelled(amount, language, feminine=feminine)} {one if single else many}"


def percent(share: float, language: str) -> str:
    """6.1% and 6,1 %."""
    value = f"{share * 100:.1f}"
    return f"{value.replace('.', ',')}{NARROW}%" if language == "fr" else f"{value}%"


def seconds(value: float, language: str) -> str:
    """4.1 s and 4,1 s."""
    text = f"{value:.1f}"
    return f"{text.replace('.', ',') if language == 'fr' else text}{NARROW}s"


def count(amount: int, one: str, many: str, language: str) -> str:
    """`1 picture`, `1,384 pictures`; in French nought is singular."""
    single = amount <= 1 if language == "fr" else amount == 1
    return f"{number(amount, language)} {one if single else many}"


def clock(hour: int, minute: int, language: str) -> str:
    """16:21 and 16 h 21; full hours 16:00 and 16 h."""
    if language == "fr":
        return f"{hour}{NARROW}h" + (f"{NARROW}{minute:02d}" if minute else "")
    return f"{hour:02d}:{minute:02d}"


def clock_of(taken: datetime, language: str) -> str:
    """The minute a picture was taken: 16:21, 16 h 21, and 16 h 00 where the hour is full."""
    if language == "fr":
        return f"{taken.hour}{NARROW}h{NARROW}{taken.minute:02d}"
    return f"{taken.hour:02d}:{taken.minute:02d}"


def date(iso: str, language: str) -> str:
    """24 November 2026, 24 novembre 2026, 1er décembre; the text itself where it is no date."""
    try:
        return day(datetime.fromisoformat(iso), language)
    except ValueError:
        return iso


def stamp(iso: str) -> str:
    """A record's time, to the second, short: 2026-11-24 22:58:13. The text itself where it is no time."""
    try:
        when = datetime.fromisoformat(iso)
    except ValueError:
        return iso
    return when.strftime("%Y-%m-%d %H:%M:%S")


def grouped(digest: str, groups: int = 3) -> str:
    """The first hex digits in groups of four."""
    return " ".join(digest[i : i + 4] for i in range(0, 4 * groups, 4))


_CAMERA = re.compile(r"^(img|dsc[nf]?|p|pict|image|photo|pxl|dscf|sam|gopr|_mg|mvimg)$", re.IGNORECASE)


def words_of_name(name: str, language: str) -> str:
    """What a file name says in words: without ending, counters, camera prefixes and hexadecimal noise; may be empty."""
    stem = unicodedata.normalize("NFC", name).rsplit("/", 1)[-1].rsplit(".", 1)[0]
    tokens = [token for token in re.split(r"[\s_\-.()]+", stem) if token]
    kept = [token for token in tokens if not _noise(token)]
    text = " ".join(kept)
    if not any(len(re.sub(r"[^\W\d_]", "", token)) < len(token) for token in kept):
        return ""
    return typeset(text[:1].upper() + text[1:], language)


def _noise(token: str) -> bool:
    return bool(
        token.isdigit()
        or _CAMERA.match(token)
        or re.fullmatch(r"(img|dsc|dscf|p|pxl)\d+", token, re.IGNORECASE)
        or re.fullmatch(r"(?=.*\d)[0-9a-f]{8,}", token, re.IGNORECASE)
    )
