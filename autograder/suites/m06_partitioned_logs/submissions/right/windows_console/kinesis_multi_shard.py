# -*- coding: utf-8 -*-
# Aufgabe 6, Teil 1: schreiben
import os, sys, time, json
import datetime as dt
import boto3

sys.stdout.reconfigure(encoding="utf-8", errors="replace", line_buffering=True)
sys.stderr.reconfigure(encoding="utf-8")
os.environ.setdefault("PYTHONIOENCODING", "utf-8")
os.environ.setdefault("PYTHONUTF8", "1")
LOGFILE = os.path.join(os.environ.get("TEMP", os.getcwd()), "kinesis_log.txt")

NUTZER = ["alice", "bob", "charlie", "diana", "eve"]
AKTIONEN = ["login", "view_page", "click", "logout"]

def log(text):
	print("✓ " + text)
	with open(LOGFILE, "a", encoding="utf-8-sig", newline="\r\n") as datei:
		datei.write(time.strftime("%d.%m.%Y %H:%M:%S ") + text + "\n")

def create_multi_shard_stream(stream_name, shard_count):
	kinesis = boto3.client("kinesis")
	try:
		kinesis.create_stream(StreamName=stream_name, ShardCount=shard_count)
	except kinesis.exceptions.ResourceInUseException:
		log(f"Stream „{stream_name}“ gibt es schon")
	kinesis.get_waiter("stream_exists").wait(StreamName=stream_name)
	log(f"Stream „{stream_name}“ ist fertig")

def get_shard_info(stream_name):
	kinesis = boto3.client("kinesis")
	antwort = kinesis.list_shards(StreamName=stream_name)
	shards = antwort["Shards"]
	while antwort.get("NextToken"):
		antwort = kinesis.list_shards(NextToken=antwort["NextToken"])
		shards = shards + antwort["Shards"]
	for s in shards:
		log("%s: %s … %s" % (s["ShardId"], s["HashKeyRange"]["StartingHashKey"], s["HashKeyRange"]["EndingHashKey"]))
	return shards

def send_events_to_shards(stream_name, num_events=30):
	kinesis = boto3.client("kinesis")
	zuordnung = {}
	for nr in range(num_events):
		nutzer = NUTZER[nr % 5]
		ereignis = {
			"eventId": nr,
			"userId": nutzer,
			"action": AKTIONEN[nr % 4],
			"timestamp": dt.datetime.now(dt.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f") + "Z",
		}
		fertig = False
		while not fertig:
			try:
				antwort = kinesis.put_record(StreamName=stream_name, Data=json.dumps(ereignis, ensure_ascii=False).encode("utf-8"), PartitionKey=nutzer)
				fertig = True
			except kinesis.exceptions.ProvisionedThroughputExceededException:
				print("✗ zu schnell → warten", file=sys.stderr)
				time.sleep(1)
		zuordnung[nutzer] = antwort["ShardId"]
	log(f"{num_events} Ereignisse → {zuordnung}")
	return zuordnung

def delete_stream(stream_name):
	kinesis = boto3.client("kinesis")
	try:
		kinesis.delete_stream(StreamName=stream_name)
	except kinesis.exceptions.ResourceNotFoundException:
		log("nichts zu löschen")
	else:
		kinesis.get_waiter("stream_not_exists").wait(StreamName=stream_name)
		log("gelöscht")

if __name__ == "__main__":
	os.system("cls" if os.name == "nt" else "clear")
	create_multi_shard_stream("iot-sensor-data", 4)
	get_shard_info("iot-sensor-data")
	send_events_to_shards("iot-sensor-data")
	os.system("pause")
