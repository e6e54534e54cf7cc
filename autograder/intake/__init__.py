"""Hand-ins, wherever they come from: folders, downloads of an LMS, commits."""
