"""Short messages as carriers see them: the contract of an SMSC connection, segmentation and the adapters."""
