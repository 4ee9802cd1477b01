"""Evidence of consent (同意), and refusals (拒绝来电)."""
