from functools import lru_cache

import boto3
from botocore.config import Config

from common.settings import RETRIES

_session = boto3.Session()


@lru_cache(maxsize=None)
def kinesis():
    return _session.client("kinesis", config=Config(retries=RETRIES))


@lru_cache(maxsize=None)
def sqs():
    return _session.client("sqs", config=Config(retries=RETRIES))
