"""How a returned value becomes files in an open format, and how those files become the value again."""
