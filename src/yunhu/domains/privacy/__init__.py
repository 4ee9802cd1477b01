"""Privacy: how long each kind of data is kept (row D3), what must stay for a complaint, and removing the rest."""
