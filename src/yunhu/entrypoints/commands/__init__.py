"""One module a command of `yunhu`."""
