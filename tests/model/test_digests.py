"""Canonical bytes and digests."""

import hashlib
import json
import math

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from safelight.model.digests import canonical, digest, object_id

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(1 - 2**53, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=6), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(JSON)
@settings(deadline=None, max_examples=400)
def test_canonical_agrees_with_another_implementation(value: object) -> None:
    """The bytes are those of an independent RFC 8785 implementation, and plain JSON readers read the value back."""
    assert canonical(value) == rfc8785.dumps(value)
    json.loads(canonical(value))


@pytest.mark.parametrize("value", [math.nan, math.inf, 2**60, {1: 2}, object(), b"x"])
def test_what_json_cannot_say_is_refused(value: object) -> None:
    """No silent second form of a value: what has no canonical JSON raises."""
    with pytest.raises(ValueError, match=r"JSON|integers"):
        canonical(value)


def test_order_of_keys_does_not_matter() -> None:
    """Two dicts with the same content have one digest; another value has another."""
    assert digest({"b": 1, "a": [1.5, "é"]}) == digest({"a": [1.5, "é"], "b": 1})
    assert digest({"a": 1}) != digest({"a": 2})
    assert object_id(b"x") == hashlib.sha256(b"x").hexdigest()
