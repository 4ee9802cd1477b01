"""Composition roots: the only place that knows which adapters stand behind the ports."""
