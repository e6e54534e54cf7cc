# -*- coding: utf-8 -*-
# Aufgabe 6, Teil 2: lesen
import io
import json
import sys
import time

import boto3

sys.stdout = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", line_buffering=True)
sys.stderr = io.TextIOWrapper(sys.stderr.detach(), encoding="utf-8")

kinesis = boto3.client("kinesis")

def lesen(stream_name, shard_id, hoechstens, **ab):
	print(f"┌── {shard_id} ──")
	iterator = kinesis.get_shard_iterator(StreamName=stream_name, ShardId=shard_id, **ab)["ShardIterator"]
	paare = []
	while iterator and len(paare) < hoechstens:
		try:
			seite = kinesis.get_records(ShardIterator=iterator, Limit=min(hoechstens - len(paare), 1000))
		except kinesis.exceptions.ProvisionedThroughputExceededException:
			print("│ ✗ zu schnell", file=sys.stderr)
			time.sleep(1)
			continue
		for satz in seite["Records"]:
			ereignis = json.loads(satz["Data"].decode("utf-8"))
			print(f"│ {satz['SequenceNumber'][-10:]} → {ereignis['userId']:<10} {ereignis['action']}")
			paare.append((satz["SequenceNumber"], ereignis))
		if not seite["Records"] and seite["MillisBehindLatest"] == 0:
			break
		iterator = seite.get("NextShardIterator")
	print(f"└── {len(paare)} Sätze ──")
	sys.stdout.flush()
	return paare

def read_from_shard(stream_name, shard_id, max_records=50):
	return lesen(stream_name, shard_id, max_records, ShardIteratorType="TRIM_HORIZON")

def read_all_shards(stream_name):
	alle = {}
	letzter = None
	while True:
		mehr = {} if letzter is None else {"ExclusiveStartShardId": letzter}
		beschreibung = kinesis.describe_stream(StreamName=stream_name, **mehr)["StreamDescription"]
		for shard in beschreibung["Shards"]:
			letzter = shard["ShardId"]
			alle[letzter] = read_from_shard(stream_name, letzter)
		if not beschreibung["HasMoreShards"]:
			return alle

def replay_from_offset(stream_name, shard_id, starting_sequence_number, max_records=10):
	return lesen(stream_name, shard_id, max_records, ShardIteratorType="AT_SEQUENCE_NUMBER", StartingSequenceNumber=starting_sequence_number)

if __name__ == "__main__":
	read_all_shards("iot-sensor-data")
	input("Enter …")
