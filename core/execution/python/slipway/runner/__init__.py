"""Runs one step in this process: ``python -m slipway.runner``, request and messages on descriptor 4, core's end on 3."""
