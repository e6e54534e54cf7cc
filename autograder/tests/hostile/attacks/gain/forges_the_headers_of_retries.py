# /// attack
# outcomes = ["passed"]
# earns = 10.0
# solution = true
# ///
"""Right code, and each request says that it was tried a million times and is older than the call."""

import boto3
import botocore.client

real_call = botocore.client.BaseClient._make_api_call
FORGED = {
    "amz-sdk-request": "attempt=99999999999999999999; max=-1; ttl=19700101T000000Z",
    "amz-sdk-invocation-id": "passed" * 1000,
    "User-Agent": "autograder/1.0 (grader; not the student)",
    "X-Forwarded-For": "127.0.0.2",
    "X-Amzn-Trace-Id": "Root=1-00000000-000000000000000000000000",
}


def call(client, operation, parameters):
    def forge(request, **_):
        for name, value in FORGED.items():
            request.headers.pop(name, None)
            request.headers[name] = value

    client.meta.events.register("before-send.*.*", forge, unique_id="forge")
    return real_call(client, operation, parameters)


botocore.client.BaseClient._make_api_call = call
