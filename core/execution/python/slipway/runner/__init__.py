"""Runs one step in this process: ``python -m slipway.runner``, request on descriptor 3, messages on 4."""
