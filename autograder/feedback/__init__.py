"""Grade -> what people read: terminal, and later Markdown and HTML."""
