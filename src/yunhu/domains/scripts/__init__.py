"""Filed texts: scripts, their versions with typed slots, and their approval."""
