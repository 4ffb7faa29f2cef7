"""Canonical bytes of a value and the SHA-256 over them: the names by which everything is known.

Canonical JSON follows RFC 8785 (sorted keys by UTF-16 code unit, ECMAScript number form, no white space), so a
digest can be recomputed in any language. NaN and infinities have no JSON form and are refused. Nothing here reads
files: whoever holds bytes asks for their name.
"""

from __future__ import annotations

import hashlib
import json
import math
from typing import Any, NewType

ObjectId = NewType("ObjectId", str)
"""SHA-256 (64 hex digits) of an object's bytes in the store."""
PhotoId = NewType("PhotoId", str)
"""The ObjectId of a photo's original bytes: a photo is known by it for ever, whatever its name."""
StepKey = NewType("StepKey", str)
"""Digest of a step: stage, inputs, parameters, context, attempt."""
RecordHash = NewType("RecordHash", str)
"""SHA-256 of one ledger line without its line end; the next line quotes it."""


def object_id(data: bytes) -> ObjectId:
    """The name of these bytes in the store."""
    return ObjectId(hashlib.sha256(data).hexdigest())


def digest(value: Any) -> str:
    """SHA-256 over the canonical JSON of `value` (None, bool, int, float, str, list/tuple, dict with str keys)."""
    return hashlib.sha256(canonical(value)).hexdigest()


def canonical(value: Any) -> bytes:
    """RFC 8785 bytes of `value`; raises ValueError for what JSON cannot say (NaN, other types, other keys)."""
    return _text(value).encode("utf-8")


_quoted = json.encoder.encode_basestring
"""A string in quotes with the escapes of RFC 8785; what json.dumps calls, without an encoder made for each."""


def _text(value: Any) -> str:
    match value:
        case str():
            return _quoted(value)
        case None | True | False:
            return {None: "null", True: "true", False: "false"}[value]
        case int():
            if abs(value) >= 2**53:
                raise ValueError(f"{value} is beyond the integers JSON can carry exactly")
            return str(value)
        case float():
            return _number(value)
        case list() | tuple():
            return "[" + ",".join(_text(item) for item in value) + "]"
        case dict():
            if not all(isinstance(key, str) for key in value):
                raise ValueError("canonical JSON has text keys only")
            # letters of ASCII have the same order in UTF-16, and nearly all our keys are of these
            plain = "".join(value).isascii()
            keys = sorted(value) if plain else sorted(value, key=lambda key: key.encode("utf-16-be"))
            return "{" + ",".join(f"{_text(key)}:{_text(value[key])}" for key in keys) + "}"
    raise ValueError(f"canonical JSON cannot carry a {type(value).__name__}")


def _number(value: float) -> str:
    """ECMAScript's Number::toString, which RFC 8785 section 3.2.2.3 prescribes; repr gives the same digits."""
    if not math.isfinite(value):
        raise ValueError("canonical JSON has no NaN and no infinity")
    if value == 0:
        return "0"
    mantissa, _, exponent = repr(abs(value)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    fraction = "" if fraction == "0" else fraction
    digits = (whole + fraction).lstrip("0")
    point = len(whole) + int(exponent or 0)
    point -= len(whole + fraction) - len((whole + fraction).lstrip("0"))
    digits = digits.rstrip("0")
    sign = "-" if value < 0 else ""
    if len(digits) <= point <= 21:
        return sign + digits + "0" * (point - len(digits))
    if 0 < point <= 21:
        return f"{sign}{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    tail = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{sign}{digits[0]}{tail}e{'+' if point > 0 else '-'}{abs(point - 1)}"
