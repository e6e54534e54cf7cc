"""SQS: operations on queues, and their inspection."""
