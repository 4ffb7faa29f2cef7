"""Layer 1: the ledger. `chain` links and verifies lines (pure), `journal` keeps the files, `lease` says who may write."""
