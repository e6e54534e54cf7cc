"""What the sandbox shows its runner of the simulated AWS: how boto3 is made ready in there."""
