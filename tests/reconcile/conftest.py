from rules_world import desk, desks  # type: ignore[import-not-found]

__all__ = ["desk", "desks"]
