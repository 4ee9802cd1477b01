"""Call cards (来电名片): what the called phone shows before or while it rings."""
