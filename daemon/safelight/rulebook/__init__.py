"""Layer 1: rule files. `source` reads YAML with positions, `schema` turns it into a Recipe, all problems at once."""
