"""Layer 1: objects by digest. Bytes go in once and never change; every read is hashed again."""

from safelight.store.objects import Store

__all__ = ["Store"]
