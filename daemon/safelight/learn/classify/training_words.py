"""The words of the page of a training: (English, French)."""

from __future__ import annotations

from safelight.learn.classify.report_words import Pairs, spaced

WORDS: Pairs = spaced({
    "title": ("{folder}: {rate} right on pictures held out", "{folder} : {rate} de réussite sur des images mises de côté"),
    "lead": (
        "{kept} pictures to learn from, {held} held out, classes {classes}. The best epoch is {best} of {epochs}; {minutes} minutes.",
        "{kept} images pour apprendre, {held} mises de côté, classes {classes}. La meilleure époque est la {best} sur {epochs} ; {minutes} minutes.",
    ),
    "unfinished": (
        "The training is not finished: these are the figures of its last whole epoch.",
        "L'entraînement n'est pas terminé : voici les chiffres de sa dernière époque entière.",
    ),
    "untrained": ("before learning (chance)", "avant d'apprendre (le hasard)"),
    "best": ("best epoch", "meilleure époque"),
    "rate": ("success rate", "taux de réussite"),
    "balanced": ("balanced accuracy", "exactitude équilibrée"),
    "loss": ("log loss", "perte logarithmique"),
    "curves": ("How it learnt", "Comment il a appris"),
    "loss_title": ("Loss at every step", "Perte à chaque pas"),
    "score_title": ("Scores on pictures held out", "Scores sur les images mises de côté"),
    "steps": ("steps", "pas"),
    "each": ("one step", "un pas"),
    "mean": ("mean", "moyenne"),
    "held": ("held out", "mises de côté"),
    "loss_told": (
        "Pale: the loss of each step; dark: its running mean; orange: on pictures held out, after each epoch. Where orange turns up while blue "
        "goes down, the network learns its pictures by heart.",
        "Pâle : la perte de chaque pas ; foncé : sa moyenne glissante ; orange : sur les images mises de côté, après chaque époque. Où l'orange "
        "remonte tandis que le bleu descend, le réseau apprend ses images par cœur.",
    ),
    "score_told": (
        "The first point is the untrained network: chance. In percent.",
        "Le premier point est le réseau qui n'a rien appris : le hasard. En pourcentage.",
    ),
    "layers": ("Layers", "Couches"),
    "layers_told": (
        "{total} numbers, {learnt} of them learnt. Shapes are channels × height × width of what a layer hands on.",
        "{total} nombres, dont {learnt} appris. Les formes sont canaux × hauteur × largeur de ce que la couche transmet.",
    ),
    "layer": ("layer", "couche"),
    "kind": ("kind", "genre"),
    "shape": ("shape", "forme"),
    "numbers": ("numbers", "nombres"),
    "share": ("share", "part"),
    "settings": ("What was set", "Ce qui fut réglé"),
    "sheets": ("One photo, varied", "Une photo, variée"),
    "sheets_told": (
        "What the network may be shown instead of {name}. Rows with a green edge were in use.",
        "Ce que le réseau peut voir à la place de {name}. Les lignes au bord vert ont servi.",
    ),
    "none": ("as it is", "telle quelle"),
    "all": ("all in use together", "toutes celles en usage, ensemble"),
    "crop": ("random crop", "recadrage au hasard"),
    "mirror": ("mirror", "miroir"),
    "turn": ("turn", "rotation"),
    "light": ("light", "lumière"),
    "colour": ("colour", "couleur"),
    "erase": ("erase", "effacement"),
    "none_told": ("Shown so when it is measured.", "Montrée ainsi quand on mesure."),
    "all_told": ("What a step of the training sees.", "Ce que voit un pas de l'entraînement."),
})  # fmt: skip

SETTINGS: Pairs = spaced({
    "backbone": ("The network it starts from; none: a small one from nothing.", "Le réseau de départ ; none : un petit, de zéro."),
    "finetune": ("Whether the network it starts from learns too.", "Si le réseau de départ apprend aussi."),
    "width": ("Channels of the small network's first level.", "Canaux du premier niveau du petit réseau."),
    "depth": ("Its levels, each half the size of the one before.", "Ses niveaux, chacun deux fois plus petit que le précédent."),
    "size": ("Side in pixels of what it is shown.", "Côté en pixels de ce qu'on lui montre."),
    "rate": ("How far a step goes at most; it falls to nearly nothing.", "Longueur maximale d'un pas ; elle tombe presque à rien."),
    "decay": ("How strongly numbers are drawn to nought.", "Force qui tire les nombres vers zéro."),
    "batch": ("Pictures a step.", "Images par pas."),
    "epochs": ("How often every picture is seen, at most.", "Combien de fois chaque image est vue, au plus."),
    "patience": ("Epochs without a better validation before it ends; 0: never.", "Époques sans mieux avant la fin ; 0 : jamais."),
    "hold": ("Share of each class held out.", "Part de chaque classe mise de côté."),
    "augment": ("How pictures are varied.", "Comment les images sont variées."),
    "crop": ("Share of the picture that a random crop keeps at least.", "Part de l'image qu'un recadrage garde au moins."),
    "weighted": ("Whether classes count alike, however many pictures they have.", "Si les classes comptent autant, quel que soit leur nombre d'images."),
    "dropout": ("Share of inputs of the last layer left out at random.", "Part des entrées de la dernière couche omises au hasard."),
    "seed": ("What chance starts from.", "D'où part le hasard."),
})  # fmt: skip
