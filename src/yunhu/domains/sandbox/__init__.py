"""Try it: an imagined visitor in the sandbox, driven from the console. Nobody is called."""
