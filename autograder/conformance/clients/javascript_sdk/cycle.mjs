// The JavaScript SDK, version 3: a stream and a queue from creation to deletion. The SDK checks the
// MD5 sums of messages itself. Kinesis speaks HTTP/2 by default, which no emulator does.

import assert from "node:assert/strict";
import * as kinesis from "@aws-sdk/client-kinesis";
import * as sqs from "@aws-sdk/client-sqs";
import { NodeHttpHandler } from "@smithy/node-http-handler";

const requestHandler = new NodeHttpHandler();
const streams = new kinesis.KinesisClient({ requestHandler });
const StreamName = "javascript";
const wait = { client: streams, minDelay: 1, maxDelay: 1, maxWaitTime: 60 };
const created = await streams.send(new kinesis.CreateStreamCommand({ StreamName, ShardCount: 2 }));
assert.ok(created.$metadata.requestId);
await kinesis.waitUntilStreamExists(wait, { StreamName });
const Records = [...Array(20).keys()].map((number) => ({
  Data: Buffer.from(String(number)),
  PartitionKey: `k${number}`,
}));
const put = await streams.send(new kinesis.PutRecordsCommand({ StreamName, Records }));
assert.equal(put.FailedRecordCount, 0);
const found = [];
for (const { ShardId } of (await streams.send(new kinesis.ListShardsCommand({ StreamName }))).Shards) {
  const { ShardIterator } = await streams.send(
    new kinesis.GetShardIteratorCommand({ StreamName, ShardId, ShardIteratorType: "TRIM_HORIZON" }),
  );
  const page = await streams.send(new kinesis.GetRecordsCommand({ ShardIterator }));
  found.push(...page.Records.map((record) => Number(Buffer.from(record.Data).toString())));
  assert.equal(page.MillisBehindLatest, 0);
}
assert.deepEqual(found.sort((a, b) => a - b), [...Array(20).keys()]);
await assert.rejects(
  streams.send(new kinesis.DescribeStreamCommand({ StreamName: "never-was" })),
  kinesis.ResourceNotFoundException,
);
await streams.send(new kinesis.DeleteStreamCommand({ StreamName }));
await kinesis.waitUntilStreamNotExists(wait, { StreamName });

const queues = new sqs.SQSClient({ requestHandler });
const { QueueUrl } = await queues.send(new sqs.CreateQueueCommand({ QueueName: "javascript" }));
await queues.send(
  new sqs.SendMessageBatchCommand({
    QueueUrl,
    Entries: ["größe", "🛰️"].map((MessageBody, i) => ({ Id: String(i), MessageBody })),
  }),
);
const received = await queues.send(
  new sqs.ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
);
assert.deepEqual(received.Messages.map((message) => message.Body), ["größe", "🛰️"]);
await queues.send(
  new sqs.DeleteMessageBatchCommand({
    QueueUrl,
    Entries: received.Messages.map(({ ReceiptHandle }, i) => ({ Id: String(i), ReceiptHandle })),
  }),
);
await assert.rejects(
  queues.send(new sqs.SendMessageCommand({ QueueUrl, MessageBody: "\u0000" })),
  sqs.InvalidMessageContents,
);
await queues.send(new sqs.DeleteQueueCommand({ QueueUrl }));
