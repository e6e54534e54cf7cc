"""Greets people."""


def greet(name: str) -> str:
    """Return a greeting."""
    ### BEGIN SOLUTION
    return f"Hello, {name}!"
    ### END SOLUTION


if __name__ == "__main__":
    print(greet("world"))
