"""Refusals (拒绝来电) and, later, the evidence of consent."""
