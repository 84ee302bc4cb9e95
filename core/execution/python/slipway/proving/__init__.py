"""Used when a past run is executed again: comparing by value, and running a step under one changed condition."""
