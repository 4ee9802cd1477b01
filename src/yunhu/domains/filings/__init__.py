"""备案: what was filed and approved before anybody is called, and from when to when it holds (row C3)."""
