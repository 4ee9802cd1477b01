"""SIP for outbound calls, one file a layer: transport, transaction, dialog, call. Each knows only those below."""
