"""Proposes the trials of a sweep that learns from those before, with Optuna, in a process of its own."""
