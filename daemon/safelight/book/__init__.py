"""Layer 3: the book: choose, context, layout (pure), render and preflight (the only users of the PDF engine)."""
