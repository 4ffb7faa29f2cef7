"""Layer 2: pure folds over records: the state of every photo, and the rows of an audit."""
