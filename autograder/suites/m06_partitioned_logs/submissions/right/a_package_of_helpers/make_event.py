import time

from common import settings


def make_event(number):
    seconds, nanoseconds = divmod(time.time_ns(), 10**9)
    stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))
    return {
        "eventId": number,
        "userId": settings.USERS[number % len(settings.USERS)],
        "action": settings.ACTIONS[number % len(settings.ACTIONS)],
        "timestamp": f"{stamp}.{nanoseconds // 1000:06}Z",
    }
