# /// submission
# file = "kinesis_multi_shard.py"
# alone = true
# ///
"""Tried out in a notebook and exported: cells, leftovers, and output at import."""
# coding: utf-8

# # Module 6
# some notes

# In[1]:

import boto3, json, time
from datetime import datetime, timezone
import os

boto3.__version__


# In[2]:


kinesis = boto3.client("kinesis")
kinesis


# In[3]:


try:
    get_ipython().run_line_magic("load_ext", "autoreload")
except NameError:
    pass
try:
    from IPython.display import display
except ImportError:
    display = print


# In[7]:


users = ["alice", "bob", "charlie", "diana", "eve"]
actions = ["login", "view_page", "click", "logout"]
[(i, users[i % 5], actions[i % 4]) for i in range(8)]


# In[8]:


display(dict(zip(users, range(5))))
datetime.now(timezone.utc)


# In[12]:


def create_multi_shard_stream(stream_name, shard_count):
    names = []
    for page in kinesis.get_paginator("list_streams").paginate():
        names += page["StreamNames"]
    if stream_name not in names:
        kinesis.create_stream(StreamName=stream_name, ShardCount=shard_count)
    kinesis.get_waiter("stream_exists").wait(StreamName=stream_name)


# In[15]:


def get_shard_info(stream_name):
    r = kinesis.describe_stream(StreamName=stream_name)["StreamDescription"]
    shards = r["Shards"]
    while r["HasMoreShards"]:
        r = kinesis.describe_stream(
            StreamName=stream_name, ExclusiveStartShardId=shards[-1]["ShardId"]
        )["StreamDescription"]
        shards += r["Shards"]
    display(shards)
    return shards


# In[21]:


# old version, without retries
# def send_events_to_shards(stream_name, num_events=30):
#     for i in range(num_events):
#         kinesis.put_record(...)


def send_events_to_shards(stream_name, num_events=30):
    d = {}
    for i in range(num_events):
        e = {
            "eventId": i,
            "userId": users[i % 5],
            "action": actions[i % 4],
            "timestamp": datetime.now(timezone.utc).replace(tzinfo=None).isoformat() + "Z",
        }
        for n in range(50):
            try:
                r = kinesis.put_record(
                    StreamName=stream_name, Data=json.dumps(e), PartitionKey=users[i % 5]
                )
            except Exception as ex:
                if "ProvisionedThroughputExceeded" not in str(ex):
                    raise
                time.sleep(0.2 * n)
            else:
                d[users[i % 5]] = r["ShardId"]
                break
        else:
            raise Exception("gave up")
    return d


# In[22]:


def delete_stream(stream_name):
    try:
        kinesis.delete_stream(StreamName=stream_name)
    except kinesis.exceptions.ResourceNotFoundException as ex:
        print(ex)
        return
    kinesis.get_waiter("stream_not_exists").wait(StreamName=stream_name)


# In[23]:


if os.environ.get("TRY_IT"):
    create_multi_shard_stream("iot-sensor-data", 4)
    display(send_events_to_shards("iot-sensor-data"))


# In[ ]:
