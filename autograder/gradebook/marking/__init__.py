"""People mark the open answers, in formgrader."""
