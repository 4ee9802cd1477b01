"""合同: what was sold, until when, whether it is paid for, and what stands against serving it (rows C10, C12, C13)."""
