def client(name, **settings):
    raise SystemExit(0)


def answer(first, second):
    return first, second
