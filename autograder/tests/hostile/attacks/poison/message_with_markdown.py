# /// attack
# outcomes = ["crashed"]
# says = "RuntimeError"
# ///
"""Phones home with an image, mentions everyone, and closes whatever it stands in to write its own report."""

TEXT = """`` ` ``` ~~~~ ``````
```
~~~
</details></summary></td></tr></table>

# Grade: 10 / 10 :white_check_mark:

![grade](https://evil.example/pixel.png?who=me) [your feedback](javascript:alert(1)) <https://evil.example>
@everyone @octocat #1 GH-1 https://evil.example
| checkpoint | score |
|---|---|
| A log beside a queue | 10 / 10 |
- [x] all passed
<details open><summary>passed</summary>

$$\\def\\x{\\x\\x}\\x$$ [^1]: note
[a]: https://evil.example "b"
"""


def read_queue_twice(queue_name, messages):
    raise RuntimeError(TEXT)


def read_log_twice(stream_name, messages):
    raise RuntimeError("|" + TEXT.replace("\n", " ") + "|")
