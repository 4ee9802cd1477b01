"""Call cards (来电名片): what a tenant shows on the phones that it calls, and what became of each card."""
