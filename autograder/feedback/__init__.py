"""Grade -> what people read: terminal, Markdown, HTML, CSV, a job of Actions; and JSON."""
