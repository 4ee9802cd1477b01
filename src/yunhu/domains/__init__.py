"""The business, one vertical slice each. A slice imports another only through its `public.py`."""
