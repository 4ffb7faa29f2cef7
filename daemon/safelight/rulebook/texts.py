"""The sentences of problems and warnings: code → (English, French). First line the headline, the rest what to do.

French as printed: U+202F before ; ! ? and inside « », U+00A0 before the colon, ’ for the apostrophe.
"""

from __future__ import annotations


def _french(text: str) -> str:
    """French typography for sentences typed with ordinary spaces and apostrophes."""
    text = text.replace("'", "’").replace("« ", "«\u202f").replace(" »", "\u202f»")
    for sign in ";!?%":
        text = text.replace(f" {sign}", f"\u202f{sign}")
    return text.replace(" : ", "\u00a0: ").replace(" :\n", "\u00a0:\n")


_RAW: dict[str, tuple[str, str]] = {
    # what the text itself has wrong
    "tab": ("this line starts with a Tab. Use spaces.", "cette ligne commence par une tabulation. Mettez des espaces."),
    "colon": (
        'put the text in quotes: it has a second ":".\nFor example: {example}',
        "mettez le texte entre guillemets droits : il contient un second « : ».\nPar exemple : {example}",
    ),
    "quote": (
        "a quote opened in line {line} is never closed.\nPut the same quote at the end of the text, or remove the first one.",
        "un guillemet ouvert à la ligne {line} n'est jamais fermé.\nMettez le même guillemet à la fin du texte, ou enlevez le premier.",
    ),
    "quote_inside": (
        "a quote ends in the middle of this text.\nIf the text has a ' in it, put it between two \"; if it has a \", between two '.",
        "un guillemet se ferme au milieu de ce texte.\nSi le texte contient une apostrophe, mettez-le entre deux \" ; s'il contient un \", entre deux apostrophes droites.",
    ),
    "backslash": (
        'a text between two " may not have a \\ in it. Put it between two \' instead.',
        'un texte entre deux " ne peut pas contenir de \\. Mettez-le entre deux apostrophes droites.',
    ),
    "special": (
        "a text that starts with {sign} needs quotes.\nFor example: {example}",
        "un texte qui commence par {sign} doit être entre guillemets droits.\nPar exemple : {example}",
    ),
    "indent": (
        'this line, or the one just above, does not start in the right column.\nWhat belongs together starts in the same column; a line that opens a group ends with ":".',
        "cette ligne, ou celle juste au-dessus, ne commence pas dans la bonne colonne.\nCe qui va ensemble commence dans la même colonne ; une ligne qui ouvre un groupe finit par « : ».",
    ),
    "space": (
        'a space is missing after ":".\nFor example: {example}',
        "il manque une espace après « : ».\nPar exemple : {example}",
    ),
    "bracket": (
        "a {sign} opened in line {line} is never closed.",
        "un {sign} ouvert à la ligne {line} n'est jamais fermé.",
    ),
    "unreadable": (
        "I cannot read this line, or the one just above.",
        "je n'arrive pas à lire cette ligne, ou celle juste au-dessus.",
    ),
    "control": (
        "there is an invisible sign in this line that does not belong in a text. Type the line anew.",
        "cette ligne contient un signe invisible qui n'a rien à faire dans un texte. Retapez la ligne.",
    ),
    "rtf": (
        "this is a document with fonts (RTF), not plain text.\nIn TextEdit choose Format > Make Plain Text and save it again.",
        "c'est un document avec mise en forme (RTF), pas du texte simple.\nDans TextEdit, choisissez Format > Convertir au format Texte, puis enregistrez de nouveau.",
    ),
    "binary": (
        "this is not a text file.\nWrite the rules with a plain text editor (Notepad, TextEdit in plain text, Visual Studio Code).",
        "ce n'est pas un fichier texte.\nÉcrivez les règles avec un éditeur de texte simple (Bloc-notes, TextEdit en texte, Visual Studio Code).",
    ),
    "big": ("this file is far too long for rules.", "ce fichier est bien trop long pour des règles."),
    "nested": ("there are too many levels here. Three are enough.", "il y a trop de niveaux ici. Trois suffisent."),
    "documents": (
        'a second document starts here. Remove the line "---".',
        "un second document commence ici. Enlevez la ligne « --- ».",
    ),
    # what the words have wrong
    "empty_file": (
        "the file is empty. Remove it, or start with: version: 1",
        "le fichier est vide. Supprimez-le, ou commencez par : version: 1",
    ),
    "want_file": (
        "here I expect words and their values. The first line of the file is: version: 1",
        "ici j'attends des mots et leurs valeurs. La première ligne du fichier est : version: 1",
    ),
    "unknown_key": (
        'I do not know the word "{word}".{near}\n{place} may have: {allowed}.\n{elsewhere}',
        "je ne connais pas le mot « {word} ».{near}\n{place} peut avoir : {allowed}.\n{elsewhere}",
    ),
    "repeated": (
        '"{word}" is here twice; the first is in line {line}. Keep one of them.',
        "« {word} » est là deux fois ; la première est à la ligne {line}. N'en gardez qu'une.",
    ),
    "missing": (
        '"{word}" is missing here.\n{hint}',
        "il manque « {word} » ici.\n{hint}",
    ),
    "choice": (
        '"{word}" is not something I know here.{near}\nI know: {allowed}.',
        "je ne connais pas « {word} » ici.{near}\nJe connais : {allowed}.",
    ),
    "verb": (
        '"{word}" is not something I can do.{near}\nI can: {allowed}.',
        "« {word} » : je ne sais pas faire.{near}\nJe sais : {allowed}.",
    ),
    "want_map": (
        'after "{word}" I expect words with values, for example: {example}',
        "après « {word} » j'attends des mots avec leurs valeurs, par exemple : {example}",
    ),
    "want_rules": (
        'after "{word}" I expect a list of rules; each starts with: - {rule}: NAME',
        "après « {word} » j'attends une liste de règles ; chacune commence par : - {rule}: NOM",
    ),
    "want_list": (
        'after "{word}" I expect a list; each entry starts with "- ".',
        "après « {word} » j'attends une liste ; chaque élément commence par « - ».",
    ),
    "want_text": (
        "here I expect one text.\nA text that starts with {{ or [ needs quotes.",
        "ici j'attends un seul texte.\nUn texte qui commence par {{ ou [ doit être entre guillemets droits.",
    ),
    "want_texts": ("here I expect a text or a list of texts.", "ici j'attends un texte ou une liste de textes."),
    "empty": ('there is nothing after "{word}".', "il n'y a rien après « {word} »."),
    "percent": (
        '"{word}" is not a share I understand. Write it like {example}, between 0% and 100%.',
        "« {word} » n'est pas une part que je comprends. Écrivez par exemple {example}, entre 0 % et 100 %.",
    ),
    "whole": (
        '"{word}" is not a whole number between {low} and {high}.',
        "« {word} » n'est pas un nombre entier entre {low} et {high}.",
    ),
    "paper": (
        '"{word}" is no size for a book: sides from {low} to {high} mm.',
        "« {word} » n'est pas une taille de livre : des côtés de {low} à {high} mm.",
    ),
    "duration": (
        '"{word}" is not a length of time I understand. Write it like: 10 minutes, 30 s, 1 h.',
        "« {word} » n'est pas une durée que je comprends. Écrivez par exemple : 10 minutes, 30 s, 1 h.",
    ),
    "moment": (
        '"{word}" is not a day and time. Write year-month-day and the hour: "2026-06-13 16:00".',
        "« {word} » n'est pas une date avec l'heure. Écrivez année-mois-jour et l'heure : \"2026-06-13 16:00\".",
    ),
    "hours": (
        '"{word}" is not a span of hours. Write it like: {example}',
        "« {word} » n'est pas un intervalle d'heures. Écrivez par exemple : {example}",
    ),
    "limit": (
        '"{word}" is not a limit I understand.\nWrite below, above, at least or at most, then {unit}: {example}',
        "« {word} » n'est pas une limite que je comprends.\nÉcrivez moins de, plus de, au moins ou au plus, puis {unit} : {example}",
    ),
    "version": (
        'I know version 1 of these files only, not "{word}".',
        "je ne connais que la version 1 de ces fichiers, pas « {word} ».",
    ),
    # what cannot be meant
    "same_name": (
        'there is already a rule named "{word}", in line {line}. Each rule has a name of its own: the book quotes it.',
        "il y a déjà une règle « {word} », à la ligne {line}. Chaque règle a son propre nom : le livre le cite.",
    ),
    "from_after_to": (
        '"{first}" is after "{last}", so no photo could ever fit. Swap the two.',
        "« {first} » vient après « {last} » : aucune photo ne pourrait convenir. Échangez les deux.",
    ),
    "no_style": (
        'there is no picture "{word}" in rules/styles/.{near}\nThere are: {allowed}.',
        "il n'y a pas d'image « {word} » dans rules/styles/.{near}\nIl y a : {allowed}.",
    ),
    # warnings
    "w_no_style": (
        'there is no picture "{word}" in rules/styles/; the others of this list are used.{near}',
        "il n'y a pas d'image « {word} » dans rules/styles/ ; les autres de la liste servent.{near}",
    ),
    "w_comment": (
        'everything after # is a comment: "{word}" is not read. Meant as text? Put the whole text in quotes.',
        "tout ce qui suit # est un commentaire : « {word} » n'est pas lu. C'était du texte ? Mettez le tout entre guillemets droits.",
    ),
    "w_curly": (
        '"{word}" was read without the curly quotes around it. Quotes in rule files are straight: "{word}".',
        '« {word} » a été lu sans ses guillemets typographiques. Dans les règles, les guillemets sont droits : "{word}".',
    ),
    "w_encoding": (
        "this file was saved in an old encoding (Windows-1252); it was read all the same. UTF-8 is safer.",
        "ce fichier est enregistré dans un ancien codage (Windows-1252) ; il a été lu quand même. UTF-8 est plus sûr.",
    ),
    "w_never": (
        'rule "{word}" can never match: rule "{other}" in line {line} takes every photo before it.',
        "la règle « {word} » ne servira jamais : la règle « {other} », ligne {line}, prend toutes les photos avant elle.",
    ),
    "w_photographer": (
        'no photographer "{word}" has been seen in inbox/ so far. Seen: {allowed}.{near}',
        "aucun photographe « {word} » n'a encore été vu dans inbox/. Vus : {allowed}.{near}",
    ),
    "w_promise": (
        "{told}\nUntil then the promise has no effect: a person is asked below the plain limit of culling.",
        "{told}\nEn attendant la promesse est sans effet : on vous demande votre avis sous la limite simple de la sélection.",
    ),
    "w_exclude_all": (
        'rule "{word}" has no "when": it takes every photo it sees out of the book. Is that what you want?',
        "la règle « {word} » n'a pas de « quand » : elle retire du livre toutes les photos qu'elle voit. Est-ce voulu ?",
    ),
    "w_concept": (
        'nothing here can find "{word}" in a photo: such photos wait until CLIPSeg is there (safelight models fetch clipseg).{near}',
        "rien ici ne sait trouver « {word} » dans une photo : ces photos attendront CLIPSeg (safelight models fetch clipseg).{near}",
    ),
    "w_prompt": (
        'our own engines cannot paint "{word}": such photos wait until Stable Diffusion is there (safelight models fetch sd2-inpainting). They can paint: {allowed}.',
        "nos propres moteurs ne savent pas peindre « {word} » : ces photos attendront Stable Diffusion (safelight models fetch sd2-inpainting). Ils savent peindre : {allowed}.",
    ),
}  # fmt: skip

TEXTS: dict[str, tuple[str, str]] = {code: (english, _french(french)) for code, (english, french) in _RAW.items()}
