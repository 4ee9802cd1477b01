"""Documents: papers, proofs, imports and reports, encrypted on disk, known by their row."""
