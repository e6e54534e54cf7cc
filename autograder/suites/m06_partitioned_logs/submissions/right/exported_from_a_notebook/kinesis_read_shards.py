# coding: utf-8
# In[1]:


from kinesis_multi_shard import *
from collections import *
import pprint

pp = pprint.PrettyPrinter(indent=4).pprint


# In[4]:


def read(it, n):
    l = []
    while it and len(l) < n:
        try:
            r = kinesis.get_records(ShardIterator=it, Limit=min(n - len(l), 10000))
        except kinesis.exceptions.ProvisionedThroughputExceededException:
            time.sleep(1)
            continue
        l += [(x["SequenceNumber"], json.loads(x["Data"])) for x in r["Records"]]
        it = r.get("NextShardIterator")
        if not r["Records"] and r["MillisBehindLatest"] == 0:
            break
    return l


# In[5]:


def read_from_shard(stream_name, shard_id, max_records=50):
    it = kinesis.get_shard_iterator(
        StreamName=stream_name, ShardId=shard_id, ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    l = read(it, max_records)
    pp(Counter(e["userId"] for _, e in l))
    return l


# In[6]:


def read_all_shards(stream_name):
    d = OrderedDict()
    for s in get_shard_info(stream_name):
        d[s["ShardId"]] = read_from_shard(stream_name, s["ShardId"])
    return d


# In[9]:


def replay_from_offset(stream_name, shard_id, starting_sequence_number, max_records=10):
    it = kinesis.get_shard_iterator(
        StreamName=stream_name,
        ShardId=shard_id,
        ShardIteratorType="AT_SEQUENCE_NUMBER",
        StartingSequenceNumber=starting_sequence_number,
    )["ShardIterator"]
    l = read(it, max_records)
    pp(l[:3])
    return l
