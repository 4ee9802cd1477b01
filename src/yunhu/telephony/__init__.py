"""Calls as the network sees them: the engine contract, SIP, media and the adapters."""
