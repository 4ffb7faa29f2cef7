"""Merkle tree over ledger records (RFC 9162, section 2.1): one root pins them all in a printed colophon.

A record's leaf is its ledger line's hash as 32 bytes. Leaves and nodes are hashed with different first bytes, so that a
node can never pass for a leaf; an inclusion proof for a single record stays short however many there are.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence


def leaf(data: bytes) -> bytes:
    """Hash of one entry: SHA-256(0x00 || entry)."""
    return hashlib.sha256(b"\x00" + data).digest()


def node(left: bytes, right: bytes) -> bytes:
    """Hash of two subtrees: SHA-256(0x01 || left || right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(entries: Sequence[bytes]) -> bytes:
    """The tree's root; of no entries it is SHA-256 of nothing."""
    if not entries:
        return hashlib.sha256(b"").digest()
    level = [leaf(entry) for entry in entries]
    while len(level) > 1:
        pairs = [node(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        level = pairs + ([level[-1]] if len(level) % 2 else [])
    return level[0]


def root_of_records(hashes: Sequence[str]) -> str:
    """The root, as hex, over records given by their hashes in ledger order."""
    return root([bytes.fromhex(item) for item in hashes]).hex()
