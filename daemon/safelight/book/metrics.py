"""How wide words run: advance widths of the design's fonts and the line breaks that follow from them. Pure.

The tables hold advances in 1/1000 em of EB Garamond 12 (roman, italic) and Lato for the code points below, read once
from the vendored files; kerning is left out, so that real lines are a little shorter than measured, never longer.
"""

from __future__ import annotations

from typing import Literal

Face = Literal["roman", "italic", "lato"]

_POINT = 25.4 / 72
_CODES = (*range(0x20, 0x7F), *range(0xA0, 0x180), 0x2013, 0x2014, 0x2018, 0x2019, 0x201C, 0x201D, 0x2026, 0x202F)

_ROMAN = """
200 285 309 468 458 735 788 178 315 316 340 590 228 274 230 399 507 289 422 372 492 359 489 460 452 466 248 228
590 590 590 387 749 692 578 640 754 535 512 729 810 340 300 681 584 901 770 763 552 806 713 465 670 738 672 916
707 578 603 373 399 373 500 500 279 399 515 377 506 390 318 435 515 245 212 469 240 778 528 495 519 522 334 323
314 527 438 685 430 438 377 373 260 373 500 200 275 412 490 483 619 260 400 317 665 270 676 600 274 665 300 290
590 300 300 382 510 586 200 377 300 309 676 641 699 641 370 692 692 692 692 692 692 866 640 535 535 535 535 340
340 340 340 754 770 763 763 763 763 763 600 773 738 738 738 738 578 559 505 399 399 399 399 399 399 544 377 390
390 390 390 245 245 245 245 487 528 495 495 495 495 495 590 485 527 527 527 527 438 505 438 692 399 692 399 684
399 640 377 640 377 640 377 640 377 754 506 754 506 535 390 535 390 535 390 535 388 535 390 729 435 729 435 729
435 729 435 810 515 810 497 340 245 340 245 340 245 340 245 340 245 669 427 300 212 681 469 474 584 240 584 240
584 240 584 256 586 278 770 528 770 528 770 528 528 770 513 763 495 763 495 763 495 933 755 713 334 713 334 713
334 465 323 465 323 465 323 465 323 670 314 670 314 670 351 738 527 738 527 738 527 738 527 738 527 738 527 916
685 578 438 578 603 377 603 377 603 377 261 550 950 240 240 420 420 684 200
"""

_ITALIC = """
250 248 285 468 424 681 876 178 291 292 339 590 250 274 215 370 440 338 424 344 482 346 389 430 420 367 258 210
590 590 590 316 880 772 592 622 773 621 536 687 788 371 335 685 619 1004 819 712 570 665 639 464 635 737 644 976
707 595 636 343 300 341 500 465 257 451 452 318 513 365 297 365 504 274 255 469 252 755 508 400 445 465 383 276
285 498 395 604 438 420 381 345 260 345 500 182 259 381 490 447 575 260 370 271 665 236 657 600 253 665 260 290
590 278 277 133 587 543 184 176 276 270 651 595 648 594 327 772 772 772 772 772 772 805 622 621 621 621 621 371
371 371 371 754 819 712 712 712 712 712 600 712 737 737 737 737 595 614 484 451 451 451 451 451 451 472 318 365
365 365 365 274 274 274 274 400 508 400 400 400 400 400 590 400 498 498 498 498 420 445 420 772 451 772 451 772
451 622 318 622 318 622 318 622 318 773 513 754 480 621 365 621 365 621 365 621 365 621 365 687 365 687 365 687
365 687 365 788 504 799 504 371 274 371 274 371 274 371 274 371 274 669 427 335 255 685 469 414 619 252 619 252
619 252 619 252 619 264 819 508 819 508 819 508 508 819 490 712 400 712 400 712 400 712 604 639 383 639 383 639
383 464 276 464 276 464 276 464 276 635 285 635 285 635 285 737 498 737 498 737 498 737 498 737 498 737 498 976
604 595 420 595 636 381 636 381 636 381 249 509 881 238 212 399 377 684 250
"""

_LATO = """
256 269 370 580 580 802 712 204 267 267 425 580 227 372 236 452 580 580 580 580 580 580 580 580 580 580 250 262
580 580 580 448 836 677 646 668 760 578 566 730 764 280 422 662 514 928 764 800 600 800 626 542 590 736 677 1036
649 624 602 306 452 306 580 459 400 497 560 478 560 528 350 520 558 240 240 508 236 822 558 567 560 560 364 433
358 558 516 786 498 516 452 301 250 301 580 256 252 580 580 580 580 254 495 400 832 368 429 580 372 832 400 414
580 334 334 400 650 700 260 400 334 402 430 734 726 742 440 677 677 677 677 677 677 930 668 578 578 578 578 280
280 280 280 768 764 800 800 800 800 800 580 800 736 736 736 736 624 598 580 497 497 497 497 497 497 805 478 528
528 528 528 240 240 240 240 566 558 567 567 567 567 567 580 566 558 558 558 558 516 560 516 677 497 677 497 676
497 668 478 668 478 668 478 668 478 760 560 768 560 578 528 578 528 578 528 578 528 578 528 730 520 730 520 730
520 730 520 764 558 771 558 280 240 280 240 280 240 280 240 280 240 735 495 422 240 662 508 508 514 236 514 236
514 236 534 372 528 308 764 558 764 558 764 558 604 764 558 800 567 800 567 800 567 1090 873 626 364 626 364 626
364 542 433 542 433 542 433 542 433 590 358 590 358 605 362 736 558 736 558 736 558 736 558 736 557 736 558 1036
786 624 516 624 602 452 602 452 602 452 284 580 794 214 214 366 366 750 250
"""

_TABLES: tuple[tuple[Face, str], ...] = (("roman", _ROMAN), ("italic", _ITALIC), ("lato", _LATO))
_FACES: dict[Face, dict[str, int]] = {
    face: {chr(code): int(width) for code, width in zip(_CODES, table.split(), strict=True)}
    for face, table in _TABLES
}  # fmt: skip
_WIDE = 1000
"""Characters not in the tables count as a full em: rather a line too early than one too long."""


def width(text: str, points: float, face: Face = "roman") -> float:
    """Length of this text in mm at this size."""
    table = _FACES[face]
    return sum(table.get(char, _WIDE) for char in text) / 1000 * points * _POINT


def lines(text: str, measure: float, points: float, face: Face = "roman") -> list[str]:
    """The text in lines of at most `measure` mm, broken at spaces; a longer word stands alone."""
    found: list[str] = []
    for word in text.split(" "):
        if found and width(f"{found[-1]} {word}", points, face) <= measure:
            found[-1] = f"{found[-1]} {word}"
        else:
            found.append(word)
    return found


def balanced(text: str, measure: float, points: float, face: Face = "roman") -> list[str]:
    """The fewest lines that fit, with the most even lengths: how titles are broken."""
    wanted = len(lines(text, measure, points, face))
    low, high = 0.0, measure
    while high - low > 0.5:
        middle = (low + high) / 2
        broken = lines(text, middle, points, face)
        fits = len(broken) <= wanted and all(width(line, points, face) <= middle for line in broken)
        low, high = (low, middle) if fits else (middle, high)
    return lines(text, high, points, face)


def cut(text: str, measure: float, points: float, most: int, face: Face = "roman") -> str:
    """The text itself if it fits into `most` lines; else up to a sentence (else a word) that fits, with an ellipsis."""
    if len(lines(text, measure, points, face)) <= most:
        return text
    words = text.split(" ")
    while len(words) > 1 and len(lines(" ".join(words) + " …", measure, points, face)) > most:
        words.pop()
    for index in range(len(words) - 1, len(words) // 2, -1):
        if words[index].endswith((".", "!", "?")):
            return " ".join(words[: index + 1]) + " …"
    return " ".join(words).rstrip(" ,;:—–") + " …"
