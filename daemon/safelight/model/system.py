"""What the operating system says of a fault, in French: its words reach people through errors, notes and the log. Pure.

Programs speak English to each other (records keep what was said); a person whose event is French reads French where the
sentence is known, and the system's own words where it is not.
"""

from __future__ import annotations

FRENCH: dict[str, str] = {
    "No space left on device": "plus de place sur le disque",
    "Disk quota exceeded": "quota de disque dépassé",
    "Permission denied": "accès refusé",
    "Operation not permitted": "opération interdite",
    "Read-only file system": "disque en lecture seule",
    "Input/output error": "erreur de lecture ou d'écriture du disque",
    "No such file or directory": "fichier ou dossier introuvable",
    "No such device or address": "appareil introuvable",
    "No such device": "appareil introuvable",
    "Name or service not known": "nom inconnu sur le réseau",
    "Temporary failure in name resolution": "le nom ne peut pas être trouvé sur le réseau",
    "the connection ended early": "la connexion s'est arrêtée trop tôt",
    "Not a directory": "ce n'est pas un dossier",
    "Is a directory": "c'est un dossier",
    "Directory not empty": "le dossier n'est pas vide",
    "File exists": "le fichier existe déjà",
    "File name too long": "nom de fichier trop long",
    "File too large": "fichier trop lourd",
    "Device or resource busy": "occupé par un autre programme",
    "Resource temporarily unavailable": "momentanément indisponible",
    "Text file busy": "occupé par un autre programme",
    "Stale file handle": "le partage a changé entre-temps",
    "Host is down": "le serveur du partage ne répond pas",
    "No route to host": "le serveur du partage ne répond pas",
    "Network is unreachable": "réseau inaccessible",
    "Connection timed out": "le serveur n'a pas répondu à temps",
    "Connection refused": "connexion refusée",
    "Connection reset by peer": "connexion interrompue",
    "Transport endpoint is not connected": "le partage n'est plus connecté",
    "Too many open files": "trop de fichiers ouverts",
    "Cannot allocate memory": "mémoire insuffisante",
    "Invalid cross-device link": "autre disque",
    "Broken pipe": "communication interrompue",
    # what parts of our own say in the same places
    "the ledger cannot be written": "le registre ne peut pas être écrit",
    "cannot be reached": "est inaccessible",
    "out of memory": "mémoire insuffisante",
    "it does not answer": "aucune réponse",
    "its weights are not here": "ses poids ne sont pas ici",
    "its files cannot be used": "ses fichiers sont inutilisables",
    "other bytes than meant in": "d'autres octets que ceux attendus dans",
    "is missing or of another size": "manque ou n'a pas la bonne taille",
    "there is not enough memory for it": "il n'y a pas assez de mémoire",
    ", then `safelight": ", puis `safelight",
}


def said(text: str, language: str) -> str:
    """The text with every known sentence in the language; names and numbers around them stay."""
    if language == "fr":
        for english, french in FRENCH.items():
            text = text.replace(english, french.replace("'", "’"))
    return text
