"""The class on GitHub: grading what students push, by the course's policy."""
