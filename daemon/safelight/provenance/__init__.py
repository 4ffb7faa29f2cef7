"""Layer 2: what proves a printed picture: the Merkle root of records, disclosure labels."""
