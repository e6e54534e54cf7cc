"""Tests of pushing grades into LMSs, against stand-ins that check each request."""
